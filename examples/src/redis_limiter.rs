//! A limit that a fleet shares: each process asks one Redis for its turns.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Client, IntoConnectionInfo, RedisError, Script};
use tokio::sync::Mutex;
use truto_core::{Denied, LimitedCall, Limiter, Turn};

/// At most so many calls an account in any window, over all processes that use the same Redis.
///
/// A list holds the turns that were handed out last, and one script, which Redis runs as a whole, hands
/// out the next one: a window after the turn that lies a whole limit back. The clock is the server's, so
/// the processes' clocks do not matter. Redis learns no token and no account id, only a hash.
pub struct RedisLimiter {
    client: Client,
    connection: Mutex<Option<MultiplexedConnection>>,
    script: Script,
    limit: u32,
    window: Duration,
}

/// Takes the account's key, the limit and the window, and returns how long to wait; in microseconds.
const SCRIPT: &str = r"
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local turn = now
local before = redis.call('LINDEX', KEYS[1], -limit)
if before then
    turn = math.max(now, before + window)
end
redis.call('RPUSH', KEYS[1], string.format('%.0f', turn))
redis.call('LTRIM', KEYS[1], -limit, -1)
redis.call('PEXPIRE', KEYS[1], math.ceil((turn - now + window) / 1000))
return string.format('%.0f', turn - now)
";

impl RedisLimiter {
    /// Needs no connection yet: one is made for the first call, and anew after each failure.
    ///
    /// # Errors
    ///
    /// If the address is not one of a Redis, as `redis://127.0.0.1/` is.
    pub fn new(
        address: impl IntoConnectionInfo,
        limit: u32,
        window: Duration,
    ) -> Result<Self, RedisError> {
        Ok(Self {
            client: Client::open(address)?,
            connection: Mutex::default(),
            script: Script::new(SCRIPT),
            limit,
            window,
        })
    }

    async fn connection(&self) -> Result<MultiplexedConnection, RedisError> {
        let mut held = self.connection.lock().await;
        if let Some(connection) = &*held {
            return Ok(connection.clone());
        }
        let connection = self.client.get_multiplexed_async_connection().await?;
        Ok(held.insert(connection).clone())
    }
}

impl Limiter for RedisLimiter {
    async fn acquire(&self, call: &LimitedCall) -> Result<Turn, Denied> {
        let mut connection = self.connection().await?;
        let mut script = self.script.key(format!("truto:turns:{}", call.account_hash()));
        script.arg(self.limit).arg(u64::try_from(self.window.as_micros()).unwrap_or(u64::MAX));
        match script.invoke_async::<u64>(&mut connection).await {
            Ok(wait) => Ok(Turn::after(Duration::from_micros(wait))),
            Err(error) => {
                *self.connection.lock().await = None;
                Err(error.into())
            }
        }
    }
}
