//! A rate limit that a fleet shares through Redis, for [`truto-core`](truto_core) clients.
//!
//! Truto counts 50 calls per account and 500 per token in any 10 seconds, whichever process makes them.
//! [`RedisLimiter`] keeps both windows in one Redis: each attempt asks for its turn in one round trip.
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
//! # Guarantees
//!
//! - **Windows by the server's count.** A call has its slot from its turn until one window after the head of its
//!   response arrived; without a response, until one window and one second after sending began. A script grants a
//!   slot only if one is free at that moment, so no window holds more calls than the limit.
//! - **Order.** Calls that find no slot line up in Redis, in the order of arrival, and ask again when their turn is
//!   due. A long queue of one account takes no room of the others in the token's window.
//! - **Background calls** ([`Account::background`](truto_core::Account::background)) let all others of the next 30
//!   seconds pass and fill at most four fifths of a window; after 30 seconds they are like any other call.
//! - **Nothing left behind.** A call whose time would run out is denied in the script and takes no slot. A turn that
//!   is not used is given back. Slots of a killed process are free again after their longest time.
//! - **Clocks.** Only Redis's clock counts. Each process checks it by its own monotonic clock: when it jumps, in
//!   either direction, the time of the windows continues without the jump.
//! - **Outages.** A Redis that is down or slow delays a call by at most 100 ms, once. Then a breaker opens:
//!   calls proceed under this process's share of the limit ([`Builder::processes`]), in which the turns that Redis
//!   granted count as well, and one probe per second looks whether Redis is back. Once it is, each process adds the
//!   turns that Redis does not know, and keeps to its share for two seconds more, until the others have done so. A
//!   Redis that was restarted without its data learns them again in the same way.
//!
//! # Limits of the guarantees
//!
//! A process that alone has lost Redis cannot be seen by the others: until it is back, its share comes on top of
//! what they use. A failover to a replica loses the turns that were not replicated. After a
//! loss of all data, those of a process that makes no call within the next window are not restored.
//!
//! # Redis
//!
//! A call costs Redis about 30 microseconds of processor time, and about 330 bytes until its slot is free again. Neither
//! depends on the number of accounts: measured with a million.
//!
//! Redis 6.2 or later, or a compatible server. Let the response timeout of a connection manager be longer than
//! [`Builder::patience`].
//!
//! Redis stores no token and no account id: the account is the hash of
//! [`LimitedCall::account_hash`](truto_core::LimitedCall::account_hash). All keys of one limiter have one
//! hash tag, so they live on one node of a cluster, and all expire.
//!
//! The crate `redis`, not `fred`: one script call per attempt needs no pool and no routing in the client, and most programs that use Redis from Rust have a connection of `redis` to share.
#![forbid(unsafe_code)]

mod attempt;
mod breaker;
mod builder;
mod fleet_clock;
mod ledger;
mod limiter;
mod link;
mod scripts;
mod settings;

pub use builder::Builder;
pub use limiter::RedisLimiter;
pub use redis;
