//! The limiter.

use std::fmt;
use std::time::Duration;

use redis::aio::ConnectionLike;
use tokio::time::sleep;
use truto_core::{Denied, LimitedCall, Limiter, Turn};

use crate::attempt::Attempt;
use crate::breaker::{RETURNS_FOR, TurnSource};
use crate::link::Link;
use crate::scripts::Verdict;

/// A rate limit that many processes share through Redis.
///
/// `C` is an asynchronous connection of the crate `redis` that can be cloned: a `ConnectionManager`, a
/// `MultiplexedConnection` or a cluster's connection. Cloning the limiter shares its state.
pub struct RedisLimiter<C> {
    link: Link<C>,
}

impl<C> RedisLimiter<C> {
    pub(crate) fn new(link: Link<C>) -> Self {
        Self { link }
    }
}

impl<C: ConnectionLike + Clone + Send + Sync + 'static> Limiter for RedisLimiter<C> {
    async fn acquire(&self, call: &LimitedCall) -> Result<Turn, Denied> {
        let mut attempt = Attempt::new(&self.link, call);
        // An iteration that neither waits nor returns has opened the breaker, so that the next one
        // does: the loop cannot spin.
        loop {
            let source = self.link.turn_source();
            if source != TurnSource::Redis && !attempt.has_share() {
                let wait = match attempt.take_share() {
                    Ok(wait) => wait,
                    // After that time, a turn granted by Redis suffices.
                    Err(_)
                        if source == TurnSource::ShareOfRedis
                            && attempt.longest_wait() > RETURNS_FOR =>
                    {
                        RETURNS_FOR
                    }
                    Err(wait) => return Err(Denied::retry_after(wait)),
                };
                sleep(wait).await;
            } else if matches!(source, TurnSource::Share | TurnSource::Probe) {
                // Redis may only be slow, and should then count this turn as well.
                self.link.report_share(call.account_hash(), attempt.id());
                return Ok(attempt.into_turn());
            } else if let Some(verdict) = attempt.ask().await {
                match verdict {
                    Verdict::Granted => return Ok(attempt.into_turn()),
                    Verdict::AskAgain(wait) => self.link.wait(wait).await,
                    Verdict::Denied(wait) => return Err(Denied::retry_after(wait)),
                    Verdict::Lost => {}
                }
            }
        }
    }

    /// Calls queue inside [`acquire`](Limiter::acquire), until their own deadlines but for at most five
    /// minutes; the breaker limits the time that they wait for Redis.
    fn patience(&self) -> Duration {
        Duration::MAX
    }
}

impl<C> Clone for RedisLimiter<C> {
    fn clone(&self) -> Self {
        Self { link: self.link.clone() }
    }
}

impl<C> fmt::Debug for RedisLimiter<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = self.link.settings();
        f.debug_struct("RedisLimiter")
            .field("prefix", &settings.prefix)
            .field("token_name", &settings.token)
            .field("per_token", &settings.per_token)
            .field("per_account", &settings.per_account)
            .field("window", &settings.window)
            .finish_non_exhaustive()
    }
}
