//! A server for the clients to call, in a separate process.

use std::io::{self, BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::model;

/// Time that the server takes for a page of a list.
pub const PAGE_DELAY: Duration = Duration::from_millis(5);

/// Serves until it is killed; prints its port first.
///
/// # Errors
///
/// If no port can be opened.
pub async fn run() -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?.port());
    let user = response(&model::record(1));
    let user: &'static [u8] = user.leak();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        // An error means that the client disconnected.
        tokio::spawn(async move { serve(stream, user).await });
    }
}

fn response(body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n\
         Content-Length: {length}\r\nratelimit-limit: 500;w=10\r\nratelimit-remaining: 499\r\n\
         ratelimit-reset: 10\r\nDate: Tue, 24 Nov 2026 12:00:00 GMT\r\n\r\n{body}"
    )
    .into_bytes()
}

async fn serve(mut stream: TcpStream, user: &[u8]) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(4096);
    loop {
        buffer.clear();
        let head = loop {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
            let end = buffer.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                break end + 4;
            }
        };
        let sent = buffer.len() - head;
        buffer.truncate(head);
        let line = buffer.split(|&byte| byte == b'\r').next().unwrap_or(&[]);
        let line = String::from_utf8_lossy(line).into_owned();
        let number = |name: &str| -> Option<usize> {
            let (_, rest) = line.split_once(name)?;
            let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
            digits.parse().ok()
        };
        if line.starts_with("DELETE") {
            stream.write_all(user).await?;
        } else if line.starts_with("GET") {
            let page = number("next_cursor=").unwrap_or(1);
            let pages = number("pages=").unwrap_or(1);
            tokio::time::sleep(PAGE_DELAY).await;
            let next = (page < pages).then(|| (page + 1).to_string());
            stream.write_all(&response(&model::page(20, next.as_deref()))).await?;
        } else if let Some(length) = content_length(&buffer) {
            drain(&mut stream, length - sent).await?;
            stream.write_all(&response("{}")).await?;
        } else {
            send(&mut stream, number("megabytes=").unwrap_or(1)).await?;
        }
    }
}

/// Length of the body of a request; `None` for an empty one.
fn content_length(head: &[u8]) -> Option<usize> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let (_, rest) = head.split_once("content-length: ")?;
    let length = rest.split("\r\n").next()?.parse().ok()?;
    Some(length).filter(|length| *length > 0)
}

async fn drain(stream: &mut TcpStream, mut left: usize) -> io::Result<()> {
    let mut chunk = vec![0; 256 * 1024];
    while left > 0 {
        match stream.read(&mut chunk).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => left -= read,
        }
    }
    Ok(())
}

async fn send(stream: &mut TcpStream, megabytes: usize) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: {}\r\n\r\n",
        megabytes << 20
    );
    stream.write_all(head.as_bytes()).await?;
    let chunk = vec![7; 256 * 1024];
    for _ in 0..megabytes * 4 {
        stream.write_all(&chunk).await?;
    }
    Ok(())
}

/// A server process; killed when dropped.
#[derive(Debug)]
pub struct Server {
    process: Child,
    port: String,
}

impl Server {
    /// Starts this program as a server.
    ///
    /// # Errors
    ///
    /// If it does not start.
    pub fn start() -> io::Result<Self> {
        let mut process =
            Command::new(std::env::current_exe()?).arg("serve").stdout(Stdio::piped()).spawn()?;
        let mut port = String::new();
        if let Some(stdout) = process.stdout.take() {
            BufReader::new(stdout).read_line(&mut port)?;
        }
        let port = port.trim().to_owned();
        Ok(Self { process, port })
    }

    /// Its address.
    #[must_use]
    pub fn port(&self) -> &str {
        &self.port
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have died already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
