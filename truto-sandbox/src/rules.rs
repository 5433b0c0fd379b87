//! Scripted steps, by the requests that they apply to.

use std::fmt;
use std::sync::Arc;

use super::fault::Fault;
use super::matcher::Matcher;
use super::record::Recorded;
use super::reply::Reply;

/// A function that creates the reply to a request.
pub(super) type Handler = Arc<dyn Fn(&Recorded) -> Reply + Send + Sync>;

#[derive(Clone)]
pub(super) enum Action {
    Reply(Reply),
    Fail(Fault),
    Handle(Handler),
}

struct RuleStep {
    action: Action,
    /// The number of uses; `None` means one use if another step follows, otherwise no limit.
    times: Option<u32>,
    used: u32,
}

/// The steps for the requests that a matcher matches.
struct Rule {
    matcher: Matcher,
    steps: Vec<RuleStep>,
}

#[derive(Default)]
pub(super) struct Rules(Vec<Rule>);

impl Rules {
    /// A rule without steps; returns its number.
    pub(super) fn add(&mut self, matcher: Matcher) -> usize {
        self.0.push(Rule { matcher, steps: Vec::new() });
        self.0.len() - 1
    }

    pub(super) fn step(&mut self, rule: usize, action: Action) {
        self.0[rule].steps.push(RuleStep { action, times: None, used: 0 });
    }

    /// Sets the number of uses of the last step; false if there is none.
    pub(super) fn times(&mut self, rule: usize, times: u32) -> bool {
        let last = self.0[rule].steps.last_mut();
        last.map(|step| step.times = Some(times)).is_some()
    }

    /// Narrows a rule to one account.
    pub(super) fn of_account(&mut self, rule: usize, account: &str) {
        self.0[rule].matcher.account = Some(account.to_owned());
    }

    /// Uses one step of the most specific matching rule that has steps left; among equally specific
    /// rules, of the last one.
    pub(super) fn take(&mut self, received: &Recorded, account: &str) -> Option<Action> {
        let rule = self
            .0
            .iter_mut()
            .filter(|rule| rule.current().is_some() && rule.matcher.meets(received, account))
            // Among equal keys, `max_by_key` returns the last.
            .max_by_key(|rule| rule.matcher.weight())?;
        let at = rule.current()?;
        let step = &mut rule.steps[at];
        step.used = step.used.saturating_add(1);
        Some(step.action.clone())
    }

    /// The steps that were never used, or less often than stated.
    pub(super) fn unused(&self) -> Vec<String> {
        let mut unused = Vec::new();
        for rule in &self.0 {
            for (at, step) in rule.steps.iter().enumerate() {
                // A step with `times(0)` expects no use, so it is never reported.
                let wanted = step.times.unwrap_or(1);
                if step.used < wanted {
                    let (number, of) = (at + 1, rule.steps.len());
                    unused.push(format!(
                        "{}: step {number} of {of} ({}), used {} of {wanted} times",
                        rule.matcher, step.action, step.used
                    ));
                }
            }
        }
        unused
    }
}

impl Rule {
    /// The index of the current step; `None` once all are used up.
    fn current(&self) -> Option<usize> {
        let last = self.steps.len().checked_sub(1)?;
        self.steps.iter().enumerate().position(|(at, step)| {
            // The last step has no limit, so that a single `reply` answers all requests.
            let times = step.times.unwrap_or(if at == last { u32::MAX } else { 1 });
            step.used < times
        })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reply(reply) => write!(f, "a reply with {}", reply.status.as_u16()),
            Self::Fail(fault) => match fault.replacement() {
                Some(reply) => write!(f, "a fault with {}", reply.status.as_u16()),
                None => f.write_str("a fault"),
            },
            Self::Handle(_) => f.write_str("a handler"),
        }
    }
}
