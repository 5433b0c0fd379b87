//! The scripts, their keys and arguments.

use std::time::Duration;

use redis::aio::ConnectionLike;
use redis::{RedisError, Script, ScriptInvocation};

use crate::fleet_clock::{FleetTime, micros};
use crate::settings::Settings;

/// Compiled once; Redis caches them by their SHA-1.
pub(crate) struct Scripts {
    acquire: Script,
    settle: Script,
    restore: Script,
}

/// The keys of one account's calls, on one node of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keys {
    clock: String,
    windows: Vec<WindowKeys>,
}

/// One window that has a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
struct WindowKeys {
    slots: String,
    queue: String,
    leases: String,
    limit: u32,
}

impl Keys {
    /// The braces are the hash tag. A call without an account counts for the token only.
    pub(crate) fn new(settings: &Settings, account_hash: &str) -> Self {
        let tag = format!("{}:{{{}}}", settings.prefix, settings.token);
        let window = |name: String, limit| WindowKeys {
            slots: format!("{name}:slots"),
            queue: format!("{name}:queue"),
            leases: format!("{name}:leases"),
            limit,
        };
        let mut windows = Vec::with_capacity(2);
        if settings.per_account > 0 && !account_hash.is_empty() {
            windows.push(window(format!("{tag}:account:{account_hash}"), settings.per_account));
        }
        if settings.per_token > 0 {
            windows.push(window(format!("{tag}:token"), settings.per_token));
        }
        Self { clock: format!("{tag}:clock"), windows }
    }
}

/// The caller's time, for each script.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    pub(crate) fleet_time: Option<FleetTime>,
    pub(crate) skew_us: i64,
}

/// One request for a slot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask {
    pub(crate) longest_wait: Duration,
    pub(crate) is_background: bool,
    /// The places from an earlier answer to the same call.
    pub(crate) places: Option<Places>,
}

/// An answer of `acquire`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) verdict: Verdict,
    pub(crate) time: u64,
    pub(crate) epoch: String,
    pub(crate) places: Places,
}

/// A waiting call's places: in its account's queue, and then in the token's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Places(u64, u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Granted,
    /// The call is in the queue; it asks again after this time.
    AskAgain(Duration),
    /// The call is in no queue: its wait would be too long.
    Denied(Duration),
    /// Redis has lost the slots that this process knows of.
    Lost,
}

/// A step of an attempt, as `settle` accepts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Unused,
    Sent,
    Head,
}

impl Scripts {
    pub(crate) fn new() -> Self {
        Self {
            acquire: Script::new(concat!(
                include_str!("lua/clock.lua"),
                include_str!("lua/acquire.lua")
            )),
            settle: Script::new(concat!(
                include_str!("lua/clock.lua"),
                include_str!("lua/settle.lua")
            )),
            restore: Script::new(concat!(
                include_str!("lua/clock.lua"),
                include_str!("lua/restore.lua")
            )),
        }
    }

    pub(crate) async fn acquire(
        &self,
        connection: &mut impl ConnectionLike,
        (settings, stamp): (&Settings, &Stamp),
        keys: &Keys,
        id: &str,
        ask: Ask,
    ) -> Result<Answer, RedisError> {
        let mut call = prepare(&self.acquire, keys, stamp);
        call.arg(id).arg(micros(settings.window)).arg(micros(settings.held()));
        call.arg(micros(ask.longest_wait)).arg(u8::from(ask.is_background));
        match ask.places {
            Some(Places(account, token)) => call.arg(account).arg(token),
            None => call.arg("").arg(""),
        };
        for window in &keys.windows {
            call.arg(window.limit);
        }
        let (kind, wait, time, epoch, account, token): (u8, u64, u64, String, u64, u64) =
            call.invoke_async(connection).await?;
        let wait = Duration::from_micros(wait);
        let verdict = match kind {
            0 => Verdict::Granted,
            1 => Verdict::AskAgain(wait),
            2 => Verdict::Denied(wait),
            _ => Verdict::Lost,
        };
        Ok(Answer { verdict, time, epoch, places: Places(account, token) })
    }

    pub(crate) async fn settle(
        &self,
        connection: &mut impl ConnectionLike,
        (settings, stamp): (&Settings, &Stamp),
        keys: &Keys,
        id: &str,
        step: Step,
    ) -> Result<(), RedisError> {
        let word = match step {
            Step::Unused => "unused",
            Step::Sent => "sent",
            Step::Head => "head",
        };
        let mut call = prepare(&self.settle, keys, stamp);
        call.arg(id).arg(word).arg(micros(settings.window)).arg(micros(settings.held()));
        call.invoke_async(connection).await
    }

    /// Adds slots of one account, each with the time until it is free again. The answer is the time and
    /// the epoch.
    pub(crate) async fn restore(
        &self,
        connection: &mut impl ConnectionLike,
        (settings, stamp): (&Settings, &Stamp),
        keys: &Keys,
        slots: &[(String, Duration)],
    ) -> Result<(u64, String), RedisError> {
        let mut call = prepare(&self.restore, keys, stamp);
        call.arg(micros(settings.held()));
        for (id, free_in) in slots {
            call.arg(id).arg(micros(*free_in));
        }
        call.invoke_async(connection).await
    }
}

/// The keys, and the arguments that `clock.lua` reads.
fn prepare<'a>(script: &'a Script, keys: &Keys, stamp: &Stamp) -> ScriptInvocation<'a> {
    let mut call = script.key(&keys.clock);
    for window in &keys.windows {
        call.key(&window.slots).key(&window.queue).key(&window.leases);
    }
    match &stamp.fleet_time {
        Some(seen) => call.arg(seen.time).arg(seen.slack).arg(&*seen.epoch),
        None => call.arg("").arg("").arg(""),
    };
    // A name for a new epoch, which Redis uses only if it has none.
    call.arg(format!("{:016x}", fastrand::u64(..))).arg(stamp.skew_us);
    call
}

#[cfg(test)]
mod tests {
    use super::Keys;
    use crate::settings::Settings;

    /// The text between the first `{` and the next `}`, which must not be empty.
    fn tag(key: &str) -> &str {
        let (_, rest) = key.split_once('{').expect("a tag");
        let (tag, _) = rest.split_once('}').expect("a tag");
        assert!(!tag.is_empty(), "{key}");
        tag
    }

    #[test]
    fn keys_share_one_hash_tag() {
        let names = [
            ("truto", "main", "truto:{main}"),
            ("truto", "", "truto:{default}"),
            ("truto", "{}", "truto:{default}"),
            ("a{}b", "main", "ab:{main}"),
            ("", "ma{in}", ":{main}"),
        ];
        for (prefix, token, start) in names {
            let settings = Settings::default().with_names(prefix, token);
            let keys = Keys::new(&settings, "cc3eeaf95b3bf449");
            assert_eq!(keys.clock, format!("{start}:clock"));
            let windows: Vec<_> = keys.windows.iter().map(|window| &*window.slots).collect();
            let account = format!("{start}:account:cc3eeaf95b3bf449:slots");
            assert_eq!(windows, [&*account, &*format!("{start}:token:slots")]);
            for window in &keys.windows {
                for key in [&window.slots, &window.queue, &window.leases] {
                    assert_eq!(tag(key), tag(&keys.clock));
                }
            }
        }
    }

    #[test]
    fn only_windows_with_a_limit_have_keys() {
        let counts = [(50, "a", 2), (50, "", 1), (0, "a", 1)];
        for (per_account, account, expected) in counts {
            let settings = Settings { per_account, ..Settings::default() };
            assert_eq!(Keys::new(&settings, account).windows.len(), expected);
        }
    }
}
