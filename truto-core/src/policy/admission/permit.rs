//! Permits: one that is dropped is canceled, and each can be committed once.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;

use super::state::Places;
use super::{Admission, AdmissionRequest, NotAdmitted, Ticket};
use crate::policy::limiter::Turn;
use crate::sync::lock;

/// The right to send one attempt now. If it is dropped before it was committed, it frees its slots at
/// once; if it is dropped after [`CommitHandle::commit`], the attempt counts as ended at that time.
#[derive(Debug)]
pub(crate) struct Permit {
    /// `None` if no limit counts the call, so that there is no overhead.
    pass: Option<Arc<Pass>>,
    admission: Admission,
    account: Arc<str>,
    ticket: Ticket,
    waited: Duration,
}

impl Permit {
    pub(super) fn new(
        admission: &Admission,
        account: &Arc<str>,
        places: Places,
        ticket: Ticket,
        waited: Duration,
    ) -> Self {
        let (admission, account) = (admission.clone(), Arc::clone(account));
        let pass = (!places.is_empty()).then(|| Pass::new(&admission, &account, Some(places)));
        Self { pass, admission, account, ticket, waited }
    }

    /// The time for which the call was delayed.
    pub(crate) fn waited(&self) -> Duration {
        self.waited
    }

    /// The call's position in the order of arrival, for its next attempt.
    pub(crate) fn ticket(&self) -> Ticket {
        self.ticket
    }

    /// Returns the handle that commits this permit, for the request's body. It must be created after
    /// [`attach`](Self::attach).
    pub(crate) fn handle(&self) -> CommitHandle {
        CommitHandle { pass: self.pass.clone() }
    }

    /// Attaches the turn of the user's limiter: it is used once the permit is committed, else given
    /// back.
    pub(crate) fn attach(&mut self, turn: Turn) {
        let (admission, account) = (&self.admission, &self.account);
        let pass = self.pass.get_or_insert_with(|| Pass::new(admission, account, None));
        pass.lock().turn = Some(turn);
    }

    /// Ensures that the permit still has its slots, for a call that waited elsewhere after its
    /// admission, for example for the user's limiter. An unused permit loses its slots after a second;
    /// the call then queues again, in front of those that arrived later.
    pub(crate) async fn renew(mut self, request: AdmissionRequest) -> Result<Self, NotAdmitted> {
        if self.pass.as_ref().is_none_or(|pass| pass.holds(Instant::now())) {
            return Ok(self);
        }
        let request = AdmissionRequest { ticket: Some(self.ticket), ..request };
        let mut renewed = self.admission.admit(&self.account, request).await?;
        renewed.waited += self.waited;
        let turn = self.pass.take().and_then(|pass| pass.lock().turn.take());
        if let Some(turn) = turn {
            renewed.attach(turn);
        }
        Ok(renewed)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(pass) = &self.pass {
            pass.end();
        }
    }
}

/// Reports the progress of an attempt to its [`Permit`]. The request's body holds it and calls
/// [`commit`](Self::commit) when a connection begins to take the request.
#[derive(Debug, Clone, Default)]
pub(crate) struct CommitHandle {
    pass: Option<Arc<Pass>>,
}

impl CommitHandle {
    /// A connection begins to take the request. Only the first call has an effect.
    pub(crate) fn commit(&self) {
        if let Some(pass) = &self.pass {
            pass.commit();
        }
    }

    /// The head of the response arrived, so the server has counted the request, however long the body
    /// takes.
    pub(crate) fn head_arrived(&self) {
        if let Some(pass) = &self.pass {
            pass.head_arrived();
        }
    }
}

/// One admitted attempt, shared by its permit and the handles.
struct Pass {
    admission: Admission,
    account: Arc<str>,
    state: Mutex<PassState>,
}

#[derive(Debug)]
struct PassState {
    phase: Phase,
    /// `None` once they were freed or counted.
    places: Option<Places>,
    /// `None` without a limiter, and once there is nothing left to report to it.
    turn: Option<Turn>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Admitted,
    Committed,
    Ended,
}

impl Pass {
    fn new(admission: &Admission, account: &Arc<str>, places: Option<Places>) -> Arc<Self> {
        let state = PassState { phase: Phase::Admitted, places, turn: None };
        Arc::new(Self {
            admission: admission.clone(),
            account: Arc::clone(account),
            state: Mutex::new(state),
        })
    }

    /// Locks the state. This lock is taken before that of the admission if both are needed.
    fn lock(&self) -> MutexGuard<'_, PassState> {
        lock(&self.state)
    }

    fn holds(&self, now: Instant) -> bool {
        let state = self.lock();
        let places = state.places.as_ref();
        places.is_none_or(|places| self.admission.lock().holds(&self.account, places, now))
    }

    fn commit(&self) {
        let turn = {
            let mut state = self.lock();
            if state.phase != Phase::Admitted {
                return;
            }
            state.phase = Phase::Committed;
            if let Some(places) = &mut state.places {
                self.admission.lock().commit(&self.account, places, Instant::now());
            }
            state.turn.take()
        };
        // Runs the limiter's code, so no lock is held.
        if let Some(mut turn) = turn {
            // The attempt may end while `sent` runs. Then the turn is dropped here instead of being put back.
            turn.sent();
            let mut state = self.lock();
            if state.phase == Phase::Committed {
                state.turn = Some(turn);
            }
        }
    }

    fn head_arrived(&self) {
        let turn = {
            let mut state = self.lock();
            if state.phase == Phase::Committed { state.turn.take() } else { None }
        };
        if let Some(turn) = turn {
            turn.head_arrived();
        }
        self.end();
    }

    /// The head of the response arrived, the attempt failed, or the call was dropped.
    fn end(&self) {
        let (phase, places, turn) = {
            let mut state = self.lock();
            // If `head_arrived` has ended the permit, there are no places and no turn left.
            let phase = std::mem::replace(&mut state.phase, Phase::Ended);
            (phase, state.places.take(), state.turn.take())
        };
        // Runs the limiter's code, so no lock is held.
        drop(turn);
        if let Some(places) = places {
            let now = Instant::now();
            let mut admission = self.admission.lock();
            if phase == Phase::Committed {
                admission.settle(&self.account, places, now);
            } else {
                admission.cancel(&self.account, places, now);
            }
        }
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pass").field("state", &self.state).finish_non_exhaustive()
    }
}

/// One retry withdrawn from the budgets of the account and of the client. If it is dropped, it is
/// refunded.
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

    /// The retry is sent.
    pub(crate) fn commit(mut self) {
        self.is_spent = true;
    }
}

impl Drop for RetryPermit {
    fn drop(&mut self) {
        if self.is_spent {
            return;
        }
        let mut state = self.admission.lock();
        state.client.budget.refund();
        if let Some(queue) = state.accounts.get_mut(&self.account) {
            queue.budget.refund();
        }
    }
}
