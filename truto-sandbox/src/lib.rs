//! An in-process stand-in for the Truto API, for tests and examples.
//!
//! [`Sandbox::start`] opens an HTTP server on a loopback port. It keeps records of any model and
//! resource and serves list, get, create, update and delete as Truto does, with bearer tokens, accounts,
//! cursors, response formats, excluded fields, rate-limit headers and error bodies. Faults can be scripted,
//! and every received request is recorded. The server stops when the sandbox is dropped.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use truto_core::unified_endpoint;
//! use truto_sandbox::Sandbox;
//!
//! #[unified_endpoint(method = "DELETE", path = "/unified/e-signature/users/<id>")]
//! #[derive(Debug, serde::Deserialize)]
//! struct User {
//!     id: String,
//! }
//!
//! let sandbox = Sandbox::start().await?;
//! sandbox.insert("e-signature", "users", serde_json::json!({"id": "1", "name": "Ada"}));
//!
//! let deleted = User::delete("1").send(&sandbox.account()).await?;
//! assert_eq!(deleted.id(), Some("1"));
//!
//! let error = User::delete("1").send(&sandbox.account()).await.expect_err("it is gone");
//! assert_eq!(error.status(), Some(truto_core::StatusCode::NOT_FOUND));
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

#[doc(hidden)]
pub mod __doc;
mod access;
mod admin;
mod batch;
mod compare;
mod data;
mod deliver;
mod delivery;
mod dropped;
mod exchange;
mod fault;
mod filter;
mod handler;
mod limits;
mod matcher;
mod page;
mod query;
mod record;
mod reply;
mod resource;
mod route;
mod rules;
mod script;
mod server;
mod shape;
mod socket;
mod state;
mod store;
mod tokens;
mod when;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::sync::watch;
use truto_core::{Account, Client, ClientBuilder, RetryPolicy};

pub use fault::Fault;
pub use record::Recorded;
pub use reply::Reply;
pub use when::When;

use state::{SandboxState, lock};

const TOKEN: &str = "sandbox-token";
/// The environment of all accounts.
const ENVIRONMENT_ID: &str = "5d1f0d3c-8f4c-4e5b-9a53-3c7f0f6f2f11";
/// The integration of all accounts, and its installation.
const INTEGRATION_ID: &str = "0a3c9a9e-64a4-4a2f-8a53-0f2f9c0b7c22";
const ENVIRONMENT_INTEGRATION_ID: &str = "7c2b1a40-51f7-4c1c-bd0e-6f3f1c9d8e33";
const ACCOUNT_ID: &str = "62f44730-dd91-461e-bd6a-aedd9e0ad79d";

/// A running sandbox.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use serde_json::{Value, json};
/// use truto_core::Request;
/// use truto_sandbox::{Fault, Sandbox};
///
/// let sandbox = Sandbox::start().await?;
/// sandbox.insert("crm", "contacts", json!({"id": "1", "name": "Ada"}));
/// sandbox.fail_next(Fault::status(502));
///
/// let get = Request::<Value>::unified("GET", "crm", "contacts", "1");
/// assert_eq!(get.send(&sandbox.account()).await?["name"], "Ada");
/// assert_eq!(sandbox.received(&get), 2);
/// # Ok(())
/// # }
/// ```
///
/// When it is dropped, the server stops, and the drop panics if a handler has panicked. For the next ten
/// seconds, calls on its accounts get a 410 whose message says that the sandbox was dropped.
pub struct Sandbox {
    base_url: String,
    client: Client,
    account: Account,
    state: Arc<Mutex<SandboxState>>,
    /// A second handle to the server's listener, which keeps the port open after the drop.
    listener: Option<TcpListener>,
    /// The server ends when this is dropped.
    alive: Option<watch::Sender<()>>,
}

impl Sandbox {
    /// Starts a sandbox on a free port of 127.0.0.1, in the current tokio runtime.
    ///
    /// # Errors
    ///
    /// If no port can be opened.
    #[allow(clippy::unused_async, reason = "`async` shows that a runtime is needed")]
    pub async fn start() -> io::Result<Self> {
        Self::start_on(0).await
    }

