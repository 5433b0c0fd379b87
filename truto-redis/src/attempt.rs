//! One attempt of a call, from its arrival to the head of its response.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::ConnectionLike;
use tokio::time::Instant;
use truto_core::{LimitedCall, Turn, TurnEvent};

use crate::ledger::{Share, UNLIMITED};
use crate::link::Link;
use crate::scripts::{Ask, Keys, Places, Step, Verdict};
use crate::settings::SENDS_WITHIN;

/// The longest wait of a call, even if its deadline is later.
const LONGEST_WAIT: Duration = Duration::from_secs(5 * 60);

/// An answer that is later than the patience by this much shows that this process was suspended.
const STOPPED: Duration = Duration::from_secs(1);

/// A turn of the share may be used up to this long after it was due. Its slot is held for more than a second
/// beyond its window, so the next call that gets the slot still comes a window later. Without this margin, a
/// call that wakes late would have to queue again behind later calls.
const USED_WITHIN: Duration = Duration::from_millis(500);

/// A waiting attempt. If it is dropped before its turn, it leaves no state in Redis.
pub(crate) struct Attempt<'a, C: ConnectionLike + Clone + Send + Sync + 'static> {
    link: &'a Link<C>,
    call: &'a LimitedCall,
    keys: Arc<Keys>,
    id: u64,
    /// The end of its wait.
    until: Instant,
    /// Its places among the calls that wait in Redis.
    places: Option<Places>,
    /// Redis may have a slot for it, or a place in the queue.
    is_in_redis: bool,
    /// When its turn from this process's share is due.
    share: Option<Instant>,
    /// When it asked for the turn that Redis granted.
    asked: Option<Instant>,
    is_done: bool,
}

impl<'a, C: ConnectionLike + Clone + Send + Sync + 'static> Attempt<'a, C> {
    pub(crate) fn new(link: &'a Link<C>, call: &'a LimitedCall) -> Self {
        let longest = call.remaining().map_or(LONGEST_WAIT, |left| left.min(LONGEST_WAIT));
        Self {
            link,
            call,
            keys: Arc::new(Keys::new(link.settings(), call.account_hash())),
            id: link.next_id(),
            until: Instant::now() + longest,
            places: None,
            is_in_redis: false,
            share: None,
            asked: None,
            is_done: false,
        }
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// True if it has a turn from this process's share that is recent enough to use. A call that has since
    /// waited in Redis's queue would be sent long after the time for which the share counts it.
    pub(crate) fn has_share(&self) -> bool {
        self.share.is_some_and(|came| came.elapsed() <= USED_WITHIN)
    }

    /// Takes a turn from this process's share, replacing an earlier one; the error is the wait that would be
    /// too long.
    pub(crate) fn take_share(&mut self) -> Result<Duration, Duration> {
        self.leave_redis();
        if self.share.take().is_some() {
            self.link.with_ledger(|ledger| ledger.remove(self.id));
        }
        let settings = self.link.settings();
        let share = |limit: u32, calls: u32| match limit {
            0 => UNLIMITED,
            _ if self.call.is_background() => (calls as usize * 4 / 5).max(1),
            _ => calls as usize,
        };
        let account = self.call.account_hash();
        let per_account = match account {
            "" => UNLIMITED,
            // One call per process: it is rare that more processes than its limit call one account.
            _ => share(settings.per_account, (settings.per_account / settings.processes).max(1)),
        };
        let (calls, token_span) = settings.token_share();
        let per_token = share(settings.per_token, calls);
        let share = Share { per_token, token_span, per_account };
        let (now, longest) = (Instant::now(), self.longest_wait());
        let taken =
            self.link.with_ledger(|ledger| ledger.take((account, self.id), share, now, longest))?;
        self.share = Some(now + taken);
        Ok(taken)
    }

    /// Asks Redis for a slot. `None` if Redis is unavailable, or became so before the answer.
    pub(crate) async fn ask(&mut self) -> Option<Verdict> {
        let ask = Ask {
            longest_wait: self.longest_wait(),
            is_background: self.call.is_background(),
            places: self.places,
        };
        let asked = Instant::now();
        // Set before the request: an attempt that is dropped while it waits may already have a slot.
        self.is_in_redis = true;
        let Some(answer) = self.link.ask(&self.keys, self.id, ask).await else {
            self.leave_redis();
            return None;
        };
        self.places = Some(answer.places);
        self.is_in_redis = !matches!(answer.verdict, Verdict::Denied(_));
        if answer.verdict == Verdict::Granted {
            // After a suspension of this process, the slot may belong to another call.
            let settings = self.link.settings();
            if asked.elapsed() > settings.patience.saturating_add(STOPPED).min(settings.held()) {
                self.leave_redis();
                return Some(Verdict::AskAgain(Duration::ZERO));
            }
            let (account, has_share) = (self.call.account_hash(), self.share.is_some());
            // The breaker may have opened before the answer arrived. From then on only the share counts, and
            // other calls may have used it up. One lock covers the check and the count, so no call can come
            // between them.
            let is_counted = self.link.with_ledger(|ledger| {
                let counts = self.link.takes_grants(has_share);
                if counts {
                    ledger.granted(account, self.id, Instant::now());
                }
                counts
            });
            if !is_counted {
                self.leave_redis();
                return None;
            }
            self.asked = Some(asked);
        }
        Some(answer.verdict)
    }

    /// Ends the wait: the turn is due.
    pub(crate) fn into_turn(mut self) -> Turn {
        self.is_done = true;
        let (link, keys, id) = (self.link.clone(), Arc::clone(&self.keys), self.id);
        let account: Arc<str> = self.call.account_hash().into();
        // Redis counts a slot from its grant, whose answer may have been slow.
        let came = self.asked.or(self.share).unwrap_or_else(Instant::now);
        Turn::now().on_event(move |event| {
            let now = Instant::now();
            let step = match event {
                TurnEvent::Unused => {
                    link.with_ledger(|ledger| ledger.remove(id));
                    Step::Unused
                }
                // The longest time of a slot includes `SENDS_WITHIN`, so an earlier event needs no report.
                TurnEvent::Sent if now.duration_since(came) > SENDS_WITHIN => {
                    link.with_ledger(|ledger| ledger.sent(&account, id, now));
                    Step::Sent
                }
                TurnEvent::Head => {
                    link.with_ledger(|ledger| ledger.head(id, now));
                    Step::Head
                }
                _ => return,
            };
            link.settle(&keys, id, step);
        })
    }

    /// Stops waiting for Redis, which may grant the slot later. A turn from the share has another id,
    /// so that the reports about the two turns may arrive in any order.
    fn leave_redis(&mut self) {
        if !std::mem::take(&mut self.is_in_redis) {
            return;
        }
        self.link.settle(&self.keys, self.id, Step::Unused);
        let id = std::mem::replace(&mut self.id, self.link.next_id());
        if self.share.is_some() {
            let account = self.call.account_hash();
            self.link.with_ledger(|ledger| {
                ledger.remove(id);
                ledger.granted(account, self.id, Instant::now());
            });
        }
    }

    /// The time that is left to it.
    pub(crate) fn longest_wait(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }
}

impl<C: ConnectionLike + Clone + Send + Sync + 'static> Drop for Attempt<'_, C> {
    fn drop(&mut self) {
        if self.is_done {
            return;
        }
        if self.share.is_some() {
            self.link.with_ledger(|ledger| ledger.remove(self.id));
        }
        if self.is_in_redis {
            self.link.settle(&self.keys, self.id, Step::Unused);
        }
    }
}
