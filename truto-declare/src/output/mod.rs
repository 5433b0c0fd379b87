//! The output folder: its files, and the actions that bring them up to date.

mod checked;
pub(crate) mod commit;
mod exclusive;

pub(crate) use checked::Checked;
pub(crate) use exclusive::Exclusive;

use std::io;
use std::path::Path;

use crate::lock::Lock;
use crate::write::{File, MARK, fingerprint};

/// A file that the run generates.
#[derive(Debug)]
pub(crate) struct GeneratedFile {
    pub(crate) file: File,
    pub(crate) fingerprint: String,
}

impl GeneratedFile {
    pub(crate) fn new(file: File) -> Self {
        // Generated text is Rust, so it always has a fingerprint.
        let fingerprint = fingerprint(&file.text).unwrap_or_default();
        Self { file, fingerprint }
    }
}

/// A file of the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ExistingFile {
    Missing,
    /// Not written by this command.
    Foreign(String),
    Generated {
        text: String,
        /// `None` if it is not Rust.
        fingerprint: Option<String>,
        edited: bool,
    },
}

/// The action for one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FileAction {
    Write {
        old: Option<String>,
    },
    /// Its tokens are up to date.
    Leave,
    Remove {
        old: String,
    },
    KeepEdited {
        old: String,
    },
    KeepForeign {
        old: String,
    },
    /// The file of a removed resource is missing or foreign: only its entry in the lock is removed.
    Forget,
}

impl FileAction {
    /// The text of a file that is kept although the run generates another one, or none.
    pub(crate) fn kept(&self) -> Option<&str> {
        match self {
            Self::KeepEdited { old } | Self::KeepForeign { old } => Some(old),
            _ => None,
        }
    }
}

/// Reads a file and decides, by the lock, whether it was edited by hand.
pub(crate) fn existing(folder: &Path, path: &str, lock: &Lock) -> io::Result<ExistingFile> {
    let Some(text) = read(&folder.join(path))? else {
        return Ok(ExistingFile::Missing);
    };
    if !text.trim_start_matches('\u{feff}').starts_with(MARK) {
        return Ok(ExistingFile::Foreign(text));
    }
    let written = lock.files.get(path);
    let fingerprint = fingerprint(&text);
    // Without an entry in the lock nothing shows that the text is the generated one.
    let edited = written.is_none() || fingerprint.as_ref() != written;
    Ok(ExistingFile::Generated { text, fingerprint, edited })
}

/// The action for a file that the run generates.
pub(crate) fn action(existing: ExistingFile, wanted: &GeneratedFile, force: bool) -> FileAction {
    match existing {
        ExistingFile::Missing => FileAction::Write { old: None },
        ExistingFile::Foreign(old) => FileAction::KeepForeign { old },
        // Also an edited file, if the edit is what the run would write.
        ExistingFile::Generated { fingerprint, .. }
            if fingerprint.as_ref() == Some(&wanted.fingerprint) =>
        {
            FileAction::Leave
        }
        ExistingFile::Generated { text, edited: true, .. } if !force => {
            FileAction::KeepEdited { old: text }
        }
        ExistingFile::Generated { text, .. } => FileAction::Write { old: Some(text) },
    }
}

/// The action for a file of the lock that the run no longer generates.
pub(crate) fn removal(existing: ExistingFile, force: bool) -> FileAction {
    match existing {
        ExistingFile::Missing | ExistingFile::Foreign(_) => FileAction::Forget,
        ExistingFile::Generated { text, edited, .. } if edited && !force => {
            FileAction::KeepEdited { old: text }
        }
        ExistingFile::Generated { text, .. } => FileAction::Remove { old: text },
    }
}

/// The text of a file; `None` if the file does not exist. A file that is not UTF-8 counts as foreign.
pub(crate) fn read(path: &Path) -> io::Result<Option<String>> {
    // Reading a pipe could block the run forever.
    if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        let message = format!("{}: not a file", path.display());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8(bytes).unwrap_or_default())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io::Error::new(error.kind(), format!("{}: {error}", path.display()))),
    }
}