    /// Like [`start`](Self::start), on a port of 127.0.0.1 of your choice.
    ///
    /// # Errors
    ///
    /// If the port cannot be opened.
    #[allow(clippy::unused_async, reason = "`async` shows that a runtime is needed")]
    pub async fn start_on(port: u16) -> io::Result<Self> {
        let listener = listen(port)?;
        Self::serve(listener, |listener, state, alive| {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            Handle::current().spawn(server::run(listener, state, alive));
            Ok(())
        })
    }

    /// Starts a sandbox for tests without a runtime: it runs on its own thread.
    ///
    /// ```
    /// use serde_json::json;
    /// use truto_sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::start_blocking()?;
    /// sandbox.insert("crm", "contacts", json!({"id": "1"}));
    /// assert!(sandbox.base_url().starts_with("http://127.0.0.1:"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If no port can be opened, or no thread started.
    pub fn start_blocking() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let listener = listen(0)?;
        Self::serve(listener, |listener, state, alive| {
            let (sender, receiver) = mpsc::channel();
            std::thread::Builder::new().name("truto-sandbox".to_owned()).spawn(move || {
                runtime.block_on(async move {
                    let listener = tokio::net::TcpListener::from_std(listener);
                    let (listener, started) = match listener {
                        Ok(listener) => (Some(listener), Ok(())),
                        Err(error) => (None, Err(error)),
                    };
                    // Cannot fail: `receiver.recv()` below waits for it.
                    let _ = sender.send(started);
                    if let Some(listener) = listener {
                        server::run(listener, state, alive).await;
                    }
                });
            })?;
            receiver.recv().map_err(io::Error::other)?
        })
    }

    fn serve(
        listener: TcpListener,
        run: impl FnOnce(TcpListener, Arc<Mutex<SandboxState>>, watch::Receiver<()>) -> io::Result<()>,
    ) -> io::Result<Self> {
        let base_url = format!("http://{}", listener.local_addr()?);
        let client = builder(&base_url).build().map_err(io::Error::other)?;
        let account = client.account(ACCOUNT_ID).map_err(io::Error::other)?;
        let state = Arc::new(Mutex::new(SandboxState::default()));
        let again = listener.try_clone()?;
        let (alive, receiver) = watch::channel(());
        run(listener, Arc::clone(&state), receiver)?;
        Ok(Self { base_url, client, account, state, listener: Some(again), alive: Some(alive) })
    }

    /// A client of this sandbox, with its token, and with the default settings except for a short
    /// backoff.
    #[must_use]
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// A builder that has the settings of [`client`](Self::client), so that you can change some of them.
    ///
    /// ```
    /// # truto_sandbox::__doc::run_empty(async |sandbox| {
    /// # use std::time::Duration;
    /// let client = sandbox.client_builder().timeout(Duration::from_millis(200)).build()?;
    /// let account = client.account(sandbox.account_id())?;
    /// # let _ = account;
    /// # Ok(())
    /// # })
    /// ```
    pub fn client_builder(&self) -> ClientBuilder {
        builder(&self.base_url)
    }

    /// The sandbox's own account, as an account of [`client`](Self::client).
    #[must_use]
    pub fn account(&self) -> Account {
        self.account.clone()
    }

    /// The base URL, for example `http://127.0.0.1:49152`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The API token that the sandbox accepts; `POST /integrated-account/token` returns account tokens.
    #[must_use]
    pub fn token(&self) -> &str {
        TOKEN
    }

    /// The id of [`account`](Self::account).
    #[must_use]
    pub fn account_id(&self) -> &str {
        ACCOUNT_ID
    }

    fn with<R>(&self, run: impl FnOnce(&mut SandboxState) -> R) -> R {
        run(&mut lock(&self.state))
    }
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn builder(base_url: &str) -> ClientBuilder {
    Client::builder()
        .token(TOKEN)
        .base_url(base_url)
        // Short, so that tests with retries are fast; a `Retry-After` is still obeyed.
        .retry(RetryPolicy::default().backoff(Duration::from_millis(1), Duration::from_millis(10)))
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // The server stops accepting; `dropped` takes over the port with a clone of its listener.
        drop(self.alive.take());
        if let Some(listener) = self.listener.take() {
            dropped::serve(listener);
        }
        let panics = self.with(|state| std::mem::take(&mut state.panics));
        assert!(panics.is_empty() || std::thread::panicking(), "{}", panics.join("\n"));
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}
