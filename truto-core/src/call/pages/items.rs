//! Iterating over the records of a list.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::de::DeserializeOwned;

use super::Pages;
use crate::Error;

/// The records of a list, returned by [`Request::items`](crate::Request::items).
///
/// It is a [`Stream`], and also has its own method [`next`](Self::next), so that no other crate is
/// needed.
///
/// [`Stream`]: https://docs.rs/futures-core/0.3/futures_core/stream/trait.Stream.html
///
/// ```
/// # truto_sandbox::__doc::run(async |_sandbox, account| {
/// # use truto_sandbox::__doc::User;
/// let mut users = User::list().limit(2).items(&account);
/// while let Some(user) = users.next().await {
///     println!("{}, from the page at {:?}", user?.id, users.cursor());
/// }
/// # Ok(())
/// # })
/// ```
#[must_use = "records are read by `next().await`"]
pub struct Items<T> {
    pages: Pages<T>,
    page: std::vec::IntoIter<T>,
}

impl<T: DeserializeOwned + Send + 'static> Items<T> {
    pub(in crate::call) fn new(pages: Pages<T>) -> Self {
        Self { pages, page: Vec::new().into_iter() }
    }

    /// Returns the next record; `None` after the last one, and after an error.
    ///
    /// Cancel-safe: no record is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            if let Some(record) = self.page.next() {
                return Poll::Ready(Some(Ok(record)));
            }
            match ready!(self.pages.poll(cx)) {
                Some(Ok(page)) => self.page = page.result.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<T> Items<T> {
    /// The cursor from which a new run can resume without losing a record. `None` on the first page of a list.
    ///
    /// It is the cursor of the page that contains the last returned record. Once all of its records were
    /// returned and the next page is requested, it is the cursor of that next page, even if the request
    /// fails. Prefetching does not change it.
    ///
    /// After the end of the list, it is still the cursor of the last page. Save it after a record is
    /// processed; a new run then repeats at most the records of one page.
    #[must_use]
    pub fn cursor(&self) -> Option<&str> {
        self.pages.cursor()
    }
}

impl<T: DeserializeOwned + Send + 'static> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(cx)
    }
}

impl<T> Unpin for Items<T> {}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("pages", &self.pages).finish_non_exhaustive()
    }
}
