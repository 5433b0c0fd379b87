//! The parameters that only lists have.

use super::Request;
use crate::{KeyedPage, OrRaw, Page};

/// # Lists
impl<T> Request<Page<T>> {
    /// Sets the maximum number of records per page (`limit`). The provider determines the default and
    /// the upper bound.
    ///
    /// ```
    /// # use truto_sandbox::__doc::User;
    /// let request = User::list().limit(50);
    /// assert_eq!(request.query_string(), "limit=50");
    /// ```
    pub fn limit(mut self, limit: u32) -> Self {
        self.as_raw_mut().set_limit(limit);
        self
    }

    /// Sets the page to start at: the `next_cursor` of an earlier page, or of the
    /// [error](crate::Error::next_cursor) that ended a list.
    ///
    /// An empty cursor is not sent and means the first page.
    ///
    /// ```
    /// # use truto_sandbox::__doc::User;
    /// let request = User::list().next_cursor("a=");
    /// assert_eq!(request.query_string(), "next_cursor=a%3D");
    /// ```
    pub fn next_cursor(mut self, cursor: impl Into<String>) -> Self {
        let cursor = cursor.into();
        self.as_raw_mut().set_next_cursor(Some(cursor).filter(|cursor| !cursor.is_empty()));
        self
    }

    /// Makes Truto omit `limit` when it calls the provider (`truto_ignore_limit=true`).
    ///
    /// ```
    /// # use truto_sandbox::__doc::User;
    /// let request = User::list().ignore_limit();
    /// assert_eq!(request.query_string(), "truto_ignore_limit=true");
    /// ```
    pub fn ignore_limit(mut self) -> Self {
        self.as_raw_mut().ignore_limit = true;
        self.as_raw_mut().settle();
        self
    }

    /// Reads the data that Truto has already synced to a region (`apac`, `wnam`) instead of calling the
    /// provider (`truto_super_query`).
    ///
    /// ```
    /// # use truto_sandbox::__doc::User;
    /// let request = User::list().super_query("apac");
    /// assert_eq!(request.query_string(), "truto_super_query=apac");
    /// ```
    pub fn super_query(mut self, region: impl Into<String>) -> Self {
        self.as_raw_mut().options_mut().super_query = Some(region.into());
        self.as_raw_mut().settle();
        self
    }

    /// Returns each page as a map from a field's value to the record (`truto_key_by`).
    ///
    /// If several records have the same key, only one is returned.
    ///
    /// ```
    /// # use truto_sandbox::__doc::User;
    /// let request = User::list().key_by("id");
    /// assert_eq!(request.query_string(), "truto_key_by=id");
    /// ```
    pub fn key_by(mut self, field: impl Into<String>) -> Request<KeyedPage<T>> {
        self.as_raw_mut().options_mut().key_by = Some(field.into());
        self.as_raw_mut().settle();
        Request::from_raw(self.into_raw())
    }

    /// Lets [`pages`](Self::pages) and [`items`](Self::items) fetch the next page while the current one
    /// is processed. Default: a page is fetched when it is needed.
    ///
    /// Two pages are then in memory, and one page may be fetched without being used. The fetch runs in
    /// a tokio task that ends with the stream.
    ///
    /// ```
    /// # use truto_sandbox::__doc::User;
    /// let request = User::list().prefetch();
    /// assert_eq!(request.query_string(), "");
    /// ```
    pub fn prefetch(mut self) -> Self {
        self.as_raw_mut().prefetch = true;
        self
    }

    /// Keeps records that do not fit their type as JSON, instead of failing the whole page.
    ///
    /// ```
    /// # use serde_json::Value;
    /// use truto_core::{OrRaw, Page, Request};
    ///
    /// let users = Request::<Page<Value>>::unified("GET", "crm", "users", None);
    /// let users: Request<Page<OrRaw<Value>>> = users.or_raw();
    /// # let _ = users;
    /// ```
    pub fn or_raw(self) -> Request<Page<OrRaw<T>>> {
        Request::from_raw(self.into_raw())
    }

    /// Sets the maximum number of pages that [`pages`](Self::pages), [`items`](Self::items) and
    /// [`all`](Self::all) read. Default: no limit.
    ///
    /// A longer list ends with [`Error::is_pagination_loop`](crate::Error::is_pagination_loop), so that
    /// no record is omitted silently; the error contains the cursor to resume from.
    ///
    /// ```
    /// # use truto_core::{Page, Request};
    /// let users = Request::<Page<serde_json::Value>>::unified("GET", "crm", "users", None);
    /// assert_eq!(users.max_pages(100).query_string(), "");
    /// ```
    pub fn max_pages(mut self, max: u32) -> Self {
        if max == 0 {
            self.as_raw_mut().refuse("`max_pages` must be at least 1");
        }
        self.as_raw_mut().max_pages = Some(max);
        self
    }

    /// Sets the maximum number of successive empty pages, each with a new cursor, that
    /// [`pages`](Self::pages), [`items`](Self::items) and [`all`](Self::all) read. Default 1,000.
    ///
    /// A provider that filters after paging returns some empty pages. After `max` of them in a row, the
    /// list ends with [`Error::is_pagination_loop`](crate::Error::is_pagination_loop), so that a faulty
    /// provider cannot keep it running forever.
    ///
    /// ```
    /// # use truto_core::{Page, Request};
    /// let users = Request::<Page<serde_json::Value>>::unified("GET", "crm", "users", None);
    /// assert_eq!(users.max_empty_pages(10).query_string(), "");
    /// ```
    pub fn max_empty_pages(mut self, max: u32) -> Self {
        // With 0, even a page with records would count as one empty page too many.
        self.as_raw_mut().max_empty_pages = max.max(1);
        self
    }
}
