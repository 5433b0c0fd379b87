use std::io;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use truto_core::{Account, Client, ClientBuilder, RetryPolicy};

use crate::fixtures::{ACCOUNT_ID, listen};

/// The server's reaction to one request.
#[derive(Debug, Clone)]
pub enum Play {
    /// Sends these bytes and keeps the connection.
    Send(Vec<u8>),
    /// Sends these bytes and closes.
    SendAndClose(Vec<u8>),
    /// Sends these bytes and resets the connection.
    SendAndReset(Vec<u8>),
    /// Sends these bytes, then nothing more.
    SendAndStall(Vec<u8>),
    /// Sends these bytes without reading the request, which is not counted, and closes.
    Greet(Vec<u8>),
    /// Resets without reading the request, which is not counted.
    ResetUnread,
    /// Sends these bytes one by one.
    Drip(Vec<u8>, Duration),
}

/// A server on a loopback port that sends one scripted response per request, and repeats the last one.
#[derive(Debug)]
pub struct Wire {
    base_url: String,
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Seen {
    requests: Vec<Vec<u8>>,
    played: usize,
    connections: usize,
    closed: usize,
}

impl Wire {
    /// Starts the server.
    ///
    /// # Panics
    ///
    /// If no port can be opened.
    pub async fn start(plays: impl Into<Vec<Play>>) -> Self {
        let (listener, address) = listen().await;
        let seen = Arc::new(Mutex::new(Seen::default()));
        let task = tokio::spawn(accept(listener, Arc::from(plays.into()), Arc::clone(&seen)));
        Self { base_url: format!("http://{address}"), seen, task }
    }

    /// A builder for a client of this server, with a short backoff.
    pub fn builder(&self) -> ClientBuilder {
        Client::builder()
            .token("s3cret-token")
            .base_url(self.base_url.clone())
            .retry(fast_retries())
    }

    /// An account on a client with the builder's settings.
    ///
    /// # Panics
    ///
    /// If the settings are refused.
    #[must_use]
    pub fn account(&self) -> Account {
        let client = self.builder().build().expect("a client");
        client.account(ACCOUNT_ID).expect("a UUID")
    }

    /// The base URL of the server.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Everything received, as text.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.requests.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
    }

    /// The request line of the only request.
    ///
    /// # Panics
    ///
    /// If there was not exactly one request.
    #[must_use]
    pub fn request_line(&self) -> String {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests[0].lines().next().unwrap_or_default().to_owned()
    }

    /// Waits until a request was received.
    pub async fn received(&self) {
        while self.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The number of connections that were accepted.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).connections
    }

    /// Waits until every connection is closed by the client.
    ///
    /// # Panics
    ///
    /// If one stays open for ten seconds.
    pub async fn all_closed(&self) {
        for _ in 0..1_000 {
            {
                let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
                if seen.connections > 0 && seen.closed == seen.connections {
                    return;
                }
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("a connection stayed open");
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A server of a test's own: each connection is handled by `handle`, with a state that is shared with the
/// test. Returns the base URL and the state.
///
/// # Panics
///
/// If no port can be opened.
pub async fn serve<S, F>(
    handle: impl Fn(TcpStream, Arc<S>) -> F + Send + 'static,
) -> (String, Arc<S>)
where
    S: Default + Send + Sync + 'static,
    F: Future<Output: Send> + Send + 'static,
{
    let (listener, address) = listen().await;
    let state = Arc::new(S::default());
    let shared = Arc::clone(&state);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(handle(stream, Arc::clone(&shared)));
        }
    });
    (format!("http://{address}"), state)
}

/// A [`Wire`] on its own runtime, for tests that are not async or shut their runtimes down.
#[derive(Debug)]
pub struct BlockingWire {
    runtime: Runtime,
    wire: Wire,
}

impl BlockingWire {
    /// Starts the server.
    ///
    /// # Panics
    ///
    /// If no port can be opened.
    pub fn start(plays: impl Into<Vec<Play>>) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let wire = runtime.block_on(Wire::start(plays));
        Self { runtime, wire }
    }

    /// The runtime of the server.
    #[must_use]
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }
}

impl Deref for BlockingWire {
    type Target = Wire;

    fn deref(&self) -> &Wire {
        &self.wire
    }
}

