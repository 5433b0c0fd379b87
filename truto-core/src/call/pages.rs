//! Walks over the pages of a list.

use std::collections::HashSet;
use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::pin::pin;

use futures_core::Stream;
use futures_util::stream::{self, StreamExt};
use serde::de::DeserializeOwned;
use tokio::task::JoinHandle;

use crate::error::Kind;
use crate::{Account, Error, Page, Request};

pub(crate) fn pages<T: DeserializeOwned + Send + 'static>(
    request: Request<Page<T>>,
    account: Account,
) -> impl Stream<Item = Result<Page<T>, Error>> + Send + 'static {
    stream::unfold(Some(Walk::new(request, account)), |walk| async {
        let mut walk = walk?;
        match walk.next().await {
            Ok(Some(page)) => Some((Ok(page), Some(walk))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    })
}

pub(crate) fn items<T: DeserializeOwned + Send + 'static>(
    request: Request<Page<T>>,
    account: Account,
) -> impl Stream<Item = Result<T, Error>> + Send + 'static {
    pages(request, account).flat_map(|page| match page {
        Ok(page) => stream::iter(page.result.into_iter().map(Ok as fn(T) -> _)).left_stream(),
        Err(error) => stream::once(std::future::ready(Err(error))).right_stream(),
    })
}

pub(crate) async fn all<T: DeserializeOwned + Send + 'static>(
    request: Request<Page<T>>,
    account: Account,
) -> Result<Vec<T>, Error> {
    let mut pages = pin!(pages(request, account));
    let mut records = Vec::new();
    while let Some(page) = pages.next().await {
        records.append(&mut page?.result);
    }
    Ok(records)
}

struct Walk<T> {
    request: Request<Page<T>>,
    account: Account,
    seen: Seen,
    next: Next<T>,
}

/// Where the next page comes from.
enum Next<T> {
    /// It is fetched when asked for; the request has its cursor.
    Fetch,
    /// It is being fetched.
    Fetching(Task<Page<T>>),
    /// The server gave this cursor before.
    Loop(String),
    End,
}

impl<T: DeserializeOwned + Send + 'static> Walk<T> {
    fn new(request: Request<Page<T>>, account: Account) -> Self {
        let mut seen = Seen::default();
        if let Some(cursor) = cursor_of(&request) {
            seen.insert(cursor);
        }
        Self {
            request,
            account,
            seen,
            next: Next::Fetch,
        }
    }

    async fn next(&mut self) -> Result<Option<Page<T>>, Error> {
        let page = match std::mem::replace(&mut self.next, Next::End) {
            Next::Fetch => self.request.send(&self.account).await,
            Next::Fetching(task) => task.join().await,
            Next::Loop(cursor) => {
                return Err(Error::new(Kind::PaginationLoop)
                    .on(self.request.endpoint())
                    .with_next_cursor(Some(cursor)));
            }
            Next::End => return Ok(None),
        };
        let page = page
            .map_err(|error| error.with_next_cursor(cursor_of(&self.request).map(str::to_owned)))?;
        self.next = match &page.next_cursor {
            None => Next::End,
            Some(cursor) if !self.seen.insert(cursor) => Next::Loop(cursor.clone()),
            Some(cursor) => {
                self.request
                    .as_raw_mut()
                    .set_next_cursor(Some(cursor.clone()));
                if self.request.as_raw().prefetch {
                    let (request, account) = (self.request.clone(), self.account.clone());
                    Next::Fetching(Task::spawn(async move { request.send(&account).await }))
                } else {
                    Next::Fetch
                }
            }
        };
        Ok(Some(page))
    }
}

fn cursor_of<T>(request: &Request<Page<T>>) -> Option<&str> {
    request.as_raw().options.as_ref()?.next_cursor.as_deref()
}

/// The cursors of a walk, as 128-bit hashes: a walk of any length stays small in memory.
#[derive(Default)]
struct Seen {
    hashes: HashSet<(u64, u64)>,
    hashers: (RandomState, RandomState),
}

