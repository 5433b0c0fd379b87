//! The memory that a large body takes on its way through `ByteStream::copy_to`.
//!
//! `cargo run --release -p truto-benches --bin stream_memory -- [megabytes]`, 300 by default. Prints
//! the peak of resident memory above the start, server included, and fails beyond 20 MB. Linux only:
//! it reads `/proc/self/status`.
#![forbid(unsafe_code)]

use std::error::Error;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use truto_core::{ByteStream, Client, unified_endpoint};

/// The most memory that the stream may take, in kilobytes.
const LIMIT_KB: u64 = 20 * 1024;

/// A file of the provider.
#[unified_endpoint(
    method = "POST",
    path = "/unified/file-storage/drive-items/download",
    response = ByteStream
)]
#[derive(serde::Deserialize)]
struct File {}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let megabytes: u64 = match std::env::args().nth(1) {
        Some(argument) => argument.parse()?,
        None => 300,
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let base_url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move {
        // The first body warms up, so that what the client allocates once is not counted.
        for megabytes in [1, megabytes] {
            if let Ok((stream, _)) = listener.accept().await {
                let _ = serve(stream, megabytes).await;
            }
        }
    });
    let account = Client::builder()
        .token("token")
        .base_url(base_url)
        .build()?
        .token_account();
    let mut sink = tokio::io::sink();
    File::download()
        .send(&account)
        .await?
        .copy_to(&mut sink)
        .await?;
    let before = resident_kb("VmRSS:")?;
    let started = Instant::now();
    let stream = File::download().send(&account).await?;
    let written = stream.copy_to(&mut sink).await?;
    let seconds = started.elapsed().as_secs_f64();
    let above = resident_kb("VmHWM:")?.saturating_sub(before);
    println!("{written} bytes in {seconds:.2} s, peak memory {above} KB above the start");
    if written != megabytes << 20 {
        return Err("bytes are missing".into());
    }
    if above > LIMIT_KB {
        return Err(format!("more than {LIMIT_KB} KB").into());
    }
    Ok(())
}

async fn serve(mut stream: TcpStream, megabytes: u64) -> std::io::Result<()> {
    let mut head = [0; 4096];
    let _ = stream.read(&mut head).await?;
    let answer = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        megabytes << 20
    );
    stream.write_all(answer.as_bytes()).await?;
    let chunk = vec![7; 64 * 1024];
    for _ in 0..megabytes * 16 {
        stream.write_all(&chunk).await?;
    }
    stream.shutdown().await
}

/// A line of the process's status, in kilobytes.
fn resident_kb(name: &str) -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .ok_or("no such line in /proc/self/status")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