fn fast_retries() -> RetryPolicy {
    RetryPolicy::default().backoff(Duration::from_millis(1), Duration::from_millis(5))
}

/// An HTTP/1.1 response with a stated length.
#[must_use]
pub fn http(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Play {
    let body = body.as_ref();
    let mut head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n", body.len());
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    Play::Send([head.as_bytes(), body].concat())
}

/// A 200 with a JSON body.
#[must_use]
pub fn json(body: &str) -> Play {
    http("200 OK", &["Content-Type: application/json"], body)
}

async fn accept(listener: TcpListener, plays: Arc<[Play]>, seen: Arc<Mutex<Seen>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (plays, seen) = (Arc::clone(&plays), Arc::clone(&seen));
        // Each write becomes a separate packet, at once.
        let _ = stream.set_nodelay(true);
        with(&seen, |seen| seen.connections += 1);
        tokio::spawn(async move {
            // An error means that the client closed the connection, which is counted below.
            let _ = play(stream, &plays, &seen).await;
            with(&seen, |seen| seen.closed += 1);
        });
    }
}

fn with<R>(seen: &Mutex<Seen>, run: impl FnOnce(&mut Seen) -> R) -> R {
    run(&mut seen.lock().unwrap_or_else(PoisonError::into_inner))
}

async fn play(mut stream: TcpStream, plays: &[Play], seen: &Mutex<Seen>) -> io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        let play = with(seen, |seen| &plays[seen.played.min(plays.len() - 1)]);
        match play {
            Play::Greet(bytes) => {
                with(seen, |seen| seen.played += 1);
                stream.write_all(bytes).await?;
                return stream.shutdown().await;
            }
            Play::ResetUnread => {
                with(seen, |seen| seen.played += 1);
                return stream.set_zero_linger();
            }
            _ => {}
        }
        let Some(request) = read_request(&mut stream, &mut buffer).await? else {
            return Ok(());
        };
        let play = with(seen, |seen| {
            seen.requests.push(request);
            seen.played += 1;
            &plays[(seen.played - 1).min(plays.len() - 1)]
        });
        match play {
            Play::Greet(_) | Play::ResetUnread => return Ok(()),
            Play::Send(bytes) => stream.write_all(bytes).await?,
            Play::SendAndClose(bytes) => {
                stream.write_all(bytes).await?;
                return stream.shutdown().await;
            }
            Play::SendAndReset(bytes) => {
                stream.write_all(bytes).await?;
                stream.flush().await?;
                // Lets the bytes arrive first: a reset discards bytes that are still in transit.
                tokio::time::sleep(Duration::from_millis(30)).await;
                return stream.set_zero_linger();
            }
            Play::SendAndStall(bytes) => {
                stream.write_all(bytes).await?;
                return closed(&mut stream).await;
            }
            Play::Drip(bytes, pause) => {
                for byte in bytes {
                    stream.write_all(&[*byte]).await?;
                    tokio::time::sleep(*pause).await;
                }
            }
        }
    }
}

/// Waits for the client to close.
async fn closed(stream: &mut TcpStream) -> io::Result<()> {
    while stream.read(&mut [0; 1024]).await? > 0 {}
    Ok(())
}

/// One request with its body, by `Content-Length` or in chunks; `None` at the end of the connection.
async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<Vec<u8>>> {
    loop {
        if let Some(head) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&buffer[..head]).to_lowercase();
            let end = if text.contains("transfer-encoding: chunked") {
                chunked_end(&buffer[head + 2..]).map(|end| head + 2 + end)
            } else {
                let body = text
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: "))
                    .and_then(|length| length.trim().parse().ok())
                    .unwrap_or(0_usize);
                Some(head + 4 + body)
            };
            if let Some(end) = end.filter(|end| buffer.len() >= *end) {
                let rest = buffer.split_off(end);
                return Ok(Some(std::mem::replace(buffer, rest)));
            }
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
}

/// The end of a body in chunks, which begins at the line break before its first chunk.
fn chunked_end(body: &[u8]) -> Option<usize> {
    const LAST: &[u8] = b"\r\n0\r\n\r\n";
    body.windows(LAST.len()).position(|window| window == LAST).map(|at| at + LAST.len())
}
