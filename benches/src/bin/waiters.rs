//! Processor time and memory of calls that wait for a rate limit, and of known accounts.
//!
//! `waiters calls COUNT` and `waiters accounts COUNT` print microseconds of processor time per second, and kilobytes.

use std::error::Error;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use truto_benches::measure::resident_kb;
use truto_core::{Client, Method, RemoteData, Request, Throttle};

const MEASURED: Duration = Duration::from_secs(20);
const WINDOW: Duration = Duration::from_secs(3_600);

/// User and system time of this process, in clock ticks of a hundredth of a second.
fn ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let (_, fields) = stat.rsplit_once(')').unwrap_or_default();
    let times = fields.split_whitespace().skip(11).take(2);
    times.filter_map(|field| field.parse::<u64>().ok()).sum()
}

async fn serve(mut stream: TcpStream) {
    let mut request = Vec::new();
    while stream.read_buf(&mut request).await.is_ok_and(|read| read > 0) {
        if request.ends_with(b"\r\n\r\n") {
            request.clear();
            let response = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
            if stream.write_all(response).await.is_err() {
                return;
            }
        }
    }
}

async fn start() -> std::io::Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let base = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    Ok(base)
}

fn call() -> Request<RemoteData> {
    Request::unified(Method::GET, "m", "r", None)
}

/// Calls of one account behind Truto's limits.
async fn wait(client: &Client, count: usize) {
    let account = client.token_account();
    for _ in 0..count {
        tokio::spawn(call().send(&account));
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
}

/// One call on each of many accounts.
async fn know(client: &Client, count: usize) -> Result<(), truto_core::Error> {
    for number in 0..count {
        let account = client.account(format!("00000000-0000-4000-8000-{number:012x}"))?;
        call().send(&account).await?;
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, count] = &arguments[..] else {
        return Err("usage: waiters <calls | accounts> COUNT".into());
    };
    let count: usize = count.parse()?;
    let throttle = if what == "calls" {
        Throttle::truto()
    } else {
        // Long enough that no account is dropped while it is measured.
        Throttle::none().per_account(50, WINDOW)
    };
    let client = Client::builder()
        .token("token-of-a-benchmark")
        .base_url(start().await?)
        .deadline(10 * WINDOW)
        .throttle(throttle)
        .build()?;
    call().send(&client.token_account()).await?;
    let before_kb = resident_kb("VmRSS:");
    match what.as_str() {
        "calls" => wait(&client, count).await,
        "accounts" => know(&client, count).await?,
        other => return Err(format!("`{other}` is neither `calls` nor `accounts`").into()),
    }
    let before = ticks();
    tokio::time::sleep(MEASURED).await;
    let microseconds = 10_000 * (ticks() - before) / MEASURED.as_secs();
    println!("{microseconds} {}", resident_kb("VmRSS:").saturating_sub(before_kb));
    std::process::exit(0);
}
