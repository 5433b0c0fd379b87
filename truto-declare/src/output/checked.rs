//! Standard output whose errors are not lost.

use std::io::{Error, ErrorKind, Result, Write};

/// A writer that keeps its first error until the end.
///
/// The report has many lines and no use for an error in between, but a full disk must not look like a
/// report without changes.
pub(crate) struct Checked<W> {
    inner: W,
    error: Option<Error>,
}

impl<W: Write> Checked<W> {
    pub(crate) fn new(inner: W) -> Self {
        Self { inner, error: None }
    }

    /// Flushes the output. A reader that closes the pipe, such as `head`, causes no error.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.flush()?;
        match self.error {
            Some(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }
}

impl<W: Write> Write for Checked<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        match self.inner.write(bytes) {
            Err(error) if error.kind() != ErrorKind::Interrupted => {
                self.error.get_or_insert(error);
                Ok(bytes.len())
            }
            written => written,
        }
    }

    fn flush(&mut self) -> Result<()> {
        if let Err(error) = self.inner.flush() {
            self.error.get_or_insert(error);
        }
        Ok(())
    }
}
