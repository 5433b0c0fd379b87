//! One run at a time in a folder.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use fs4::{FileExt, TryLockError};

/// The time after which a run that waits for another one gives up.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// Held while a run reads and writes the folder; the system releases it when the process ends.
#[derive(Debug)]
pub(crate) struct Exclusive {
    _file: Option<File>,
}

impl Exclusive {
    /// Waits for the run that holds the folder; `waiting` is called once, with its process id.
    pub(crate) fn acquire(folder: &Path, waiting: &mut dyn FnMut(&str)) -> io::Result<Self> {
        let absolute = std::path::absolute(folder)?;
        // One lock for all paths that lead to the folder, which need not exist yet.
        let real = absolute.canonicalize().unwrap_or(absolute);
        let key = crate::write::sha256(real.to_string_lossy().as_bytes());
        // Outside the output, where it would be checked in.
        let path = std::env::temp_dir().join(format!("truto-declare-{}.lock", &key[..16]));
        let file = File::options().read(true).write(true).create(true).truncate(false).open(path);
        // Another user's file: without a lock the run is still safe against a kill.
        let Ok(mut file) = file else { return Ok(Self { _file: None }) };
        let started = Instant::now();
        let mut is_reported = false;
        // Named in full: newer standard libraries have a method of this name.
        while let Err(error) = FileExt::try_lock(&file) {
            if let TryLockError::Error(error) = error {
                return Err(error);
            }
            let mut holder = String::new();
            let _ = file.rewind().and_then(|()| file.read_to_string(&mut holder));
            if started.elapsed() > MAX_WAIT {
                let message =
                    format!("another run has locked the folder (process {})", holder.trim());
                return Err(io::Error::new(io::ErrorKind::WouldBlock, message));
            }
            if !is_reported {
                waiting(holder.trim());
                is_reported = true;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        // The process id is for the message of a waiting run; losing it is harmless.
        let _ = file.set_len(0).and_then(|()| file.rewind());
        let _ = write!(file, "{}", std::process::id());
        Ok(Self { _file: Some(file) })
    }
}
