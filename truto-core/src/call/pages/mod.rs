//! Iterating over the pages and records of a list.

mod items;
mod task;

use std::collections::HashSet;
use std::fmt;
use std::future::{Future, poll_fn};
use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::de::DeserializeOwned;

pub use self::items::Items;
use self::task::Task;
use crate::error::{Endless, Kind};
use crate::json::JsonKind;
use crate::response::ListPage;
use crate::{Account, Error, Page, Request};

/// The pages of a list, returned by [`Request::pages`].
///
/// It is a [`Stream`], and also has its own method [`next`](Self::next), so that no other crate is
/// needed.
///
/// [`Stream`]: https://docs.rs/futures-core/0.3/futures_core/stream/trait.Stream.html
///
/// ```
/// # truto_sandbox::__doc::run(async |_sandbox, account| {
/// # use truto_sandbox::__doc::User;
/// let mut pages = User::list().limit(2).pages(&account);
/// let mut sizes = Vec::new();
/// while let Some(page) = pages.next().await {
///     sizes.push(page?.result.len());
/// }
/// assert_eq!(sizes, [2, 1]);
/// # Ok(())
/// # })
/// ```
#[must_use = "pages are read by `next().await`"]
pub struct Pages<T> {
    /// Its `next_cursor` is authoritative: it is the cursor of the page that is fetched next or, once
    /// that page has been returned, of the one after it. `cursor` is a copy for the user, taken by
    /// `advance`.
    request: Request<Page<T>>,
    account: Account,
    state: PagesState<T>,
    /// The cursor of the current page.
    cursor: Option<String>,
    seen: Seen,
    count: u32,
    /// Empty pages since the last one with records.
    empty: u32,
}

type Fetch<T> = Pin<Box<dyn Future<Output = Result<ListPage<T>, Error>> + Send>>;

/// The source of the next page.
enum PagesState<T> {
    /// The page is fetched when it is polled for; the request has its cursor.
    Idle,
    /// The mutex is never locked: it makes a future that is only `Send` also `Sync`.
    Fetching(Mutex<Fetch<T>>),
    /// The page is being prefetched.
    Ahead(Task<ListPage<T>>),
    /// The list cannot continue.
    Endless(Endless),
    /// The current page has a cursor of this JSON type, which cannot be followed.
    BadCursor(JsonKind),
    Finished,
}

