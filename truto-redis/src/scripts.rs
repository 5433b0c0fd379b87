//! The two scripts and their arguments.

use std::time::Duration;

use redis::aio::ConnectionLike;
use redis::{RedisError, Script};

/// Compiled once; Redis caches them by their SHA-1.
pub(crate) struct Scripts {
    acquire: Script,
    settle: Script,
}

/// The keys of one account's window, in one node of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keys {
    clock: String,
    token: String,
    account: String,
}

impl Keys {
    /// The braces are the hash tag. A call without an account counts for the token only.
    pub(crate) fn new(prefix: &str, token: &str, account_hash: &str) -> Self {
        let token_key = format!("{prefix}:{{{token}}}:token");
        let account = match account_hash {
            "" => token_key.clone(),
            hash => format!("{prefix}:{{{token}}}:account:{hash}"),
        };
        Self { clock: format!("{prefix}:{{{token}}}:clock"), token: token_key, account }
    }
}

/// The numbers of one request for a turn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TurnRequest {
    pub(crate) window: Duration,
    /// The longest time from a turn to the head of its response, as seen lately.
    pub(crate) margin: Duration,
    pub(crate) longest_wait: Duration,
    pub(crate) per_token: u32,
    pub(crate) per_account: u32,
}

/// The answer of Redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Wait(Duration),
    Denied(Duration),
}

/// How a slot is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settlement {
    /// The head of the response arrived, this long after the turn.
    Head(Duration),
    Unused,
}

impl Scripts {
    pub(crate) fn new() -> Self {
        Self {
            acquire: Script::new(include_str!("acquire.lua")),
            settle: Script::new(include_str!("settle.lua")),
        }
    }

    pub(crate) async fn acquire(
        &self,
        connection: &mut impl ConnectionLike,
        keys: &Keys,
        slot: &str,
        request: TurnRequest,
        skew_us: i64,
    ) -> Result<Answer, RedisError> {
        let mut call = self.acquire.key(&keys.clock);
        call.key(&keys.token).key(&keys.account).arg(slot);
        for time in [request.window, request.margin, request.longest_wait] {
            call.arg(micros(time));
        }
        call.arg(request.per_token).arg(request.per_account).arg(skew_us);
        let wait: i64 = call.invoke_async(connection).await?;
        Ok(match u64::try_from(wait) {
            Ok(wait) => Answer::Wait(Duration::from_micros(wait)),
            Err(_) => Answer::Denied(Duration::from_micros(wait.unsigned_abs() - 1)),
        })
    }

    pub(crate) async fn settle(
        &self,
        connection: &mut impl ConnectionLike,
        keys: &Keys,
        slot: &str,
        settlement: Settlement,
        skew_us: i64,
    ) -> Result<(), RedisError> {
        let (word, after) = match settlement {
            Settlement::Head(after) => ("head", after),
            Settlement::Unused => ("unused", Duration::ZERO),
        };
        let late = after.saturating_sub(MAX_MARGIN);
        let mut call = self.settle.key(&keys.clock);
        call.key(&keys.token).key(&keys.account).arg(slot).arg(word).arg(micros(late)).arg(skew_us);
        call.invoke_async(connection).await
    }
}

/// A response that takes longer says nothing about when the server counted the request.
pub(crate) const MAX_MARGIN: Duration = Duration::from_secs(1);

/// Redis's Lua has doubles: exact for 285 years in microseconds.
fn micros(time: Duration) -> u64 {
    const MAX: u64 = 1 << 53;
    u64::try_from(time.as_micros()).map_or(MAX, |time| time.min(MAX))
}

#[cfg(test)]
mod tests {
    use super::{Keys, micros};
    use std::time::Duration;

    #[test]
    fn keys_share_one_hash_tag() {
        let keys = Keys::new("truto", "main", "cc3eeaf95b3bf449");
        assert_eq!(keys.clock, "truto:{main}:clock");
        assert_eq!(keys.token, "truto:{main}:token");
        assert_eq!(keys.account, "truto:{main}:account:cc3eeaf95b3bf449");
        assert_eq!(Keys::new("truto", "main", "").account, keys.token);
    }

    #[test]
    fn times_stay_exact_in_doubles() {
        assert_eq!(micros(Duration::from_secs(10)), 10_000_000);
        assert_eq!(micros(Duration::MAX), 1 << 53);
    }
}
