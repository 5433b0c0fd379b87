//! The lengths of the sources of a body, looked up before anything is sent.

use std::fmt;
use std::io;
use std::path::Path;

use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

use crate::encode::{BodySource, EncodedBody};

/// The length of each source of a body, in bytes; `None` if it is known only at the end.
///
/// Empty if the whole body is in memory.
pub(in crate::call) async fn source_lengths(
    body: Option<&EncodedBody>,
) -> Result<Vec<Option<u64>>, String> {
    let Some(body) = body.filter(|body| body.bytes().is_none()) else {
        return Ok(Vec::new());
    };
    let mut lengths = Vec::with_capacity(body.sources.len());
    for source in &*body.sources {
        lengths.push(match source {
            BodySource::Bytes(bytes) => Some(bytes.len() as u64),
            BodySource::Stream(stream) => stream.length,
            BodySource::File(path) => file_length(path).await?,
        });
    }
    let mut declared = lengths.iter().copied().flatten();
    match declared.try_fold(0, u64::checked_add) {
        Some(_) => Ok(lengths),
        None => Err("the lengths of the upload's parts add up to more than 2^64 bytes".to_owned()),
    }
}

async fn file_length(path: &Path) -> Result<Option<u64>, String> {
    let unreadable = |error: io::Error| unreadable_file(path, &error);
    // Checked before the file is opened: opening a pipe waits for its writer.
    let metadata = tokio::fs::metadata(path).await.map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(format!("`{}` is not a file", path.display()));
    }
    let mut file = File::open(path).await.map_err(unreadable)?;
    match file.metadata().await.map_err(unreadable)?.len() {
        // Files in /proc and on some network mounts declare no length though they have content.
        0 if file.read(&mut [0]).await.map_err(unreadable)? > 0 => Ok(None),
        length => Ok(Some(length)),
    }
}

pub(super) fn unreadable_file(path: &Path, error: impl fmt::Display) -> String {
    format!("the file `{}` cannot be read: {error}", path.display())
}