impl<T: DeserializeOwned + Send + 'static> Pages<T> {
    pub(super) fn new(request: Request<Page<T>>, account: Account) -> Self {
        let mut seen = Seen::default();
        let cursor = request.as_raw().next_cursor();
        if let Some(cursor) = &cursor {
            seen.insert(cursor);
        }
        Self { request, account, state: PagesState::Idle, cursor, seen, count: 0, empty: 0 }
    }

    /// Returns the next page; `None` after the last one, and after an error.
    ///
    /// Cancel-safe: a page that is being fetched when the future is dropped is returned by the next
    /// call.
    pub async fn next(&mut self) -> Option<Result<Page<T>, Error>> {
        poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Page<T>, Error>>> {
        loop {
            let page = match &mut self.state {
                PagesState::Finished => return Poll::Ready(None),
                PagesState::Endless(why) => {
                    let error = Error::new(Kind::PaginationLoop(*why));
                    return Poll::Ready(Some(Err(self.stopped(error))));
                }
                PagesState::BadCursor(kind) => {
                    let message =
                        format!("expected a string or a number, found {kind} at `next_cursor`");
                    let excerpt = String::new();
                    let error = Error::new(Kind::Decode { message, status: None, excerpt });
                    return Poll::Ready(Some(Err(self.stopped(error))));
                }
                PagesState::Idle => {
                    self.advance();
                    self.state = PagesState::Fetching(Mutex::new(Box::pin(self.fetch())));
                    continue;
                }
                PagesState::Fetching(fetch) => {
                    let fetch = fetch.get_mut().unwrap_or_else(PoisonError::into_inner);
                    ready!(fetch.as_mut().poll(cx))
                }
                // Nothing may ever drive the task's runtime again, and a list is a GET, which may be
                // sent twice.
                PagesState::Ahead(task) if task.is_stranded() => {
                    self.state = PagesState::Idle;
                    continue;
                }
                PagesState::Ahead(task) => {
                    let Some(page) = ready!(task.poll(cx)) else {
                        self.state = PagesState::Idle;
                        continue;
                    };
                    self.advance();
                    page
                }
            };
            return Poll::Ready(Some(match page {
                Ok(ListPage { page, bad_cursor }) => {
                    self.record_page(&page);
                    if let Some(kind) = bad_cursor {
                        self.state = PagesState::BadCursor(kind);
                    }
                    Ok(page)
                }
                Err(error) => Err(self.failed(error)),
            }));
        }
    }

    fn fetch(&self) -> impl Future<Output = Result<ListPage<T>, Error>> + Send + use<T> {
        Request::<ListPage<T>>::from_raw(self.request.as_raw().clone()).send(&self.account)
    }

    /// Moves the cursor on from the current page to the next one.
    fn advance(&mut self) {
        self.cursor = self.request.as_raw().next_cursor();
    }

    fn record_page(&mut self, page: &Page<T>) {
        self.count += 1;
        self.empty = if page.result.is_empty() { self.empty + 1 } else { 0 };
        let Some(cursor) = &page.next_cursor else {
            self.state = PagesState::Finished;
            return;
        };
        let repeated = !self.seen.insert(cursor);
        let raw = self.request.as_raw_mut();
        // Before the checks below: an error that ends the list reports this cursor as the place to resume.
        raw.set_next_cursor(Some(cursor.clone()));
        self.state = if repeated {
            PagesState::Endless(Endless::Repeated)
        } else if let Some(max) = raw.max_pages.filter(|max| self.count >= *max) {
            PagesState::Endless(Endless::MaxPages(max))
        } else if self.empty >= raw.max_empty_pages {
            PagesState::Endless(Endless::EmptyPages(self.empty))
        } else if raw.prefetch {
            // Outside of a runtime, a prefetched page can be received, but the next one cannot be requested.
            Task::spawn(self.fetch()).map_or(PagesState::Idle, PagesState::Ahead)
        } else {
            PagesState::Idle
        };
    }

    fn failed(&mut self, error: Error) -> Error {
        self.advance();
        self.state = PagesState::Finished;
        error
            .on(self.request.endpoint())
            .for_account(self.account.label_shared())
            .with_next_cursor(self.cursor.clone())
    }

    /// Reports that a list fails between two calls, since no call reports such a failure.
    fn stopped(&mut self, error: Error) -> Error {
        let endpoint = self.request.endpoint();
        tracing::warn!(
            http.request.method = endpoint.method.as_str(),
            url.template = endpoint.path,
            truto.account = self.account.label(),
            "error.type" = error.error_type(),
            "list failed"
        );
        self.failed(error)
    }
}

impl<T> Pages<T> {
    /// The cursor from which a new run can resume without losing a record. `None` on the first page of a list.
    ///
    /// It is the cursor of the last returned page. Once the next page is requested, it is the cursor of that
    /// next page, even if the request fails. Prefetching does not change it.
    ///
    /// After the end of the list, it is still the cursor of the last page. Pass it to
    /// [`Request::next_cursor`].
    #[must_use]
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }
}

impl<T: DeserializeOwned + Send + 'static> Stream for Pages<T> {
    type Item = Result<Page<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(cx)
    }
}

impl<T> Unpin for Pages<T> {}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("endpoint", &format_args!("{}", self.request.endpoint()))
            .field("pages", &self.count)
            .finish_non_exhaustive()
    }
}

/// The cursors of a list, as 128-bit hashes with random keys: a long list takes little memory, and no server
/// can choose cursors that collide, which would end the list.
#[derive(Default)]
struct Seen {
    hashes: HashSet<(u64, u64)>,
    hashers: (RandomState, RandomState),
}

impl Seen {
    /// Returns false if the cursor was inserted before.
    fn insert(&mut self, cursor: &str) -> bool {
        let (first, second) = &self.hashers;
        self.hashes.insert((first.hash_one(cursor), second.hash_one(cursor)))
    }
}

#[cfg(test)]
mod tests;
