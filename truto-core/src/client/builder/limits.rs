//! Time, retries, rate limits and sizes.

use std::time::Duration;

use super::ClientBuilder;
use crate::policy::SharedLimiter;
use crate::{Limiter, RetryPolicy, Throttle};

impl ClientBuilder {
    /// Limit of one attempt, its body included. Default 30 s; connecting takes at most 10 s
    /// of it. For a [`ByteStream`](crate::ByteStream) it bounds the head, then each wait for bytes.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Limit of a call with all its attempts and waits. Default 120 s.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Limit of establishing a connection, TLS included; part of the attempt's timeout.
    /// Default 10 s. Not used with [`http_client`](Self::http_client).
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Limits the time for which the client itself holds a call back, over all its attempts: at its rate
    /// limits, at the gate that a 429 closed, at a [`Limiter`] and for a token. Default: up to the deadline.
    ///
    /// A longer wait is an error at once ([`Error::is_throttled`](crate::Error::is_throttled)), with the
    /// wait as [`Error::retry_after`](crate::Error::retry_after) if it is known, and nothing is sent. Zero
    /// does not wait at all. A single call may have its own:
    /// [`Request::max_wait`](crate::Request::max_wait).
    pub fn max_wait(mut self, max: Duration) -> Self {
        self.max_wait = Some(max);
        self
    }

    /// When and how often a call is sent again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Makes the account's other calls wait after a 429 for as long as the server asked, instead of
    /// sending them into the limit. Default true.
    ///
    /// Calls that waited are let through spread out. When a second account gets a 429 of Truto's own
    /// within the same time, all calls of the client wait. A wait that does not fit a call's deadline
    /// is an error at once, with [`Error::retry_after`](crate::Error::retry_after).
    pub fn wait_out_429(mut self, wait: bool) -> Self {
        self.wait_out_429 = wait;
        self
    }

    /// The longest time for which one response holds back an account's calls, whatever it asks for.
    /// Then the next call asks the server again. Default 5 minutes, at most a day.
    ///
    /// It bounds the gate of [`wait_out_429`](Self::wait_out_429), and the wait of
    /// [`Throttle::adaptive`] for a window to end. The wait before a retry of the refused call itself is
    /// bounded by its deadline alone.
    pub fn max_gate(mut self, max: Duration) -> Self {
        self.max_gate = max;
        self
    }

    /// Limits the number of calls within a window. Default no limit of our own.
    ///
    /// Calls over the limit wait for their turn within their deadline and [`max_wait`](Self::max_wait). One
    /// whose turn comes later ends at once with [`Error::is_throttled`](crate::Error::is_throttled) and is
    /// not sent. [`Throttle::truto`] has Truto's documented limits.
    pub fn throttle(mut self, limits: Throttle) -> Self {
        self.throttle = Some(limits);
        self
    }

    /// A limiter of your own, for a limit that several processes share: see [`Limiter`]. Default none.
    ///
    /// It is asked before each attempt, after [`throttle`](Self::throttle).
    ///
    /// ```
    /// # use truto_core::{Denied, LimitedCall, Limiter, Turn};
    /// # struct Fleet;
    /// # impl Limiter for Fleet {
    /// #     async fn acquire(&self, _: &LimitedCall) -> Result<Turn, Denied> {
    /// #         Ok(Turn::now())
    /// #     }
    /// # }
    /// use truto_core::{Client, Throttle};
    ///
    /// // The client's own limits also hold while the shared one is unavailable.
    /// let client = Client::builder().token("test-token").throttle(Throttle::truto()).limiter(Fleet).build()?;
    /// # Ok::<_, truto_core::Error>(())
    /// ```
    pub fn limiter(mut self, limiter: impl Limiter) -> Self {
        self.limiter = Some(SharedLimiter::new(limiter));
        self
    }

    /// The least speed of a [`ByteStream`](crate::ByteStream) in bytes per second, measured over each
    /// stretch of `timeout`. Default none: a stream may be as slow as it likes while it does not stall.
    pub fn min_throughput(mut self, bytes_per_second: u64) -> Self {
        self.min_throughput = Some(bytes_per_second);
        self
    }

    /// The largest body that is read into memory, in bytes after decompression. Default 64 MiB.
    pub fn max_body_bytes(mut self, max: usize) -> Self {
        self.max_body_bytes = max;
        self
    }
}
