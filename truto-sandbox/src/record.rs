use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::Value;

use super::query::Query;

/// A request as the sandbox received it.
///
/// ```
/// # truto_sandbox::__doc::run(async |sandbox, account| {
/// # use truto_sandbox::__doc::User;
/// User::get("a").exclude_fields(["name"]).send(&account).await?;
/// let received = &sandbox.requests()[0];
/// assert_eq!(received.path, "/unified/e-signature/users/a");
/// assert_eq!(received.parameter("truto_exclude_fields[]"), ["name"]);
/// # Ok(())
/// # })
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Recorded {
    /// The HTTP method.
    pub method: Method,
    /// The path as received, percent-encoded.
    pub path: String,
    /// The query as received, percent-encoded, without the `?`.
    pub query: String,
    /// The headers; `Authorization` is marked as sensitive.
    pub headers: HeaderMap,
    /// The body's bytes.
    pub body: Bytes,
}

impl Recorded {
    /// The body as JSON; `Null` if it is not JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The values of a query parameter by its decoded name, for example `truto_exclude_fields[]`.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Vec<String> {
        Query::parse(&self.query).values(name)
    }
}
