//! Permits: a permit that is dropped is canceled; it is committed once.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::{Admission, Ticket};
use crate::policy::limiter::Turn;

/// The right to send one attempt now. Dropped uncommitted, it frees its place at once; dropped after
/// [`CommitHandle::commit`], it counts as an attempt that has just ended.
#[derive(Debug)]
pub(crate) struct Permit {
    pass: Arc<Pass>,
    ticket: Ticket,
    waited: Duration,
}

impl Permit {
    pub(super) fn new(pass: Pass, ticket: Ticket, waited: Duration) -> Self {
        Self { pass: Arc::new(pass), ticket, waited }
    }

    /// How long the call was held back.
    pub(crate) fn waited(&self) -> Duration {
        self.waited
    }

    /// The call's place in the order of arrival, for its next attempt.
    pub(crate) fn ticket(&self) -> Ticket {
        self.ticket
    }

    /// What the request's body holds in order to commit the permit.
    pub(crate) fn handle(&self) -> CommitHandle {
        CommitHandle { pass: Arc::clone(&self.pass) }
    }

    /// Takes the turn of the user's limiter along: it is used once the permit is committed, else given
    /// back.
    pub(crate) fn attach(&self, turn: Turn) {
        self.pass.lock().turn = Some(turn);
    }

    #[allow(dead_code, reason = "for the attempt to call")]
    /// The head of the response came: the server has counted the request by now.
    pub(crate) fn head_arrived(&self) {
        self.pass.settle();
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.pass.settle();
    }
}

/// Commits a [`Permit`]. The request's body holds it and calls [`commit`](Self::commit) when a connection
/// begins to take the request.
#[derive(Debug, Clone)]
pub(crate) struct CommitHandle {
    pass: Arc<Pass>,
}

impl CommitHandle {
    /// The request is on its way. Only the first call has an effect.
    pub(crate) fn commit(&self) {
        let mut state = self.pass.lock();
        state.committed = true;
        if let Some(turn) = state.turn.take() {
            turn.used();
        }
    }
}

/// One admitted attempt, shared by its permit and the handles.
pub(super) struct Pass {
    admission: Admission,
    account: Arc<str>,
    sent: Instant,
    state: Mutex<PassState>,
}

#[derive(Debug, Default)]
struct PassState {
    committed: bool,
    turn: Option<Turn>,
}

impl Pass {
    pub(super) fn new(admission: Admission, account: Arc<str>, sent: Instant) -> Self {
        Self { admission, account, sent, state: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, PassState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settle(&self) {
        let (committed, turn) = {
            let mut state = self.lock();
            (state.committed, state.turn.take())
        };
        // Runs code of the user's, so no lock is held.
        drop(turn);
        if committed {
            return;
        }
        let now = Instant::now();
        let mut lines = self.admission.lock();
        if let Some(lane) = lines.accounts.lanes.get_mut(&self.account) {
            lane.take_back(self.sent, now);
        }
        lines.client.take_back(self.sent, now);
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pass").field("state", &self.state).finish_non_exhaustive()
    }
}

/// One retry out of the budgets of the account and of the client. Dropped, it is given back.
#[derive(Debug)]
pub(crate) struct RetryPermit {
    admission: Admission,
    account: Arc<str>,
    is_spent: bool,
}

impl RetryPermit {
    pub(super) fn new(admission: Admission, account: Arc<str>) -> Self {
        Self { admission, account, is_spent: false }
    }

    /// The retry goes out.
    pub(crate) fn commit(mut self) {
        self.is_spent = true;
    }
}

impl Drop for RetryPermit {
    fn drop(&mut self) {
        if self.is_spent {
            return;
        }
        let now = Instant::now();
        let mut lines = self.admission.lock();
        lines.client.budget.refund();
        lines.accounts.lane(&self.account, now).budget.refund();
    }
}
