//! State of the service: the client, the tenants, and the work that outlives a request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;
use truto_core::secrecy::{ExposeSecret, SecretString};
use truto_core::webhooks::Event;
use truto_core::{Account, Client, Error};

use crate::hooks;
use crate::problem::Problem;

/// The maximum number of queued events; beyond it, Truto has to deliver again.
const QUEUE: usize = 1_000;

/// Settings of the service.
#[derive(Debug)]
pub struct Config {
    /// The secret that Truto returned when the webhook was created.
    pub webhook_secret: SecretString,
    /// The page that a customer's browser is sent to, with `link_token` in its query. On the real API
    /// it is a page of yours that opens Truto's link SDK.
    pub connect_page: String,
}

/// A customer. A real service keeps its customers in a database.
#[derive(Debug, Clone)]
pub(crate) struct Tenant {
    pub(crate) account: Account,
    pub(crate) status: Status,
    /// Contacts that were synced.
    pub(crate) contacts: usize,
}

/// The state of a customer's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Connected; the first sync runs.
    Syncing,
    /// Connected and synced.
    Ready,
    /// The provider refuses the credentials; the customer must connect again.
    NeedsReauth,
}

/// The service; clones share it.
#[derive(Debug, Clone)]
pub struct App {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    client: Client,
    config: Config,
    tenants: Mutex<HashMap<String, Tenant>>,
    events: mpsc::Sender<Event>,
    tasks: TaskTracker,
}

impl App {
    /// Starts the worker that handles events.
    #[must_use]
    pub fn start(client: Client, config: Config) -> Self {
        let (events, queue) = mpsc::channel(QUEUE);
        let tenants = Mutex::default();
        let tasks = TaskTracker::new();
        let app = Self { inner: Arc::new(Inner { client, config, tenants, events, tasks }) };
        tokio::spawn(hooks::work(app.clone(), queue));
        app
    }

    pub(crate) fn client(&self) -> &Client {
        &self.inner.client
    }

    /// The account of Truto's own routes, which act on no customer's data.
    pub(crate) fn admin(&self) -> Account {
        self.inner.client.token_account()
    }

    pub(crate) fn secret(&self) -> &str {
        self.inner.config.webhook_secret.expose_secret()
    }

    pub(crate) fn connect_page(&self) -> &str {
        &self.inner.config.connect_page
    }

    pub(crate) fn events(&self) -> &mpsc::Sender<Event> {
        &self.inner.events
    }

    /// Runs work that must not be canceled when a client disconnects, and that shutdown waits for.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> tokio::task::JoinHandle<T> {
        self.inner.tasks.spawn(work)
    }

    /// Waits for all started work.
    pub async fn finish(&self) {
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
    }

    fn tenants(&self) -> MutexGuard<'_, HashMap<String, Tenant>> {
        // Each change is one step, so the state behind a poisoned lock is consistent.
        self.inner.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The customer of a route.
    pub(crate) fn tenant(&self, name: &str) -> Result<Tenant, Problem> {
        self.tenants().get(name).cloned().ok_or_else(|| Problem::not_found("no such tenant"))
    }

    /// Records that a customer has connected, again or for the first time.
    pub(crate) fn connected(&self, name: &str, account_id: &str) -> Result<Account, Error> {
        // The label names the customer in errors, spans and events; the id stays out of them.
        let account = self.client().account(account_id)?.labeled(name);
        let tenant = Tenant { account: account.clone(), status: Status::Syncing, contacts: 0 };
        self.tenants().insert(name.to_owned(), tenant);
        Ok(account)
    }

    /// Changes the customer with this account, if the customer still exists.
    pub(crate) fn update(&self, account_id: &str, change: impl FnOnce(&mut Tenant)) {
        let mut tenants = self.tenants();
        let mut all = tenants.values_mut();
        if let Some(tenant) = all.find(|tenant| tenant.account.id() == Some(account_id)) {
            change(tenant);
        }
    }

    pub(crate) fn disconnected(&self, account_id: &str) {
        self.tenants().retain(|_, tenant| tenant.account.id() != Some(account_id));
    }
}
