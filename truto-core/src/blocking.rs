//! Calls for programs without a runtime, which block the current thread.
//!
//! One tokio runtime with one worker thread serves all blocking calls of the process; the first call
//! starts it.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::OnceLock;
use std::task::{Context, Waker};

use futures_core::Stream;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::runtime::{Handle, Runtime};

use crate::{Account, ByteStream, Error, Output, Page, Request, Response};

/// Returns true inside an async task, where tokio does not allow a thread to block.
///
/// The existence of a current runtime is not sufficient, since `spawn_blocking` has one, too. But only a
/// task has a limited budget; in `spawn_blocking` tokio removes it. A task under `unconstrained`, and
/// one that is dropped while its runtime shuts down, have no budget either: in these cases tokio itself
/// decides, see [`can_block_on`].
fn is_in_async_task() -> bool {
    // A task's budget is 128 in tokio 1.
    const MORE_THAN_ANY_BUDGET: u32 = 1_024;
    let mut context = Context::from_waker(Waker::noop());
    (0..MORE_THAN_ANY_BUDGET).any(|_| {
        let consumed = pin!(tokio::task::coop::consume_budget());
        consumed.poll(&mut context).is_pending()
    })
}

/// Tries to block on an empty future: tokio refuses only by a panic.
fn can_block_on(runtime: &Runtime) -> bool {
    catch_unwind(AssertUnwindSafe(|| runtime.block_on(async {}))).is_ok()
}

/// Waits for `future` on this thread.
fn wait<F: Future>(future: F) -> Result<F::Output, Error> {
    static RUNTIME: OnceLock<Result<Runtime, io::Error>> = OnceLock::new();
    let in_async_task = || {
        Error::invalid(
            "a blocking call inside an async task would block it: use \
             `send(..).await`, or make the call in `tokio::task::spawn_blocking`",
        )
    };
    // A plain thread may always wait. Elsewhere `block_on` could panic, so two checks precede it.
    let is_plain_thread = match Handle::try_current() {
        Ok(_) if is_in_async_task() => return Err(in_async_task()),
        Ok(_) => false,
        Err(error) if error.is_thread_local_destroyed() => {
            return Err(Error::invalid("a blocking call was made on a terminating thread"));
        }
        Err(_) => true,
    };
    let runtime = RUNTIME.get_or_init(|| {
        // One thread suffices: it drives sockets and timers, while `block_on` polls each call on its
        // caller's thread.
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("truto-blocking")
            .enable_all()
            .build()
    });
    match runtime {
        Ok(runtime) if is_plain_thread || can_block_on(runtime) => Ok(runtime.block_on(future)),
        Ok(_) => Err(in_async_task()),
        Err(error) => Err(Error::invalid(format!(
            "the runtime for blocking calls could not be started: {error}"
        ))),
    }
}

