//! A rate limit for [`truto-core`](truto_core) clients, shared by all processes through Redis.
//!
//! Truto counts 50 calls per account and 500 per token in any 10 seconds, whichever process makes them.
//! [`RedisLimiter`] keeps both windows in one Redis instance: each attempt requests its turn in one
//! round trip, or in a few if it has to wait. When Truto's response arrives, the limiter reports that to
//! Redis in the background.
//!
//! ```no_run
//! use truto_core::Client;
//! use truto_redis::RedisLimiter;
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let redis = redis::Client::open("redis://127.0.0.1/")?;
//! let connection = redis.get_connection_manager().await?;
//! let limiter = RedisLimiter::builder(connection).processes(8).build();
//! let client = Client::builder().token("s3cret-api-token").limiter(limiter).build()?;
//! # let _ = client;
//! # Ok(())
//! # }
//! ```
//!
//! `get_connection_manager` needs the features `connection-manager` and `tokio-comp` of the `redis` crate.
//! Any other asynchronous connection of that crate works as well if it can be cloned. With
//! `get_connection_manager_lazy`, a program can start even while Redis is unavailable; until it is
//! available, the program uses its share of the limit.
//!
//! # Guarantees
//!
//! - **Windows as Truto counts them.** A call occupies its slot from its turn until one window after the
//!   head of its response arrived; without a response, until at least one window and one second after
//!   sending began. A script grants a slot only if one is free at that moment, so no window holds more calls
//!   than the limit.
//! - **Order.** Calls that find no slot are queued in Redis, in the order of arrival, and ask again when
//!   their turn is due. A long queue of one account takes no slots of the token's window from other
//!   accounts.
//! - **Background calls** ([`Account::background`](truto_core::Account::background)) let all other
//!   calls of the next 30 seconds go first, and fill at most four fifths of a window. After 30 seconds
//!   they are treated like any other call.
//! - **No leaked slots.** A call that cannot get its turn in time is denied by the script and takes no slot.
//!   A turn that is not used is given back. The slots of a killed process are freed after their longest
//!   lifetime.
//! - **Clocks.** All processes use Redis's clock, and each compares it with its own monotonic clock,
//!   whose drift it assumes to be at most a thousandth of the time since the last response. If Redis's
//!   clock jumps by up to an hour, in either direction, the windows are not affected.
//!   A process that got no response for an hour takes the time from Redis again, like a new process.
//! - **Outages.** If Redis is down or slow, a call is delayed by at most 100 ms (or the time that you set
//!   with [`Builder::patience`]), once. Then a breaker opens: calls proceed under this process's share of the
//!   limit ([`Builder::processes`]). Turns that Redis has already granted to the process count toward that
//!   share. One probe per second checks whether Redis is available again. Once it is, each process reports
//!   the turns that Redis has no record of, and stays within its share for two more seconds, until the others
//!   have reported theirs. If Redis was restarted without its data, the windows are restored in the same
//!   way.
//!
//! # Limits of the guarantees
//!
//! If a single process cannot reach Redis, the others do not see its calls: until it is connected again,
//! its share is used in addition to theirs. A failover to a replica loses the turns that were not
//! replicated. If Redis's clock jumps forward and the next call comes from a process that has just
//! started, the turns before the jump are forgotten, since that process has no earlier time to compare
//! with. After a loss of all data, the turns of a process that makes no call within the next window are
//! not restored.
//!
//! # Redis
//!
//! A call costs Redis about 30 microseconds of CPU time. An account takes about 330 bytes from its
//! first call until it has made no call for an hour. Neither figure depends on the number of accounts;
//! both were measured with a million. Keys live for an hour longer than their slots, since Redis
//! expires them by its own clock, which may jump.
//!
//! Requires Redis 6.2 or later, or a compatible server. Set a connection manager's response timeout to
//! more than [`Builder::patience`].
//!
//! **Set `maxmemory-policy` to `noeviction`**, Redis's default. All keys expire, so every other policy
//! (including those named `volatile-…`) may evict a window when the memory is full. Up to a full
//! window of additional calls then gets through, and no process notices. The limiter logs one warning,
//! after the first response, if Redis has a `maxmemory` and a different policy. With `noeviction`, a full
//! Redis refuses the scripts, and the breaker opens.
//!
//! Redis stores no token and no account id: its keys contain
//! [`LimitedCall::account_hash`](truto_core::LimitedCall::account_hash) instead. All keys of one limiter have
//! the same hash tag, so they are on one node of a cluster. All keys expire.
//!
//! This crate uses `redis` rather than `fred`: its few script calls per attempt need no pool and no routing
//! in the client, and most programs that use Redis from Rust already have a `redis` connection to share.
#![forbid(unsafe_code)]

mod attempt;
mod breaker;
mod builder;
mod eviction;
mod fleet_clock;
mod ledger;
mod limiter;
mod link;
mod scripts;
mod settings;

pub use builder::Builder;
pub use limiter::RedisLimiter;
pub use redis;
