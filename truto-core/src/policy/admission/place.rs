//! A call's way through the lines: its account's first, then the client's.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::lane::Reservation;
use super::permit::{Pass, Permit};
use super::{Admission, AdmissionRequest, HeldBack, HeldBackBy, Lines, Ticket};

/// How soon a call that waits for a window sees that it moved up, since others left. Waking all of them
/// each time would cost more than it saves.
const MOVE_UP: Duration = Duration::from_millis(250);

/// A place in line, given up on drop.
#[derive(Debug)]
struct Place<'a> {
    admission: &'a Admission,
    account: Arc<str>,
    stage: Stage,
    /// Whether it is that of a new call, which earns a part of a retry.
    earns: bool,
}

#[derive(Debug)]
enum Stage {
    New,
    /// In the account's line.
    Account(Reservation),
    /// In the client's line, too.
    Both {
        account: Reservation,
        client: Reservation,
    },
    /// Counted as sent.
    Sent(Instant),
}

enum Turn {
    /// The call was counted as sent.
    Sent(Instant),
    /// Later, and then to be asked again.
    At(Instant),
}

impl Place<'_> {
    /// Goes as far as it can without waiting.
    fn advance(&mut self) -> Result<Turn, HeldBack> {
        const NEVER: HeldBack = HeldBack { wait: None, by: HeldBackBy::Throttle };
        let now = Instant::now();
        let mut state = self.admission.lock();
        let Lines { accounts, client } = &mut *state;
        let own = accounts.lane(&self.account, now);
        loop {
            match &mut self.stage {
                Stage::New => {
                    if self.earns {
                        own.budget.deposit(now);
                        client.budget.deposit(now);
                    }
                    self.stage = Stage::Account(own.reserve(now).ok_or(NEVER)?);
                }
                // What comes to the client's line is no more than each account may send, so that line
                // is fair between accounts.
                Stage::Account(account) => {
                    if let Some(turn) = own.turn(account).filter(|turn| *turn > now) {
                        return Ok(Turn::At(turn));
                    }
                    self.stage = Stage::Both {
                        account: *account,
                        client: client.reserve(now).ok_or(NEVER)?,
                    };
                }
                Stage::Both { account, client: all } => {
                    let turn = own.turn(account).max(client.turn(all));
                    if let Some(turn) = turn.filter(|turn| *turn > now) {
                        return Ok(Turn::At(turn));
                    }
                    let free = own.free_at(account, now).ok_or(NEVER)?;
                    let free = free.max(client.free_at(all, now).ok_or(NEVER)?);
                    if free > now {
                        return Ok(Turn::At(free));
                    }
                    own.send(account, now);
                    client.send(all, now);
                    self.stage = Stage::Sent(now);
                }
                Stage::Sent(at) => return Ok(Turn::Sent(*at)),
            }
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let (account, client) = match &self.stage {
            Stage::New | Stage::Sent(_) => return,
            Stage::Account(account) => (account, None),
            Stage::Both { account, client } => (account, Some(client)),
        };
        let now = Instant::now();
        let mut state = self.admission.lock();
        if let Some(lane) = state.accounts.lanes.get_mut(&self.account) {
            lane.leave(account, now);
        }
        if let Some(reserved) = client {
            state.client.leave(reserved, now);
        }
    }
}

impl Admission {
    /// Waits until the account may send. Dropping the future gives up the place in line.
    pub(crate) async fn admit(
        &self,
        account: &Arc<str>,
        request: AdmissionRequest,
    ) -> Result<Permit, HeldBack> {
        let mut place = Place {
            admission: self,
            account: Arc::clone(account),
            stage: Stage::New,
            earns: request.ticket.is_none(),
        };
        let ticket = request.ticket.unwrap_or(Ticket(0));
        let mut asked = None;
        loop {
            let at = match place.advance()? {
                Turn::Sent(sent) => {
                    let waited =
                        asked.map_or(Duration::ZERO, |asked| sent.saturating_duration_since(asked));
                    let pass = Pass::new(self.clone(), Arc::clone(account), sent);
                    return Ok(Permit::new(pass, ticket, waited));
                }
                Turn::At(at) => at,
            };
            let now = Instant::now();
            asked.get_or_insert(now);
            if request.until.is_some_and(|until| at >= until) {
                let wait = Some(at.saturating_duration_since(now));
                let by =
                    if self.is_gated(account) { HeldBackBy::Gate } else { HeldBackBy::Throttle };
                return Err(HeldBack { wait, by });
            }
            sleep_until(match self.inner.windowed {
                true => at.min(now + MOVE_UP),
                false => at,
            })
            .await;
        }
    }
}
