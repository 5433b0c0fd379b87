//! A sync job: the users of every connected account, as JSON lines, one file per account.
//!
//! It may be stopped at any point, by Ctrl-C or a kill, and resumes from there: no record is lost, and none
//! is written twice. After each page it saves the next page's cursor together with the length of the file;
//! bytes beyond that length, left by a kill, are truncated when it resumes.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};
use truto_core::{Client, Error, Page, Request};

use crate::e_signature::User;
use truto_admin::{IntegratedAccount, ListIntegratedAccounts};

/// A progress report of a running sync.
#[derive(Debug)]
pub struct Progress<'a> {
    /// Your name for the account, else its id.
    pub account: &'a str,
    /// The number of users written so far, including those of earlier runs.
    pub users: u64,
    /// The event.
    pub step: Step<'a>,
}

/// An event of an account.
#[derive(Debug)]
pub enum Step<'a> {
    /// The account's sync has begun, or a page was written.
    Reading,
    /// All users of the account are written.
    Finished,
    /// The account cannot be read; the others continue.
    Failed(&'a SyncError),
}

/// The reason why an account was not finished.
#[derive(Debug)]
pub enum SyncError {
    /// A call to Truto or the provider failed.
    Call(Error),
    /// The disk failed.
    Disk(io::Error),
}

impl std::fmt::Display for SyncError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Call(error) => error.fmt(f),
            Self::Disk(error) => write!(f, "the file cannot be written: {error}"),
        }
    }
}

impl std::error::Error for SyncError {}

impl From<Error> for SyncError {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl From<io::Error> for SyncError {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// Settings of a sync.
pub struct SyncJob<F> {
    /// The folder of the files.
    pub folder: PathBuf,
    /// Users per page.
    pub page: u32,
    /// Accounts that are read at the same time.
    pub accounts: usize,
    /// Called at each step.
    pub progress: F,
}

impl<F: Fn(Progress<'_>) + Send + Sync> SyncJob<F> {
    /// Reads all accounts; returns how many could not be finished.
    ///
    /// # Errors
    ///
    /// If the accounts cannot be listed, or the folder cannot be created.
    pub async fn run(&self, client: &Client) -> Result<usize, SyncError> {
        std::fs::create_dir_all(&self.folder)?;
        let all = IntegratedAccount::list(&ListIntegratedAccounts::default())
            .items(&client.token_account());
        all.map_err(SyncError::Call)
            .try_filter(|account| std::future::ready(account.is_callable()))
            .map(async |account| Ok(self.account(client, account?).await))
            .buffer_unordered(self.accounts)
            .try_fold(0, async |failed, finished| Ok(failed + usize::from(!finished)))
            .await
    }

    /// One account; false if it could not be finished.
    async fn account(&self, client: &Client, account: IntegratedAccount) -> bool {
        let name = account.tenant_id.as_ref().unwrap_or(&account.id).as_ref();
        let mut written = 0;
        let read = self.users(client, account.id.as_ref(), name, &mut written);
        let error = read.await.err();
        (self.progress)(Progress {
            account: name,
            users: written,
            step: error.as_ref().map_or(Step::Finished, Step::Failed),
        });
        error.is_none()
    }

    async fn users(
        &self,
        client: &Client,
        id: &str,
        name: &str,
        written: &mut u64,
    ) -> Result<(), SyncError> {
        // A malformed id is refused here, so the id is safe as the name of a file.
        let account = client.account(id)?.labeled(name);
        let (folder, file) = (self.folder.clone(), id.to_owned());
        let mut output = on_disk(move || Output::open(&folder, &file)).await?;
        // A repeated cursor is an error, since the list would never end.
        let mut pages = self.list(&output.saved).pages(&account);
        loop {
            *written = output.saved.users;
            (self.progress)(Progress { account: name, users: *written, step: Step::Reading });
            if output.saved.done {
                return Ok(());
            }
            let page = match pages.next().await {
                None => return Ok(()),
                Some(Ok(page)) => page,
                Some(Err(error)) => {
                    // The saved cursor is no longer valid, so the next run reads all records again.
                    if error.is_cursor_invalid() || error.is_pagination_loop() {
                        on_disk(move || output.restart()).await?;
                    }
                    return Err(error.into());
                }
            };
            // A page has no cursor either if the received one cannot be followed; then the next step is an error.
            if page.next_cursor.is_none() {
                pages.next().await.transpose()?;
            }
            output = on_disk(move || output.append(&page)).await?;
        }
    }

    fn list(&self, saved: &Saved) -> Request<Page<User>> {
        let list = User::list(&crate::e_signature::ListUsers::default()).limit(self.page);
        match &saved.cursor {
            Some(cursor) => list.next_cursor(cursor),
            None => list,
        }
    }
}

/// The file of an account, and its checkpoint.
struct Output {
    file: File,
    checkpoint: Arc<Path>,
    saved: Saved,
}

/// A checkpoint: the complete part, and the next page.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Saved {
    /// The length of the file up to the last whole page, in bytes.
    length: u64,
    users: u64,
    /// The page to ask for next; the first one without it.
    cursor: Option<String>,
    done: bool,
}

impl Output {
    /// Resumes at the checkpoint; data after it is truncated.
    fn open(folder: &Path, id: &str) -> io::Result<Self> {
        let checkpoint = folder.join(format!("{id}.checkpoint"));
        let mut saved: Saved = match std::fs::read(&checkpoint) {
            // A power loss may leave an empty or truncated file: then all records are read again.
            Ok(saved) => serde_json::from_slice(&saved).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Saved::default(),
            Err(error) => return Err(error),
        };
        let path = folder.join(format!("{id}.jsonl"));
        let mut options = OpenOptions::new();
        let mut file = options.create(true).truncate(false).write(true).open(path)?;
        // A checkpoint without its records would skip them forever.
        if file.metadata()?.len() < saved.length {
            saved = Saved::default();
        }
        file.set_len(saved.length)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self { file, checkpoint: checkpoint.into(), saved })
    }

    /// Removes the checkpoint; the next run then truncates the file.
    fn restart(self) -> io::Result<()> {
        match std::fs::remove_file(&self.checkpoint) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Writes the records first, then the checkpoint, which replaces the old one atomically.
    fn append(mut self, page: &Page<User>) -> io::Result<Self> {
        let mut lines = Vec::new();
        for user in page {
            serde_json::to_writer(&mut lines, user)?;
            lines.push(b'\n');
        }
        self.file.write_all(&lines)?;
        self.file.sync_data()?;
        self.saved = Saved {
            length: self.saved.length + lines.len() as u64,
            users: self.saved.users + page.result.len() as u64,
            cursor: page.next_cursor.clone(),
            done: page.next_cursor.is_none(),
        };
        let new = self.checkpoint.with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(&serde_json::to_vec(&self.saved)?)?;
        file.sync_all()?;
        std::fs::rename(new, &self.checkpoint)?;
        Ok(self)
    }
}

/// Runs disk access on a blocking thread, so that it does not delay calls.
async fn on_disk<T: Send + 'static>(
    run: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(run).await.map_err(io::Error::other)?
}
