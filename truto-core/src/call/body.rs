//! The body of one attempt: sent once, from memory or from files, with a length that is known before.

use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};
use tokio::fs::File;
use tokio::io::{AsyncRead, ReadBuf};

use crate::encode::{BodyPart, Parts, Payload};

/// How much of a file is read at once.
const CHUNK: usize = 64 * 1024;

/// Whether a connection has begun to write the request. Until then nothing was sent for sure.
#[derive(Clone, Default)]
pub(super) struct Taken(Arc<TakenState>);

#[derive(Default)]
struct TakenState {
    taken: AtomicBool,
    /// Why the body broke off on our side.
    broken: Mutex<Option<String>>,
}

impl Taken {
    pub(super) fn get(&self) -> bool {
        self.0.taken.load(Ordering::Acquire)
    }

    fn set(&self) {
        self.0.taken.store(true, Ordering::Release);
    }

    /// Why the body could not be sent to its end, if the cause was a file.
    pub(super) fn broken(&self) -> Option<String> {
        self.0.broken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The length of each file of a body, looked up before anything is sent.
pub(super) async fn lengths(payload: Option<&Payload>) -> Result<Vec<u64>, String> {
    let Some(Payload::Parts(parts)) = payload else {
        return Ok(Vec::new());
    };
    let mut lengths = Vec::new();
    for part in &parts.parts {
        if let BodyPart::File(path) = part {
            let shown = path.display();
            let told = |error: io::Error| format!("the file `{shown}` cannot be read: {error}");
            // Looked at before it is opened: opening a pipe waits for its writer.
            let metadata = tokio::fs::metadata(&**path).await.map_err(told)?;
            if !metadata.is_file() {
                return Err(format!("`{shown}` is not a file"));
            }
            let file = File::open(&**path).await.map_err(told)?;
            lengths.push(file.metadata().await.map_err(told)?.len());
        }
    }
    Ok(lengths)
}

/// A body that no layer below can send a second time, since it cannot be cloned.
///
/// A connection asks it whether it is at its end right before it writes the head of the request, and
/// at no other time: that is how we know that the request was taken.
pub(super) struct Once {
    content: Unsent,
    taken: Taken,
}

enum Unsent {
    Bytes(Option<Bytes>),
    Parts(Box<Reading>),
}

impl Once {
    pub(super) fn new(payload: Option<&Payload>, lengths: &[u64], taken: Taken) -> Self {
        let content = match payload {
            None => Unsent::Bytes(None),
            Some(Payload::Bytes(bytes)) => Unsent::Bytes(Some(bytes.clone())),
            Some(Payload::Parts(parts)) => {
                Unsent::Parts(Box::new(Reading::new(parts.clone(), lengths)))
            }
        };
        Self { content, taken }
    }

    /// Whether it holds not a byte, and would go out without its length.
    pub(super) fn is_nothing(&self) -> bool {
        match &self.content {
            Unsent::Bytes(bytes) => bytes.is_none(),
            Unsent::Parts(reading) => reading.total == 0,
        }
    }
}

impl Body for Once {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.taken.set();
        let reading = match &mut self.content {
            Unsent::Bytes(bytes) => {
                return Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes))));
            }
            Unsent::Parts(reading) => reading,
        };
        let chunk = ready!(reading.poll_chunk(cx));
        if let Some(Err(error)) = &chunk {
            let mut broken = self.taken.0.broken.lock().unwrap_or_else(PoisonError::into_inner);
            *broken = Some(error.to_string());
        }
        Poll::Ready(chunk.map(|chunk| chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.taken.set();
        match &self.content {
            Unsent::Bytes(bytes) => bytes.is_none(),
            Unsent::Parts(reading) => reading.left() == 0,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Unsent::Bytes(Some(bytes)) => SizeHint::with_exact(bytes.len() as u64),
            // A body known to be empty would be made anew by redirects; `is_end_stream` keeps it off
            // the wire anyway.
            Unsent::Bytes(None) => SizeHint::default(),
            Unsent::Parts(reading) => SizeHint::with_exact(reading.left()),
        }
    }
}

