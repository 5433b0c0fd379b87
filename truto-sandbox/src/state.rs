//! The sandbox's state: accounts, records, tokens, rules and received requests.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::delivery::Target;
use super::fault::Fault;
use super::limits::Limits;
use super::record::Recorded;
use super::reply::Reply;
use super::rules::{Handler, Rules};
use super::store::{Records, Store};
use super::tokens::MintedTokens;
use super::{ACCOUNT_ID, ENVIRONMENT_ID, ENVIRONMENT_INTEGRATION_ID, INTEGRATION_ID};

/// A callback that gets every request with the status of its response.
pub(super) type Observer = Arc<dyn Fn(&Recorded, StatusCode) + Send + Sync>;

pub(super) struct SandboxState {
    pub(super) accounts: Records,
    pub(super) store: Store,
    /// Truto's own resources.
    pub(super) admin: Store,
    /// Deliveries that a request asked for; the server sends them after its response.
    pub(super) deliveries: Vec<(Target, Map<String, Value>)>,
    /// Link tokens that were not used yet, with their requests.
    pub(super) link_tokens: HashMap<String, Map<String, Value>>,
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
    /// The messages of handlers that panicked.
    pub(super) panics: Vec<String>,
}

impl Default for SandboxState {
    fn default() -> Self {
        let mut state = Self {
            accounts: Records::default(),
            store: Store::default(),
            admin: Store::default(),
            deliveries: Vec::new(),
            link_tokens: HashMap::new(),
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
    /// Registers a custom method; its resource exists from now on.
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
        let now = jiff::Timestamp::now().to_string();
        // All fields of Truto's response, so that typed models of an account decode it.
        let account = json!({
            "id": id,
            "tenant_id": name,
            "environment_id": ENVIRONMENT_ID,
            "environment_integration_id": ENVIRONMENT_INTEGRATION_ID,
            "context": {},
            "status": "active",
            "last_error": null,
            "authentication_method": "api_key",
            "is_sandbox": false,
            "region": "wnam",
            "integration": {"id": INTEGRATION_ID, "name": "sandbox", "category": "testing"},
            "created_at": now,
            "updated_at": now,
        });
        if let Value::Object(account) = account {
            self.accounts.put(account);
        }
    }

    /// Merges changes into an account: `context` key by key, everything else as a whole.
    ///
    /// Returns false if there is no such account.
    pub(super) fn change_account(&mut self, id: &str, mut changes: Map<String, Value>) -> bool {
        let Some(mut account) = self.accounts.get(id).cloned() else {
            return false;
        };
        changes.remove("id");
        if let (Some(Value::Object(context)), Some(Value::Object(_))) =
            (account.get("context"), changes.get("context"))
        {
            let mut context = context.clone();
            if let Some(Value::Object(more)) = changes.remove("context") {
                context.extend(more);
            }
            changes.insert("context".to_owned(), Value::Object(context));
        }
        account.extend(changes);
        account.insert("updated_at".to_owned(), json!(jiff::Timestamp::now().to_string()));
        self.accounts.put(account);
        true
    }

    /// The id of the account with a name.
    pub(super) fn account_named(&self, name: &str) -> Option<String> {
        let mut accounts = self.accounts.after(0);
        let (_, account) =
            accounts.find(|(_, account)| account.get("tenant_id") == Some(&json!(name)))?;
        Some(super::store::id(account))
    }

    /// Removes an account and its records; its tokens are refused from now on.
    pub(super) fn remove_account(&mut self, id: &str) -> Option<Value> {
        let account = self.accounts.remove(id)?;
        self.store.remove_account(id);
        Some(Value::Object(account))
    }
}

pub(super) fn lock(state: &Mutex<SandboxState>) -> MutexGuard<'_, SandboxState> {
    // A panic under the lock fails its own test; later calls still get a response.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
