//! Handles one request: records it, then applies a scripted fault or rule, or routes it.

use std::sync::Mutex;

use super::access;
use super::batch;
use super::fault::{Fault, FaultKind};
use super::handler::run_handler;
use super::query;
use super::record::Recorded;
use super::reply::Reply;
use super::route::{Routed, route};
use super::rules::Action;
use super::state::{SandboxState, lock};

/// A reply and the way to send it.
pub(super) struct Exchange {
    pub(super) reply: Reply,
    pub(super) mode: SendMode,
}

/// The way to send a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SendMode {
    Whole,
    Truncated,
    Reset,
}

/// A decision that was made while the state was locked.
struct Decided {
    routed: Routed,
    fault: Option<Fault>,
    /// The idempotency key under which the reply is stored.
    key: Option<String>,
}

/// Handles a request. Handlers run without the lock, so that they may use the sandbox.
pub(super) fn exchange(state: &Mutex<SandboxState>, received: &Recorded) -> Exchange {
    let decision = decide(&mut lock(state), received);
    let mut reply = match decision.routed {
        Routed::Reply(reply) => reply,
        Routed::Handler(handler) => run_handler(state, &handler, received),
        Routed::Batch => batch::run(state, received),
    };
    let mut state = lock(state);
    // Only a success is stored, so that a call can be repeated with the same key after a failure.
    if let Some(key) = decision.key.filter(|_| reply.status.is_success()) {
        // Two calls with the same key may run concurrently; the first stored reply is kept.
        state.replayed.entry(key).or_insert_with(|| reply.clone());
    }
    let mode = match decision.fault.as_ref().map(|fault| &fault.kind) {
        Some(FaultKind::Truncated) => SendMode::Truncated,
        Some(FaultKind::Reset) => SendMode::Reset,
        Some(FaultKind::None | FaultKind::Reply(_)) | None => SendMode::Whole,
    };
    if let Some(fault) = decision.fault {
        reply = fault.apply(reply);
    }
    reply.delay += state.latency;
    Exchange { reply, mode }
}

fn decide(state: &mut SandboxState, received: &Recorded) -> Decided {
    // Recorded before anything can refuse it: a test may look for a refused call.
    state.recorded.push(received.clone());
    let next = state.faults.pop_front();
    if let Some(reply) = next.as_ref().and_then(Fault::replacement) {
        return Decided::reply(reply, None);
    }
    let segments = query::segments(&received.path);
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let account = match access::account(state, received, &segments) {
        Ok(account) => account,
        Err(refused) => return Decided::reply(refused, next),
    };
    // After the access check, which determines the account whose limit applies.
    let refused = state.limits.admit(&account);
    if let Some(mut refused) = refused {
        state.limits.advertise(&mut refused);
        return Decided::reply(refused, next);
    }
    // A fault of `fail_next` takes precedence over the rules and uses up none of their steps.
    let scripted = match &next {
        Some(_) => None,
        None => state.rules.take(received, &account),
    };
    let mut decision = match scripted {
        Some(Action::Reply(reply)) => Decided::reply(reply, None),
        Some(Action::Handle(handler)) => {
            Decided { routed: Routed::Handler(handler), fault: None, key: None }
        }
        Some(Action::Fail(fault)) => match fault.replacement() {
            Some(reply) => return Decided::reply(reply, None),
            None => usual(state, received, &account, &segments, Some(fault)),
        },
        None => usual(state, received, &account, &segments, next),
    };
    if let Routed::Reply(reply) = &mut decision.routed {
        state.limits.advertise(reply);
    }
    decision
}

/// The sandbox's own response; a repeated idempotency key gets the first one again.
fn usual(
    state: &mut SandboxState,
    received: &Recorded,
    account: &str,
    segments: &[&str],
    fault: Option<Fault>,
) -> Decided {
    // The account is part of the key: idempotency keys are unique only within an account.
    let key = received.headers.get("idempotency-key").map(|key| {
        let (method, path) = (&received.method, &received.path);
        format!("{account} {method} {path} {key:?}")
    });
    let replayed = key.as_ref().and_then(|key| state.replayed.get(key));
    if let Some(reply) = replayed {
        return Decided::reply(reply.clone(), fault);
    }
    Decided { routed: route(state, received, account, segments), fault, key }
}

impl Decided {
    fn reply(reply: Reply, fault: Option<Fault>) -> Self {
        Self { routed: Routed::Reply(reply), fault, key: None }
    }
}