type Opening = Pin<Box<dyn Future<Output = io::Result<File>> + Send + Sync>>;

/// Parts on their way.
struct Reading {
    parts: Arc<Parts>,
    /// The length that each part was said to have.
    lengths: Vec<u64>,
    /// The part in hand, and how much of it was sent.
    at: usize,
    sent: u64,
    all_sent: u64,
    total: u64,
    source: FileSource,
}

enum FileSource {
    Closed,
    Opening(Opening),
    Open(File),
}

impl Reading {
    fn new(parts: Arc<Parts>, files: &[u64]) -> Self {
        let mut files = files.iter().copied();
        let length = |part: &BodyPart| match part {
            BodyPart::Bytes(bytes) => bytes.len() as u64,
            BodyPart::File(_) => files.next().unwrap_or_default(),
        };
        let lengths: Vec<u64> = parts.parts.iter().map(length).collect();
        Self {
            total: lengths.iter().sum(),
            lengths,
            parts,
            at: 0,
            sent: 0,
            all_sent: 0,
            source: FileSource::Closed,
        }
    }

    fn left(&self) -> u64 {
        self.total - self.all_sent
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let parts = Arc::clone(&self.parts);
        while let Some(part) = parts.parts.get(self.at) {
            let chunk = match part {
                BodyPart::Bytes(bytes) => self.bytes_chunk(bytes),
                BodyPart::File(path) => match ready!(self.poll_file(path, cx)) {
                    Ok(chunk) => chunk,
                    Err(error) => {
                        // Nothing follows an error.
                        self.at = parts.parts.len();
                        return Poll::Ready(Some(Err(error)));
                    }
                },
            };
            if chunk.is_empty() {
                (self.at, self.sent) = (self.at + 1, 0);
                continue;
            }
            self.sent += chunk.len() as u64;
            self.all_sent += chunk.len() as u64;
            if let Some(progress) = &parts.progress {
                progress(self.all_sent, self.total);
            }
            return Poll::Ready(Some(Ok(chunk)));
        }
        Poll::Ready(None)
    }

    /// The next bytes of a part in memory; none at its end.
    fn bytes_chunk(&self, bytes: &Bytes) -> Bytes {
        let start = usize::try_from(self.sent).unwrap_or(usize::MAX).min(bytes.len());
        let end = match self.parts.progress {
            Some(_) => bytes.len().min(start + CHUNK),
            None => bytes.len(),
        };
        bytes.slice(start..end)
    }

    /// The next bytes of a file; none at its end, which must be where it was said to be.
    fn poll_file(&mut self, path: &Arc<PathBuf>, cx: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        let told = |error: &io::Error| {
            let text = format!("the file `{}` cannot be read: {error}", path.display());
            io::Error::new(error.kind(), text)
        };
        loop {
            match &mut self.source {
                FileSource::Closed => {
                    let path = Arc::clone(path);
                    let opening: Opening = Box::pin(async move { File::open(&*path).await });
                    self.source = FileSource::Opening(opening);
                }
                FileSource::Opening(opening) => match ready!(opening.as_mut().poll(cx)) {
                    Ok(file) => self.source = FileSource::Open(file),
                    Err(error) => return Poll::Ready(Err(told(&error))),
                },
                FileSource::Open(file) => {
                    let length = self.lengths[self.at];
                    let mut buffer = BytesMut::zeroed(CHUNK);
                    let mut read = ReadBuf::new(&mut buffer);
                    if let Err(error) = ready!(Pin::new(file).poll_read(cx, &mut read)) {
                        return Poll::Ready(Err(told(&error)));
                    }
                    let count = read.filled().len();
                    let reached = self.sent + count as u64;
                    if reached > length || count == 0 && reached < length {
                        let text = format!(
                            "the file `{}` changed while it was sent: it had {length} bytes",
                            path.display()
                        );
                        return Poll::Ready(Err(io::Error::other(text)));
                    }
                    if count == 0 {
                        self.source = FileSource::Closed;
                    }
                    buffer.truncate(count);
                    return Poll::Ready(Ok(buffer.freeze()));
                }
            }
        }
    }
}
