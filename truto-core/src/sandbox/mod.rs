//! A stand-in for the Truto API, in this process, for tests and examples.
//!
//! [`Sandbox::start`] opens an HTTP server on a loopback port. It keeps records of any model and
//! resource and answers list, get, create, update and delete as Truto does: bearer token, account,
//! cursors, response formats, excluded fields, rate-limit headers, error bodies. Faults can be
//! scripted, and everything received is recorded. It stops when dropped.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use truto_core::{sandbox::Sandbox, unified_endpoint};
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

mod fault;
mod query;
mod record;
mod route;
mod server;
mod state;

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use fault::Fault;
pub use record::Recorded;

use crate::{Account, Client, RetryPolicy};
use record::Answer;
use state::State;

const TOKEN: &str = "sandbox-token";
const ACCOUNT_ID: &str = "62f44730-dd91-461e-bd6a-aedd9e0ad79d";

/// A running sandbox.
///
/// See the [module](self) for an example.
pub struct Sandbox {
    base_url: String,
    client: Client,
    account: Account,
    state: Arc<Mutex<State>>,
    server: JoinHandle<()>,
}

impl Sandbox {
    /// Starts a sandbox on a free port of 127.0.0.1, in the current tokio runtime.
    ///
    /// # Errors
    ///
    /// If no port can be opened.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let client = Client::builder()
            .token(TOKEN)
            .base_url(&*base_url)
            // A test waits for no backoff; a `Retry-After` is still obeyed.
            .retry(RetryPolicy::default().backoff(
                std::time::Duration::from_millis(1),
                std::time::Duration::from_millis(10),
            ))
            .build()
            .map_err(io::Error::other)?;
        let account = client.account(ACCOUNT_ID).map_err(io::Error::other)?;
        let state = Arc::new(Mutex::new(State::default()));
        let server = tokio::spawn(server::run(listener, Arc::clone(&state)));
        Ok(Self {
            base_url,
            client,
            account,
            state,
            server,
        })
    }

    /// A client of this sandbox, with its token and the default settings but for a short backoff.
    #[must_use]
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// The sandbox's account, with [`client`](Self::client).
    #[must_use]
    pub fn account(&self) -> Account {
        self.account.clone()
    }

    /// Where it listens, for example `http://127.0.0.1:49152`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The only token that it accepts.
    #[must_use]
    pub fn token(&self) -> &str {
        TOKEN
    }

    /// The only account that it knows.
    #[must_use]
    pub fn account_id(&self) -> &str {
        ACCOUNT_ID
    }

    /// Stores a record. One without an `id` gets one; one with a known `id` replaces the old one.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use serde_json::{Value, json};
    /// # use truto_core::{ByteStream, Request, StatusCode, sandbox::{Fault, Sandbox}};
    /// # let sandbox = Sandbox::start().await?;
    /// sandbox.insert("crm", "contacts", json!({"id": "1", "name": "Ada"}));
    /// let contact = Request::<Value>::unified("GET", "crm", "contacts", "1");
    /// assert_eq!(contact.send(&sandbox.account()).await?["name"], "Ada");
    /// # Ok(())
    /// # }
    /// ```
    pub fn insert(&self, model: &str, resource: &str, record: Value) {
        self.with(|state| state.insert(model, resource, record));
    }

    /// Lets the next request fail. Faults queue up: each takes one request, in order.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use serde_json::{Value, json};
    /// # use truto_core::{ByteStream, Request, StatusCode, sandbox::{Fault, Sandbox}};
    /// # let sandbox = Sandbox::start().await?;
    /// sandbox.fail_next(Fault::status(403));
    /// let contacts = Request::<Value>::unified("GET", "crm", "contacts", None);
    /// let error = contacts.send(&sandbox.account()).await.expect_err("403");
    /// assert_eq!(error.status(), Some(StatusCode::FORBIDDEN));
    /// # Ok(())
    /// # }
    /// ```
    pub fn fail_next(&self, fault: Fault) {
        self.with(|state| state.faults.push_back(fault));
    }

    /// Registers a custom method, `POST /unified/<model>/<resource>/<method>`.
    ///
    /// `answer` gets what was received and gives the JSON to answer with, bare or in
    /// `{"result": …}` as you like.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use serde_json::{Value, json};
    /// # use truto_core::{ByteStream, Request, StatusCode, sandbox::{Fault, Sandbox}};
    /// # let sandbox = Sandbox::start().await?;
    /// sandbox.on_method("crm", "contacts", "merge", |request| json!({"body": request.json()}));
    /// let merge = Request::<Value>::unified("POST", "crm", "contacts", "merge").body(&json!([1, 2]));
    /// assert_eq!(merge.send(&sandbox.account()).await?["body"], json!([1, 2]));
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_method<F>(&self, model: &str, resource: &str, method: &str, answer: F)
    where
        F: Fn(&Recorded) -> Value + Send + Sync + 'static,
    {
        let answer = move |recorded: &Recorded| Answer::json(200, &answer(recorded));
        self.with(|state| state.on_method(model, resource, method, Arc::new(answer)));
    }

    /// Registers a custom method that answers with a file.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use serde_json::{Value, json};
    /// # use truto_core::{ByteStream, Request, StatusCode, sandbox::{Fault, Sandbox}};
    /// # let sandbox = Sandbox::start().await?;
    /// sandbox.on_download("crm", "files", "download", "text/plain", "hello");
    /// let file = Request::<ByteStream>::unified("POST", "crm", "files", "download");
    /// let mut text = Vec::new();
    /// file.send(&sandbox.account()).await?.copy_to(&mut text).await?;
    /// assert_eq!(text, b"hello");
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_download(
        &self,
        model: &str,
        resource: &str,
        method: &str,
        content_type: &str,
        bytes: impl Into<bytes::Bytes>,
    ) {
        let (content_type, bytes) = (content_type.to_owned(), bytes.into());
        let answer = move |_: &Recorded| Answer::file(&content_type, bytes.clone());
        self.with(|state| state.on_method(model, resource, method, Arc::new(answer)));
    }

    /// Everything received so far, in order.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use serde_json::{Value, json};
    /// # use truto_core::{ByteStream, Request, StatusCode, sandbox::{Fault, Sandbox}};
    /// # let sandbox = Sandbox::start().await?;
    /// let contacts = Request::<Value>::unified("GET", "crm", "contacts", None);
    /// contacts.send(&sandbox.account()).await?;
    /// assert_eq!(sandbox.requests().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.with(|state| state.recorded.clone())
    }

    fn with<R>(&self, run: impl FnOnce(&mut State) -> R) -> R {
        run(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}
