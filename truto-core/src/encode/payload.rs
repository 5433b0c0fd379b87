//! The bytes of a body, in memory or in files, the same for every attempt.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;

/// What is told of an upload on its way: bytes sent, bytes in all.
pub(crate) type OnProgress = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// The content of a body.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Payload {
    Bytes(Bytes),
    /// Read and told part by part.
    Parts(Arc<Parts>),
}

/// Parts that are sent one after the other.
pub(crate) struct Parts {
    pub(crate) parts: Vec<BodyPart>,
    pub(crate) progress: Option<OnProgress>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BodyPart {
    Bytes(Bytes),
    File(Arc<PathBuf>),
}

impl Payload {
    /// The bytes, if all of them are in memory.
    pub(crate) fn bytes(&self) -> Option<&Bytes> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Parts(parts) => match parts.parts.as_slice() {
                [BodyPart::Bytes(bytes)] => Some(bytes),
                _ => None,
            },
        }
    }

    /// The file that is the whole body.
    pub(crate) fn file(&self) -> Option<&PathBuf> {
        match self {
            Self::Parts(parts) => match parts.parts.as_slice() {
                [BodyPart::File(path)] => Some(path),
                _ => None,
            },
            Self::Bytes(_) => None,
        }
    }
}

impl PartialEq for Parts {
    /// Who is told of the progress is not part of what is sent.
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl Eq for Parts {}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bytes() {
            Some(bytes) => write!(f, "{} bytes", bytes.len()),
            None => f.write_str("from files"),
        }
    }
}