/// # Without a runtime
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
impl<O: Output> Request<O> {
    /// [`send`](Self::send) for callers without a runtime: blocks the current thread.
    ///
    /// ```
    /// # use truto_sandbox::__doc::{User, sandbox_blocking};
    /// # let (sandbox, account) = sandbox_blocking()?;
    /// let deleted = User::delete("a").send_blocking(&account)?;
    /// assert_eq!(deleted.id(), Some("a"));
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Same as [`send`](Self::send); also [`Error::is_invalid_request`] inside an async task (call it in
    /// `spawn_blocking` instead).
    pub fn send_blocking(&self, account: &Account) -> Result<O, Error> {
        wait(self.send(account))?
    }

    /// [`response`](Self::response) for callers without a runtime.
    ///
    /// ```
    /// # use serde_json::Value;
    /// # use truto_core::{ByteStream, Page, Request};
    /// # use truto_sandbox::__doc::sandbox_blocking;
    /// # let (sandbox, account) = sandbox_blocking()?;
    /// let contacts = Request::<Page<Value>>::unified("GET", "crm", "contacts", None);
    /// assert_eq!(contacts.response_blocking(&account)?.attempts, 1);
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Same as [`send_blocking`](Self::send_blocking).
    pub fn response_blocking(&self, account: &Account) -> Result<Response<O>, Error> {
        wait(self.response(account))?
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
impl<T: DeserializeOwned + Send + 'static> Request<Page<T>> {
    /// [`pages`](Self::pages) for callers without a runtime.
    ///
    /// ```
    /// # use serde_json::Value;
    /// # use truto_core::{ByteStream, Page, Request};
    /// # use truto_sandbox::__doc::sandbox_blocking;
    /// # let (sandbox, account) = sandbox_blocking()?;
    /// let contacts = Request::<Page<Value>>::unified("GET", "crm", "contacts", None);
    /// for page in contacts.limit(2).pages_blocking(&account) {
    ///     println!("{}", page?.result.len());
    /// }
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// The iterator ends after its first error. Inside an async task, its only item is an error
    /// ([`Error::is_invalid_request`]).
    pub fn pages_blocking(
        self,
        account: &Account,
    ) -> impl Iterator<Item = Result<Page<T>, Error>> + Send + 'static + use<T> {
        blocking_iter(self.pages(account))
    }

    /// [`items`](Self::items) for callers without a runtime.
    ///
    /// ```
    /// # use truto_sandbox::__doc::{User, sandbox_blocking};
    /// # let (sandbox, account) = sandbox_blocking()?;
    /// for user in User::list().limit(2).items_blocking(&account) {
    ///     println!("{}", user?.id);
    /// }
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Same as [`pages_blocking`](Self::pages_blocking).
    pub fn items_blocking(
        self,
        account: &Account,
    ) -> impl Iterator<Item = Result<T, Error>> + Send + 'static + use<T> {
        blocking_iter(self.items(account))
    }

    /// [`all`](Self::all) for callers without a runtime.
    ///
    /// ```
    /// # use serde_json::Value;
    /// # use truto_core::{ByteStream, Page, Request};
    /// # use truto_sandbox::__doc::sandbox_blocking;
    /// # let (sandbox, account) = sandbox_blocking()?;
    /// let contacts = Request::<Page<Value>>::unified("GET", "crm", "contacts", None);
    /// assert_eq!(contacts.all_blocking(&account)?.len(), 3);
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Same as [`all`](Self::all); also [`Error::is_invalid_request`] inside an async task (call it in
    /// `spawn_blocking` instead).
    pub fn all_blocking(self, account: &Account) -> Result<Vec<T>, Error> {
        wait(self.all(account))?
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
impl ByteStream {
    /// [`into_async_read`](Self::into_async_read) for callers without a runtime.
    ///
    /// ```
    /// # use serde_json::Value;
    /// # use truto_core::{ByteStream, Page, Request};
    /// # use truto_sandbox::__doc::sandbox_blocking;
    /// # let (sandbox, account) = sandbox_blocking()?;
    /// use std::io::Read;
    ///
    /// let file = Request::<ByteStream>::unified("POST", "crm", "files", "download");
    /// let mut text = String::new();
    /// file.send_blocking(&account)?.into_blocking_read().read_to_string(&mut text)?;
    /// assert_eq!(text, "hello");
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn into_blocking_read(self) -> impl io::Read + Send + 'static {
        Reader(self.into_async_read())
    }
}

/// A stream as an iterator that ends with its first error.
fn blocking_iter<T, S>(stream: S) -> impl Iterator<Item = Result<T, Error>> + use<T, S>
where
    S: Stream<Item = Result<T, Error>>,
{
    let mut stream = Some(Box::pin(stream));
    std::iter::from_fn(move || {
        let next = wait(stream.as_mut()?.next()).unwrap_or_else(|error| Some(Err(error)));
        // Drops the stream at its end, which frees its connection even if the iterator is kept.
        if !matches!(next, Some(Ok(_))) {
            stream = None;
        }
        next
    })
}

/// A reader whose reads block until the next bytes arrive.
struct Reader<R>(R);

impl<R: AsyncRead + Unpin> io::Read for Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        wait(self.0.read(buffer)).map_err(io::Error::other)?
    }
}
