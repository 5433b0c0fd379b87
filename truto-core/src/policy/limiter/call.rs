//! Descriptions of calls and responses for a limiter.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::StatusCode;

use crate::{Endpoint, RateLimit};

/// Describes one attempt to a [`Limiter`](super::Limiter). It contains neither the token nor an id.
///
/// ```
/// use truto_core::{Endpoint, LimitedCall, Request};
///
/// # fn main() -> Result<(), truto_core::Error> {
/// let request = Request::<()>::unified(http::Method::GET, "crm", "contacts", None);
/// let call = LimitedCall::new(request.endpoint(), "62f44730-dd91-461e-bd6a-aedd9e0ad79d");
/// assert_eq!(call.account_hash(), "cc3eeaf95b3bf449");
/// assert!(!call.is_background() && call.deadline().is_none());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitedCall {
    endpoint: &'static Endpoint,
    account_hash: Arc<str>,
    label: Option<Arc<str>>,
    deadline: Option<tokio::time::Instant>,
    is_background: bool,
}

impl LimitedCall {
    /// Creates the description of a call on an account, as the client does. Useful for tests of a
    /// limiter.
    #[must_use]
    pub fn new(endpoint: &'static Endpoint, account_id: &str) -> Self {
        let account_hash = match account_id {
            "" => "".into(),
            // In lower case, as for the client's own limits: both spellings of a UUID are one account.
            id => format!("{:016x}", fnv1a(id.to_ascii_lowercase().as_bytes())).into(),
        };
        Self { endpoint, account_hash, label: None, deadline: None, is_background: false }
    }

    /// Sets the name that [`label`](Self::label) returns.
    #[must_use]
    pub fn with_label(mut self, label: Option<Arc<str>>) -> Self {
        self.label = label;
        self
    }

    /// Sets the instant that [`deadline`](Self::deadline) returns.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Option<Instant>) -> Self {
        self.deadline = deadline.map(tokio::time::Instant::from_std);
        self
    }

    /// Sets what [`is_background`](Self::is_background) returns.
    #[must_use]
    pub fn with_background(mut self, is_background: bool) -> Self {
        self.is_background = is_background;
        self
    }

    /// The endpoint as it was declared.
    #[must_use]
    pub fn endpoint(&self) -> &'static Endpoint {
        self.endpoint
    }

    /// A hash of the account's id: 16 hexadecimal digits, empty for [`Client::token_account`].
    ///
    /// It is the 64-bit FNV-1a hash of the id in lower case, the same in every process and every
    /// release, so that several processes can use it as a shared key. The hash is not a secret: it can
    /// be computed from the id.
    ///
    /// [`Client::token_account`]: crate::Client::token_account
    #[must_use]
    pub fn account_hash(&self) -> &str {
        &self.account_hash
    }

    /// The name set with [`Account::labeled`](crate::Account::labeled).
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// The instant by which the attempt must begin: the earlier of the call's deadline and the end of its
    /// `max_wait`. `None` if the deadline is beyond the range of the clock, and for a call created with
    /// [`new`](Self::new).
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline.map(tokio::time::Instant::into_std)
    }

    /// The time left until [`deadline`](Self::deadline), on tokio's clock.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        let left =
            |at: tokio::time::Instant| at.saturating_duration_since(tokio::time::Instant::now());
        self.deadline.map(left)
    }

    /// True for a call of [`Account::background`](crate::Account::background), which should yield to
    /// other calls.
    #[must_use]
    pub fn is_background(&self) -> bool {
        self.is_background
    }
}

/// The hash FNV-1a, which is the same in every process and release.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The facts of one response that concern rate limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Observation {
    /// The status of the response.
    pub status: StatusCode,
    /// The limit that the response states.
    pub rate_limit: Option<RateLimit>,
    /// The wait that the response asks for.
    pub retry_after: Option<Duration>,
    /// True for a 429 of Truto itself, not of the provider that it called.
    pub is_own_429: bool,
}

impl Observation {
    /// Creates the observation of a response that states no limit and asks for no wait.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        Self { status, rate_limit: None, retry_after: None, is_own_429: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Request;

    #[tokio::test(start_paused = true)]
    async fn a_limited_call_has_a_hash_of_the_account_id() {
        let request = Request::<()>::unified(http::Method::GET, "m", "r", None);
        let call = |id| LimitedCall::new(request.endpoint(), id);
        let upper = "62F44730-DD91-461E-BD6A-AEDD9E0AD79D";
        assert_eq!(call(upper).account_hash(), "cc3eeaf95b3bf449");
        let lower = upper.to_lowercase();
        assert_eq!(call(&lower).account_hash(), "cc3eeaf95b3bf449");
        assert_eq!(call("").account_hash(), "");
        // The test vectors of FNV-1a's authors.
        for (text, hash) in [
            ("", 0xcbf2_9ce4_8422_2325),
            ("a", 0xaf63_dc4c_8601_ec8c),
            ("foobar", 0x8594_4171_f739_67e8),
        ] {
            assert_eq!(fnv1a(text.as_bytes()), hash, "{text}");
        }

        let plain = call("");
        assert_eq!((plain.label(), plain.deadline(), plain.remaining()), (None, None, None));
        assert!(!plain.is_background());
        let deadline = tokio::time::Instant::now() + Duration::from_secs(5);
        let call = plain
            .with_label(Some("acme".into()))
            .with_deadline(Some(deadline.into_std()))
            .with_background(true);
        assert_eq!((call.label(), call.deadline()), (Some("acme"), Some(deadline.into_std())));
        assert_eq!(call.remaining(), Some(Duration::from_secs(5)));
        tokio::time::sleep(Duration::from_secs(6)).await;
        assert_eq!(call.remaining(), Some(Duration::ZERO));
        assert!(call.is_background());
    }
}
