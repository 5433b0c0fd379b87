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
//! - **Windows by the server's count.** A slot is free again one window after the head of its response
//!   arrived. Turns are promised before that, by the slowest response of late and half as much again (a
//!   second at first), so a sudden rise in latency can let a few calls through too early.
//! - **Nothing left behind.** A call whose time would run out is denied in the script and takes no slot; a
//!   turn that is not used is given back.
//! - **Fairness.** Within an account, turns follow the order of arrival. A long queue of one account takes
//!   no room of the others in the token's window. Background calls
//!   ([`Account::background`](truto_core::Account::background)) fill at most four fifths of a window.
//! - **Clocks.** Only Redis's clock counts. If it runs backwards (a failover), time continues from where it
//!   was; no call is denied for longer than a window because of it.
//! - **Outages.** A Redis that is down or slow delays a call by at most 100 ms, once. Then a breaker opens:
//!   calls proceed under this process's share of the limit, and one probe per second looks whether Redis
//!   is back.
//!
//! Redis stores no token and no account id: the account is the hash of
//! [`LimitedCall::account_hash`](truto_core::LimitedCall::account_hash). All keys of one limiter have one
//! hash tag, so they live on one node of a cluster, and all expire.
#![forbid(unsafe_code)]

mod breaker;
mod limiter;
mod local;
mod scripts;

pub use limiter::{Builder, RedisLimiter};
pub use redis;
