//! Reads a body into memory, up to a limit; what came before a failure is kept.

use bytes::{Bytes, BytesMut};

use crate::response::{Broken, Incoming};

/// The most memory that is set aside on a server's word about its body's length, in bytes.
const MAX_RESERVED: usize = 1024 * 1024;

/// The bytes that have come so far. A body in one piece is passed through without a copy.
#[derive(Default)]
pub(super) struct Collected {
    first: Option<Bytes>,
    rest: BytesMut,
}

impl Collected {
    pub(super) fn len(&self) -> usize {
        self.first.as_ref().map_or(self.rest.len(), Bytes::len)
    }

    pub(super) fn into_bytes(self) -> Bytes {
        self.first.unwrap_or_else(|| self.rest.freeze())
    }

    fn push(&mut self, chunk: Bytes, declared: Option<u64>) {
        if self.first.is_none() && self.rest.is_empty() {
            self.first = Some(chunk);
            return;
        }
        if let Some(first) = self.first.take() {
            let declared = usize::try_from(declared.unwrap_or(0)).unwrap_or(MAX_RESERVED);
            let needed = first.len() + chunk.len();
            self.rest.reserve(declared.min(MAX_RESERVED).max(needed));
            self.rest.extend_from_slice(&first);
        }
        self.rest.extend_from_slice(&chunk);
    }
}

/// Reads at most `limit` bytes; false if the body goes on.
pub(super) async fn collect(
    body: &mut Incoming,
    declared: Option<u64>,
    limit: usize,
    into: &mut Collected,
) -> Result<bool, Broken> {
    while let Some(chunk) = body.chunk().await? {
        let room = limit - into.len();
        let fits = chunk.len() <= room;
        into.push(chunk.slice(..chunk.len().min(room)), declared);
        if !fits {
            return Ok(false);
        }
    }
    Ok(true)
}