impl Seen {
    /// False if the cursor was there before.
    fn insert(&mut self, cursor: &str) -> bool {
        let (first, second) = &self.hashers;
        self.hashes
            .insert((first.hash_one(cursor), second.hash_one(cursor)))
    }
}

/// A task that ends with its owner.
struct Task<R>(JoinHandle<Result<R, Error>>);

impl<R: Send + 'static> Task<R> {
    fn spawn(future: impl Future<Output = Result<R, Error>> + Send + 'static) -> Self {
        Self(tokio::spawn(future))
    }

    async fn join(mut self) -> Result<R, Error> {
        match (&mut self.0).await {
            Ok(result) => result,
            Err(failed) => match failed.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(Error::new(Kind::Transport {
                    what: "the runtime shut down while a page was fetched",
                    status: None,
                    source: None,
                })),
            },
        }
    }
}

impl<R> Drop for Task<R> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<T: DeserializeOwned + Send + 'static> Request<Page<T>> {
    /// Walks over the pages.
    ///
    /// Lazy: nothing is sent before the first poll, nothing after the end or after an error. A null,
    /// missing or empty cursor ends the walk, an empty page with a cursor does not.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use truto_core::{sandbox::Sandbox, unified_endpoint};
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
    /// # #[unified_endpoint(method = "DELETE", path = "/unified/e-signature/users/<id>")]
    /// # #[derive(Debug, serde::Deserialize)]
    /// # struct User { id: String }
    /// # let sandbox = Sandbox::start().await?;
    /// # for id in ["a", "b", "c"] {
    /// #     sandbox.insert("e-signature", "users", serde_json::json!({"id": id}));
    /// # }
    /// # let account = sandbox.account();
    /// use futures_util::StreamExt;
    ///
    /// let mut pages = std::pin::pin!(User::list().limit(2).pages(&account));
    /// let mut sizes = Vec::new();
    /// while let Some(page) = pages.next().await {
    ///     sizes.push(page?.result.len());
    /// }
    /// assert_eq!(sizes, [2, 1]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The first error ends the walk; [`Error::next_cursor`] is where to go on.
    /// [`Error::is_pagination_loop`] if the server gives a cursor a second time.
    pub fn pages(
        self,
        account: &Account,
    ) -> impl Stream<Item = Result<Page<T>, Error>> + Send + 'static + use<T> {
        pages(self, account.clone())
    }

    /// Walks over the records of all pages, one page in memory at a time.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use truto_core::{sandbox::Sandbox, unified_endpoint};
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
    /// # #[unified_endpoint(method = "DELETE", path = "/unified/e-signature/users/<id>")]
    /// # #[derive(Debug, serde::Deserialize)]
    /// # struct User { id: String }
    /// # let sandbox = Sandbox::start().await?;
    /// # for id in ["a", "b", "c"] {
    /// #     sandbox.insert("e-signature", "users", serde_json::json!({"id": id}));
    /// # }
    /// # let account = sandbox.account();
    /// use futures_util::TryStreamExt;
    ///
    /// let users: Vec<User> = User::list().limit(1).items(&account).try_collect().await?;
    /// assert_eq!(users.len(), 3);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`pages`](Self::pages).
    pub fn items(
        self,
        account: &Account,
    ) -> impl Stream<Item = Result<T, Error>> + Send + 'static + use<T> {
        items(self, account.clone())
    }

    /// Collects the records of all pages.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use truto_core::{sandbox::Sandbox, unified_endpoint};
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
    /// # #[derive(Debug, serde::Deserialize)]
    /// # struct User { id: String }
    /// # let sandbox = Sandbox::start().await?;
    /// # for id in ["a", "b", "c"] {
    /// #     sandbox.insert("e-signature", "users", serde_json::json!({"id": id}));
    /// # }
    /// # let account = sandbox.account();
    /// let users: Vec<User> = User::list().limit(2).all(&account).await?;
    /// assert_eq!(users.len(), 3);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`pages`](Self::pages); what was read before the error is dropped.
    pub async fn all(self, account: &Account) -> Result<Vec<T>, Error> {
        all(self, account.clone()).await
    }
}
