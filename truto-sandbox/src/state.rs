//! What the sandbox knows: accounts, records, tokens, rules, and what it received.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::ACCOUNT_ID;
use super::fault::Fault;
use super::limits::Limits;
use super::record::Recorded;
use super::reply::Reply;
use super::rules::{Handler, Rules};
use super::store::{Records, Store};
use super::tokens::MintedTokens;

/// Is shown every request with the status of its response.
pub(super) type Observer = Arc<dyn Fn(&Recorded, StatusCode) + Send + Sync>;

pub(super) struct SandboxState {
    pub(super) accounts: Records,
    pub(super) store: Store,
    methods: HashMap<(String, String, String), Handler>,
    pub(super) tokens: MintedTokens,
    pub(super) limits: Limits,
    /// The first response to each idempotency key.
    pub(super) replayed: HashMap<String, Reply>,
    pub(super) rules: Rules,
    pub(super) faults: VecDeque<Fault>,
    pub(super) latency: Duration,
    pub(super) recorded: Vec<Recorded>,
    pub(super) observer: Option<Observer>,
    /// What handlers said when they panicked.
    pub(super) panics: Vec<String>,
}

impl Default for SandboxState {
    fn default() -> Self {
        let mut state = Self {
            accounts: Records::default(),
            store: Store::default(),
            methods: HashMap::new(),
            tokens: MintedTokens::default(),
            limits: Limits::default(),
            replayed: HashMap::new(),
            rules: Rules::default(),
            faults: VecDeque::new(),
            latency: Duration::ZERO,
            recorded: Vec::new(),
            observer: None,
            panics: Vec::new(),
        };
        state.add_account(ACCOUNT_ID, "sandbox");
        state
    }
}

impl SandboxState {
    /// Registers a custom method of a resource, which from now on there is.
    pub(super) fn on_method(
        &mut self,
        model: &str,
        resource: &str,
        method: &str,
        handler: Handler,
    ) {
        let known = self.store.resource(model, resource);
        known.methods.insert(method.to_owned());
        let key = (model.to_owned(), resource.to_owned(), method.to_owned());
        self.methods.insert(key, handler);
    }

    pub(super) fn method(&self, model: &str, resource: &str, method: &str) -> Option<Handler> {
        let key = (model.to_owned(), resource.to_owned(), method.to_owned());
        self.methods.get(&key).cloned()
    }

    pub(super) fn knows(&self, account: &str) -> bool {
        self.accounts.get(&account.to_ascii_lowercase()).is_some()
    }

    pub(super) fn add_account(&mut self, id: &str, name: &str) {
        let fields = [("id", id), ("tenant_id", name), ("status", "active")];
        let fields = fields.map(|(key, value)| (key.to_owned(), json!(value)));
        self.accounts.put(Map::from_iter(fields));
    }

    /// The id of the account with a name.
    pub(super) fn account_named(&self, name: &str) -> Option<String> {
        let mut accounts = self.accounts.after(0);
        let (_, account) =
            accounts.find(|(_, account)| account.get("tenant_id") == Some(&json!(name)))?;
        Some(super::store::id(account))
    }

    /// The account is gone, with its records; its tokens reach nothing.
    pub(super) fn remove_account(&mut self, id: &str) -> Option<Value> {
        let account = self.accounts.remove(id)?;
        self.store.remove_account(id);
        Some(Value::Object(account))
    }
}

pub(super) fn lock(state: &Mutex<SandboxState>) -> MutexGuard<'_, SandboxState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
