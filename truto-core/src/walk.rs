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
                let mut error = Error::new(Kind::PaginationLoop).on(self.request.endpoint());
                error.inner_mut().next_cursor = Some(cursor);
                return Err(error);
            }
            Next::End => return Ok(None),
        };
        let page = page.map_err(|mut error| {
            error.inner_mut().next_cursor = cursor_of(&self.request).map(str::to_owned);
            error
        })?;
        self.next = match &page.next_cursor {
            None => Next::End,
            Some(cursor) if !self.seen.insert(cursor) => Next::Loop(cursor.clone()),
            Some(cursor) => {
                self.request
                    .parts_mut()
                    .set_next_cursor(Some(cursor.clone()));
                if self.request.parts().prefetch {
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
    request.parts().extra.as_ref()?.next_cursor.as_deref()
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
