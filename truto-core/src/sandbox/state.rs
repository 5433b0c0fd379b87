//! What the sandbox knows: accounts, records, tokens, rules, and what it received.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::fault::Fault;
use super::record::{Recorded, Reply};
use super::rules::Rules;
use super::{ACCOUNT_ID, TOKEN};

/// What handles a custom method.
pub(super) type Handler = Arc<dyn Fn(&Recorded) -> Reply + Send + Sync>;

/// How long a token of an account lives.
const TOKEN_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// Account, model and resource; `proxy` is a model of its own.
type Place = (String, String, String);

/// The records of one resource, in the order in which they came.
#[derive(Default)]
pub(super) struct Records {
    by_number: BTreeMap<u64, Map<String, Value>>,
    numbers: HashMap<String, u64>,
    last: u64,
}

impl Records {
    /// Stores a record; one with a known id replaces the old one in its place.
    fn put(&mut self, record: Map<String, Value>) {
        let number = *self.numbers.entry(id(&record)).or_insert_with(|| {
            self.last += 1;
            self.last
        });
        self.by_number.insert(number, record);
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut Map<String, Value>> {
        self.by_number.get_mut(self.numbers.get(id)?)
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<Map<String, Value>> {
        let number = self.numbers.remove(id)?;
        self.by_number.remove(&number)
    }

    /// The records behind a number, which stays the same when others are deleted.
    pub(super) fn after(&self, number: u64) -> impl Iterator<Item = (u64, &Map<String, Value>)> {
        self.by_number
            .range(number + 1..)
            .map(|(number, record)| (*number, record))
    }
}

pub(super) struct State {
    /// Id and name.
    pub(super) accounts: Vec<(String, String)>,
    records: HashMap<Place, Records>,
    methods: HashMap<(String, String, String), Handler>,
    /// Tokens of accounts: whose, and until when.
    tokens: HashMap<String, (String, Instant)>,
    /// The first response to each idempotency key.
    pub(super) replayed: HashMap<String, Reply>,
    pub(super) rules: Rules,
    pub(super) faults: VecDeque<Fault>,
    pub(super) recorded: Vec<Recorded>,
    /// When requests came, for the rate limits: of all, and of each account.
    pub(super) enforce_rate_limits: bool,
    times: VecDeque<(Instant, String)>,
    pub(super) calls: u64,
    next_id: u64,
}

impl Default for State {
    fn default() -> Self {
        Self {
            accounts: vec![(ACCOUNT_ID.to_owned(), "sandbox".to_owned())],
            records: HashMap::new(),
            methods: HashMap::new(),
            tokens: HashMap::new(),
            replayed: HashMap::new(),
            rules: Rules::default(),
            faults: VecDeque::new(),
            recorded: Vec::new(),
            enforce_rate_limits: false,
            times: VecDeque::new(),
            calls: 0,
            next_id: 0,
        }
    }
}

/// What a token reaches.
pub(super) enum Reach {
    All,
    Account(String),
}

impl State {
    pub(super) fn records(&mut self, account: &str, model: &str, resource: &str) -> &mut Records {
        let place = (account.to_owned(), model.to_owned(), resource.to_owned());
        self.records.entry(place).or_default()
    }

    /// Stores a record; one without an id gets one.
    pub(super) fn insert(
        &mut self,
        account: &str,
        model: &str,
        resource: &str,
        record: Value,
    ) -> Value {
        let mut record = match record {
            Value::Object(record) => record,
            Value::Null => Map::new(),
            other => Map::from_iter([("value".to_owned(), other)]),
        };
        if record.get("id").is_none_or(Value::is_null) {
            self.next_id += 1;
            record.insert("id".to_owned(), json!(format!("sandbox-{}", self.next_id)));
        }
        self.records(account, model, resource).put(record.clone());
        Value::Object(record)
    }

    pub(super) fn on_method(
        &mut self,
        model: &str,
        resource: &str,
        method: &str,
        handler: Handler,
    ) {
        let key = (model.to_owned(), resource.to_owned(), method.to_owned());
        self.methods.insert(key, handler);
    }

    pub(super) fn method(&self, model: &str, resource: &str, method: &str) -> Option<Handler> {
        let key = (model.to_owned(), resource.to_owned(), method.to_owned());
        self.methods.get(&key).cloned()
    }

    pub(super) fn knows(&self, account: &str) -> bool {
        self.accounts
            .iter()
            .any(|(id, _)| id.eq_ignore_ascii_case(account))
    }

    /// Makes a token of an account.
    pub(super) fn mint(&mut self, account: &str) -> String {
        self.next_id += 1;
        let token = format!("sandbox-account-token-{}", self.next_id);
        let ends = Instant::now() + TOKEN_LIFETIME;
        self.tokens
            .insert(token.clone(), (account.to_owned(), ends));
        token
    }

    /// What a token reaches; `None` for one that is unknown or has ended.
    pub(super) fn reach(&self, token: &str) -> Option<Reach> {
        if token == TOKEN {
            return Some(Reach::All);
        }
        let (account, ends) = self.tokens.get(token)?;
        (Instant::now() < *ends).then(|| Reach::Account(account.clone()))
    }

    /// Counts a call; false if it is over Truto's limits and they are enforced.
    pub(super) fn within_limits(&mut self, account: &str) -> bool {
        const WINDOW: Duration = Duration::from_secs(10);
        let now = Instant::now();
        self.calls += 1;
        if !self.enforce_rate_limits {
            return true;
        }
        self.times
            .retain(|(at, _)| now.duration_since(*at) < WINDOW);
        let own = self.times.iter().filter(|(_, id)| id == account).count();
        if self.times.len() >= 500 || own >= 50 {
            return false;
        }
        self.times.push_back((now, account.to_owned()));
        true
    }
}

/// The id of a record as a path would name it.
pub(super) fn id(record: &Map<String, Value>) -> String {
    match record.get("id") {
        Some(Value::String(id)) => id.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}
