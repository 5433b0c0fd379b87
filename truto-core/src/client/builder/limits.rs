//! Time, retries, rate limits and sizes.

use std::time::Duration;

use super::ClientBuilder;
use crate::policy::SharedLimiter;
use crate::{Limiter, RetryPolicy, Throttle};

impl ClientBuilder {
    /// Sets the time limit of one attempt, including the response body. Default 30 s, of which
    /// connecting may take 10 s. For a [`ByteStream`](crate::ByteStream) it limits the time until the
    /// head of the response, then each wait for bytes.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the time limit of a call with all its attempts and waits. Default 120 s. For a
    /// [`ByteStream`](crate::ByteStream) it limits only the time until the head of the response.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets the time limit for establishing a connection, including TLS; it is part of the attempt's
    /// timeout. Default 10 s. Not used with [`http_client`](Self::http_client).
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Limits the total time for which the client itself may delay a call across all attempts: for
    /// its rate limits, after a 429, for a [`Limiter`] and for a token. Default: up to the deadline.
    ///
    /// As soon as it is known that the wait would be longer, the call fails
    /// ([`Error::is_throttled`](crate::Error::is_throttled)), and the attempt is not sent;
    /// [`Error::retry_after`](crate::Error::retry_after) is the wait, if it is known. If an earlier attempt
    /// of the call failed, the call ends with the error of that attempt instead, unless it was waiting for
    /// the renewal of a refused token. With zero, calls do not wait at all.
    /// [`Request::max_wait`](crate::Request::max_wait) sets it for one call.
    pub fn max_wait(mut self, max: Duration) -> Self {
        self.max_wait = Some(max);
        self
    }

    /// Sets when and how often a failed call is retried.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Makes the account's other calls wait after a 429 for as long as the server asked, instead of
    /// having them refused as well. Default true.
    ///
    /// Calls that waited are then released gradually. If a second account gets Truto's own 429 in the
    /// meantime, all calls of the client wait. A call whose deadline comes before the end of its wait
    /// fails at once, with [`Error::retry_after`](crate::Error::retry_after).
    pub fn wait_out_429(mut self, wait: bool) -> Self {
        self.wait_out_429 = wait;
        self
    }

    /// Sets the longest time for which one response delays an account's calls, even if it asks for a
    /// longer wait. After that time, the next call is sent and shows whether the limit still holds.
    /// Default 5 minutes, at most a day.
    ///
    /// It limits the waits of [`wait_out_429`](Self::wait_out_429) and, with [`Throttle::adaptive`], the wait
    /// for the end of a window, not counting a random delay of up to 10 s. The refused call itself is retried
    /// only if the full wait fits within its deadline. It then waits as long as the account's other calls;
    /// with `wait_out_429(false)`, it waits for the full time.
    pub fn max_gate(mut self, max: Duration) -> Self {
        self.max_gate = max;
        self
    }

    /// Limits the number of calls within a window. Default: no limit in the client.
    ///
    /// Calls beyond the limit wait for their turn. If the turn comes after the deadline or
    /// [`max_wait`](Self::max_wait), the call fails as soon as this is certain
    /// ([`Error::is_throttled`](crate::Error::is_throttled)), and the attempt is not sent. If an earlier
    /// attempt of the call failed, the call ends with the error of that attempt instead.
    /// [`Throttle::truto`] returns Truto's documented limits.
    pub fn throttle(mut self, limits: Throttle) -> Self {
        self.throttle = Some(limits);
        self
    }

    /// Sets your own limiter, for a limit that several processes share: see [`Limiter`]. Default none.
    ///
    /// It is consulted before each attempt, after [`throttle`](Self::throttle).
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

    /// Sets the minimum throughput of a [`ByteStream`](crate::ByteStream) in bytes per second. It is checked
    /// whenever the time spent waiting for the server adds up to `timeout`; the time during which the reader
    /// is busy does not count. Default none: a stream may be slow as long as it does not stall.
    pub fn min_throughput(mut self, bytes_per_second: u64) -> Self {
        self.min_throughput = Some(bytes_per_second);
        self
    }

    /// Sets the maximum size of a body that is read into memory, in bytes after decompression. Default
    /// 64 MiB.
    pub fn max_body_bytes(mut self, max: usize) -> Self {
        self.max_body_bytes = max;
        self
    }
}
