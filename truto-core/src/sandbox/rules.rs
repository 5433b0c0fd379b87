//! Rules by requests: which requests they meet, and what happens then.

use http::Method;
use serde_json::Value;

use super::fault::Fault;
use super::query;
use super::record::{Recorded, Reply};
use crate::Request;

/// What a request must look like.
#[derive(Debug, Clone)]
pub(super) struct Matcher {
    method: Method,
    path: String,
    /// Further pairs may come.
    pairs: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Matcher {
    pub(super) fn of<O>(request: &Request<O>) -> Self {
        Self {
            method: request.method().clone(),
            path: request.path().to_owned(),
            pairs: query::pairs(&request.query_string()).collect(),
            body: request.body_bytes().map(<[u8]>::to_vec),
        }
    }

    pub(super) fn matches(&self, received: &Recorded) -> bool {
        if self.method != received.method || !same_path(&self.path, &received.path) {
            return false;
        }
        let mut came: Vec<_> = query::pairs(&received.query).collect();
        let has_pairs = self.pairs.iter().all(|pair| {
            let at = came.iter().position(|other| other == pair);
            at.map(|at| came.swap_remove(at)).is_some()
        });
        has_pairs
            && self
                .body
                .as_deref()
                .is_none_or(|body| same_body(body, &received.body))
    }

    /// The more it asks for, the more specific it is.
    fn weight(&self) -> (bool, usize) {
        (self.body.is_some(), self.pairs.len())
    }

    /// The request in one line, and its body in another.
    pub(super) fn describe(&self) -> String {
        describe(&self.method, &self.path, &self.pairs, self.body.as_deref())
    }
}

/// The request in one line, and its body in another.
pub(super) fn describe_received(received: &Recorded) -> String {
    let pairs: Vec<_> = query::pairs(&received.query)
        .filter(|(name, _)| name != "integrated_account_id")
        .collect();
    let body = Some(&*received.body).filter(|body| !body.is_empty());
    describe(&received.method, &received.path, &pairs, body)
}

fn describe(
    method: &Method,
    path: &str,
    pairs: &[(String, String)],
    body: Option<&[u8]>,
) -> String {
    let query: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut text = format!("{method} {path}");
    if !query.is_empty() {
        text = format!("{text}?{}", query.join("&"));
    }
    if let Some(body) = body {
        text = format!("{text}\n      {}", String::from_utf8_lossy(body));
    }
    text
}

fn same_path(one: &str, other: &str) -> bool {
    query::segments(one) == query::segments(other)
}

/// JSON is compared as values, anything else byte by byte.
fn same_body(one: &[u8], other: &[u8]) -> bool {
    let json = |bytes| serde_json::from_slice::<Value>(bytes).ok();
    match (json(one), json(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

#[derive(Debug, Clone)]
pub(super) enum Action {
    Reply(Reply),
    Fail(Fault),
}

#[derive(Debug)]
struct Step {
    action: Action,
    /// How often; `None` for once if another follows, else for ever.
    times: Option<u32>,
    used: u32,
}

/// What happens to the requests that a matcher meets, step by step.
#[derive(Debug)]
pub(super) struct Rule {
    matcher: Matcher,
    steps: Vec<Step>,
}

#[derive(Debug, Default)]
pub(super) struct Rules(Vec<Rule>);

impl Rules {
    /// A rule without steps; returns its number.
    pub(super) fn add(&mut self, matcher: Matcher) -> usize {
        self.0.push(Rule {
            matcher,
            steps: Vec::new(),
        });
        self.0.len() - 1
    }

    pub(super) fn step(&mut self, rule: usize, action: Action) {
        self.0[rule].steps.push(Step {
            action,
            times: None,
            used: 0,
        });
    }

    /// Bounds the last step; false if there is none.
    pub(super) fn times(&mut self, rule: usize, times: u32) -> bool {
        let last = self.0[rule].steps.last_mut();
        last.map(|step| step.times = Some(times)).is_some()
    }

    /// What happens to a request: by the most specific rule that is not used up, of equal ones by the
    /// last.
    pub(super) fn take(&mut self, received: &Recorded) -> Option<Action> {
        let rule = self
            .0
            .iter_mut()
            .filter(|rule| rule.current().is_some() && rule.matcher.matches(received))
            .max_by_key(|rule| rule.matcher.weight())?;
        let at = rule.current()?;
        rule.steps[at].used += 1;
        Some(rule.steps[at].action.clone())
    }

    /// The rules of which nothing was ever used.
    pub(super) fn unused(&self) -> Vec<String> {
        let unused = self
            .0
            .iter()
            .filter(|rule| rule.steps.iter().any(|step| step.used == 0));
        unused.map(|rule| rule.matcher.describe()).collect()
    }
}

impl Rule {
    /// The step that is next.
    fn current(&self) -> Option<usize> {
        let last = self.steps.len().checked_sub(1)?;
        self.steps.iter().enumerate().position(|(at, step)| {
            let times = step.times.unwrap_or(if at == last { u32::MAX } else { 1 });
            step.used < times
        })
    }
}
