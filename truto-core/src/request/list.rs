//! What only lists have: the parameters of pages, and walks over them.

use futures_core::Stream;
use serde::de::DeserializeOwned;

use super::Request;
use crate::{Account, Error, KeyedPage, Page, walk};

impl<T> Request<Page<T>> {
    /// The most records a page (`limit`). Default and maximum are the provider's.
    ///
    /// ```
    /// # use truto_core::{Request, unified_endpoint};
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
    /// # #[derive(serde::Deserialize)]
    /// # struct User {}
    /// let request = User::list().limit(50);
    /// assert_eq!(request.query_string(), "limit=50");
    /// ```
    pub fn limit(mut self, limit: u32) -> Self {
        self.parts_mut().set_limit(limit);
        self
    }

    /// The page to start at: the `next_cursor` of an earlier page, or of an
    /// [error](Error::next_cursor) in mid-walk.
    ///
    /// An empty cursor is the first page; nothing is sent for it.
    ///
    /// ```
    /// # use truto_core::{Request, unified_endpoint};
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
    /// # #[derive(serde::Deserialize)]
    /// # struct User {}
    /// let request = User::list().next_cursor("a=");
    /// assert_eq!(request.query_string(), "next_cursor=a%3D");
    /// ```
    pub fn next_cursor(mut self, cursor: impl Into<String>) -> Self {
        let cursor = cursor.into();
        self.parts_mut()
            .set_next_cursor(Some(cursor).filter(|cursor| !cursor.is_empty()));
        self
    }

    /// Drops `limit` before the provider is asked (`truto_ignore_limit=true`).
    ///
    /// ```
    /// # use truto_core::{Request, unified_endpoint};
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
    /// # #[derive(serde::Deserialize)]
    /// # struct User {}
    /// let request = User::list().ignore_limit();
    /// assert_eq!(request.query_string(), "truto_ignore_limit=true");
    /// ```
    pub fn ignore_limit(mut self) -> Self {
        self.parts_mut().ignore_limit = true;
        self
    }

    /// Reads Truto's synced store in a region (`apac`, `wnam`) in place of the provider
    /// (`truto_super_query`).
    ///
    /// ```
    /// # use truto_core::{Request, unified_endpoint};
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
    /// # #[derive(serde::Deserialize)]
    /// # struct User {}
    /// let request = User::list().super_query("apac");
    /// assert_eq!(request.query_string(), "truto_super_query=apac");
    /// ```
    pub fn super_query(mut self, region: impl Into<String>) -> Self {
        self.parts_mut().extra_mut().super_query = Some(region.into());
        self
    }

    /// Gives each page as a map from a field's value to the record (`truto_key_by`).
    ///
    /// Records with the same key replace each other.
    ///
    /// ```
    /// # use truto_core::{Request, unified_endpoint};
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
    /// # #[derive(serde::Deserialize)]
    /// # struct User {}
    /// let request = User::list().key_by("id");
    /// assert_eq!(request.query_string(), "truto_key_by=id");
    /// ```
    pub fn key_by(mut self, field: impl Into<String>) -> Request<KeyedPage<T>> {
        self.parts_mut().extra_mut().key_by = Some(field.into());
        Request::from_parts(self.into_parts())
    }

    /// Lets [`pages`](Self::pages) and [`items`](Self::items) fetch the next page while the current
    /// one is worked on. Default: a page is fetched when it is asked for.
    ///
    /// Two pages are in memory then, and up to one page is fetched that nobody may read. The fetch
    /// runs in a tokio task that ends with the stream.
    ///
    /// ```
    /// # use truto_core::{Request, unified_endpoint};
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
    /// # #[derive(serde::Deserialize)]
    /// # struct User {}
    /// let request = User::list().prefetch();
    /// assert_eq!(request.query_string(), "");
    /// ```
    pub fn prefetch(mut self) -> Self {
        self.parts_mut().prefetch = true;
        self
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
        walk::pages(self, account.clone())
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
        walk::items(self, account.clone())
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
        walk::all(self, account.clone()).await
    }
}
