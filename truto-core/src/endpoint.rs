use std::fmt;

use http::Method;

#[doc(hidden)]
pub use truto_route::Role;

/// The default base URL.
pub(crate) const DEFAULT_BASE_URL: &str = "https://api.truto.one";

/// A declared endpoint: a method and a path with its placeholders.
///
/// All calls of an endpoint have the same `Endpoint`, which identifies it in errors, spans and metrics
/// without ids (OpenTelemetry's `url.template`).
///
/// ```
/// use truto_core::{Request, unified_endpoint};
///
/// #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
/// #[derive(serde::Deserialize)]
/// struct User {}
///
/// let request: Request<User> = User::get("23423523");
/// assert_eq!(request.endpoint().to_string(), "GET /unified/e-signature/users/<id>");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Endpoint {
    /// The HTTP method.
    pub method: Method,
    /// The path as declared, for example `/unified/e-signature/users/<id>`.
    pub path: &'static str,
    pub(crate) role: Role,
    /// True for a POST that only reads.
    pub(crate) safe: bool,
    /// The positions of the placeholders whose arguments are secrets.
    pub(crate) secret: &'static [usize],
}

impl Endpoint {
    pub(crate) const fn new(method: Method, path: &'static str, role: Role) -> Self {
        Self { method, path, role, safe: false, secret: &[] }
    }

    pub(crate) const fn safe(mut self) -> Self {
        self.safe = true;
        self
    }

    pub(crate) const fn secret(mut self, positions: &'static [usize]) -> Self {
        self.secret = positions;
        self
    }

    /// Returns true if the response may be wrapped in `{"result": …}`: Truto's documentation is
    /// inconsistent about custom methods.
    pub(crate) fn may_be_wrapped(&self) -> bool {
        matches!(self.role, Role::Method | Role::Custom)
    }

    /// Returns true if the method changes data, so that the outcome is unknown after a lost response.
    pub(crate) fn is_write(&self) -> bool {
        !self.safe && self.method != Method::GET && self.method != Method::HEAD
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_shown_as_method_and_template() {
        let endpoint = Endpoint::new(Method::GET, "/unified/m/r/<id>", Role::Get);
        assert_eq!(endpoint.to_string(), "GET /unified/m/r/<id>");
    }

    #[test]
    fn a_method_writes_unless_it_is_declared_safe() {
        let endpoint = |method| Endpoint::new(method, "/unified/m/r", Role::Method);
        for (method, expected) in [
            (Method::GET, false),
            (Method::HEAD, false),
            (Method::POST, true),
            (Method::PUT, true),
            (Method::PATCH, true),
            (Method::DELETE, true),
        ] {
            assert_eq!(endpoint(method.clone()).is_write(), expected, "{method}");
            assert!(!endpoint(method).safe().is_write());
        }
    }

    #[test]
    fn responses_of_custom_methods_may_be_wrapped() {
        let wrapped = |role| Endpoint::new(Method::POST, "/unified/m/r/do", role).may_be_wrapped();
        assert!(wrapped(Role::Method) && wrapped(Role::Custom));
        assert!(!wrapped(Role::Get) && !wrapped(Role::List) && !wrapped(Role::Create));
    }
}
