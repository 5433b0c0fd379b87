//! The parameters that only lists have.

use super::Request;
use crate::{KeyedPage, OrRaw, Page};

/// # Lists
impl<T> Request<Page<T>> {
    /// The most records a page (`limit`). Default and maximum are the provider's.
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

    /// The page to start at: the `next_cursor` of an earlier page, or of an
    /// [error](crate::Error::next_cursor) between pages.
    ///
    /// An empty cursor is the first page; nothing is sent for it.
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

    /// Drops `limit` before the provider is asked (`truto_ignore_limit=true`).
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

    /// Reads Truto's synced store in a region (`apac`, `wnam`) instead of the provider
    /// (`truto_super_query`).
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
    /// Records with the same key replace each other.
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

    /// Lets [`pages`](Self::pages) and [`items`](Self::items) fetch the next page while the current
    /// one is worked on. Default: a page is fetched when it is asked for.
    ///
    /// Two pages are in memory then, and up to one page may be fetched in vain. The fetch
    /// runs in a tokio task that ends with the stream.
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

    /// Records that do not fit their type come as their JSON; the rest of the list comes typed.
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

    /// The most pages that [`pages`](Self::pages), [`items`](Self::items) and [`all`](Self::all)
    /// read. Default: no limit.
    ///
    /// A longer list ends with [`Error::is_pagination_loop`](crate::Error::is_pagination_loop), which
    /// carries the cursor to resume from, so that no record is left out silently.
    ///
    /// ```
    /// # use truto_core::{Page, Request};
    /// let users = Request::<Page<serde_json::Value>>::unified("GET", "crm", "users", None);
    /// assert_eq!(users.max_pages(100).query_string(), "");
    /// ```
    pub fn max_pages(mut self, max: u32) -> Self {
        if max == 0 {
            self.as_raw_mut().refuse("a limit of zero pages leaves nothing to read");
        }
        self.as_raw_mut().max_pages = Some(max);
        self
    }

    /// The most empty pages in a row, each with a new cursor, that [`pages`](Self::pages),
    /// [`items`](Self::items) and [`all`](Self::all) read. Default 1,000.
    ///
    /// A provider that filters after paging returns some empty pages; an endless row of them is a fault
    /// of the provider, and ends the list with
    /// [`Error::is_pagination_loop`](crate::Error::is_pagination_loop).
    ///
    /// ```
    /// # use truto_core::{Page, Request};
    /// let users = Request::<Page<serde_json::Value>>::unified("GET", "crm", "users", None);
    /// assert_eq!(users.max_empty_pages(10).query_string(), "");
    /// ```
    pub fn max_empty_pages(mut self, max: u32) -> Self {
        self.as_raw_mut().max_empty_pages = max.max(1);
        self
    }
}
