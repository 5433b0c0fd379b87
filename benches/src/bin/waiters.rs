//! Processor time of 10,000 calls that wait behind a window.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use truto_core::{Client, Method, RemoteData, Request, Throttle};

const CALLS: usize = 10_000;
const MEASURED: Duration = Duration::from_secs(20);

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

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), truto_core::Error> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    let client = Client::builder()
        .token("token-of-a-benchmark")
        .base_url(base)
        .deadline(Duration::from_secs(36_000))
        .throttle(Throttle::truto())
        .build()?;
    let account = client.token_account();
    let call = Request::<RemoteData>::unified(Method::GET, "m", "r", None);
    for _ in 0..CALLS {
        tokio::spawn(call.send(&account));
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = ticks();
    tokio::time::sleep(MEASURED).await;
    let spent = Duration::from_millis(10 * (ticks() - before));
    println!("{CALLS} waiting calls: {:?} of processor time per second", spent / 20);
    std::process::exit(0);
}
