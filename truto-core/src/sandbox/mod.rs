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
mod filter;
mod query;
mod record;
mod route;
mod rules;
mod server;
mod state;
mod when;

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use fault::Fault;
pub use record::Recorded;
pub use when::When;

use crate::{Account, Client, ClientBuilder, Request, RetryPolicy};
use record::Reply;
use rules::{Matcher, describe_received};
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
        let client = builder(&base_url).build().map_err(io::Error::other)?;
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
        self.with(|state| state.insert(ACCOUNT_ID, model, resource, record));
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
    /// `reply` gets what was received and returns the JSON to respond with, bare or in
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
    pub fn on_method<F>(&self, model: &str, resource: &str, method: &str, reply: F)
    where
        F: Fn(&Recorded) -> Value + Send + Sync + 'static,
    {
        let reply = move |recorded: &Recorded| Reply::json(200, &reply(recorded));
        self.with(|state| state.on_method(model, resource, method, Arc::new(reply)));
    }

    /// Registers a custom method that returns a file.
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
        let reply = move |_: &Recorded| Reply::file(&content_type, bytes.clone());
        self.with(|state| state.on_method(model, resource, method, Arc::new(reply)));
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

    /// Forgets what was received so far.
    pub fn clear_requests(&self) {
        self.with(|state| state.recorded.clear());
    }

    /// Scripts what happens to requests like this one.
    ///
    /// A request is like it if method and path are the same, if it has all of its query pairs (more
    /// may come), and the same body where it has one. The more specific rule wins, of equal ones the
    /// later. Faults of [`fail_next`](Self::fail_next) come before all rules.
    ///
    /// See [`When`] for an example.
    pub fn when<O>(&self, request: &Request<O>) -> When<'_> {
        let matcher = Matcher::of(request);
        let rule = self.with(|state| state.rules.add(matcher));
        When {
            sandbox: self,
            rule,
        }
    }

    /// How many requests like this one were received, retries included; see [`when`](Self::when).
    #[must_use]
    pub fn received<O>(&self, request: &Request<O>) -> usize {
        let matcher = Matcher::of(request);
        self.with(|state| {
            let received = state.recorded.iter();
            received
                .filter(|received| matcher.matches(received))
                .count()
        })
    }

    /// Fails the test unless a request like this one was received, and shows what came instead.
    ///
    /// # Panics
    ///
    /// If none was received.
    #[track_caller]
    pub fn assert_received<O>(&self, request: &Request<O>) {
        if self.received(request) > 0 {
            return;
        }
        let came: Vec<_> = self.requests().iter().map(describe_received).collect();
        let came = match came.is_empty() {
            true => "nothing".to_owned(),
            false => came.join("\n    "),
        };
        panic!(
            "no such request was received\n  expected:\n    {}\n  received:\n    {came}",
            Matcher::of(request).describe()
        );
    }

    /// Fails the test if a step of a rule was never used.
    ///
    /// # Panics
    ///
    /// If one was not.
    #[track_caller]
    pub fn assert_used(&self) {
        let unused = self.with(|state| state.rules.unused());
        assert!(
            unused.is_empty(),
            "scripted but never used:\n    {}",
            unused.join("\n    ")
        );
    }

    /// The stored records of the sandbox's own account, in the order in which they came.
    #[must_use]
    pub fn records(&self, model: &str, resource: &str) -> Vec<Value> {
        self.with(|state| {
            let records = state.records(ACCOUNT_ID, model, resource);
            let all = records.after(0);
            all.map(|(_, record)| Value::Object(record.clone()))
                .collect()
        })
    }

    /// Stores so many records, made from their numbers.
    pub fn seed(&self, model: &str, resource: &str, count: usize, record: impl Fn(usize) -> Value) {
        for number in 0..count {
            self.insert(model, resource, record(number));
        }
    }

    /// Another account, with records of its own, by a name of the test's choice.
    ///
    /// # Panics
    ///
    /// Never: the id is a UUID.
    #[must_use]
    pub fn account_named(&self, name: &str) -> Account {
        let id = self.with(|state| {
            if let Some((id, _)) = state.accounts.iter().find(|(_, known)| known == name) {
                return id.clone();
            }
            let id = uuid::Uuid::new_v4().hyphenated().to_string();
            state.accounts.push((id.clone(), name.to_owned()));
            id
        });
        let account = self.client.account(id).expect("a UUID is an account's id");
        account.labeled(name)
    }

    /// Stores a record of another account.
    pub fn insert_for(&self, account: &Account, model: &str, resource: &str, record: Value) {
        let id = account.id().unwrap_or(ACCOUNT_ID).to_owned();
        self.with(|state| state.insert(&id, model, resource, record));
    }

    /// The settings of [`client`](Self::client), to build one with others.
    pub fn client_builder(&self) -> ClientBuilder {
        builder(&self.base_url)
    }

    /// Responds with 429 to calls over Truto's documented limits: 500 in 10 s for the token, 50 for an
    /// account. Default: they are advertised and not enforced.
    pub fn enforce_rate_limits(&self) {
        self.with(|state| state.enforce_rate_limits = true);
    }

    fn with<R>(&self, run: impl FnOnce(&mut State) -> R) -> R {
        run(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn builder(base_url: &str) -> ClientBuilder {
    Client::builder()
        .token(TOKEN)
        .base_url(base_url)
        // A test waits for no backoff; a `Retry-After` is still obeyed.
        .retry(RetryPolicy::default().backoff(
            std::time::Duration::from_millis(1),
            std::time::Duration::from_millis(10),
        ))
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
