use std::fmt;

use http::Method;

/// Where calls go unless the client is told otherwise.
pub(crate) const DEFAULT_BASE_URL: &str = "https://api.truto.one";

/// What was declared: a method and a path with its placeholders.
///
/// It is the same for every call of an endpoint, so it names the endpoint in errors, spans and
/// metrics without an id in sight (OpenTelemetry's `url.template`).
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
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Endpoint {
    /// The HTTP method.
    pub method: Method,
    /// The path as declared, for example `/unified/e-signature/users/<id>`.
    pub path: &'static str,
}

impl Endpoint {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(method: Method, path: &'static str) -> Self {
        Self { method, path }
    }

    /// `POST /unified/<model>/<resource>/<method>`: its answer may be wrapped in `{"result": …}`.
    pub(crate) fn is_custom_method(&self) -> bool {
        self.method == Method::POST && self.path.split('/').count() > 4 && !self.path.ends_with('>')
    }

    /// Whether the method changes data, so that a lost answer leaves the outcome open.
    pub(crate) fn is_write(&self) -> bool {
        self.method != Method::GET
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
    fn custom_methods_are_posts_below_a_resource() {
        for (method, path, expected) in [
            (Method::POST, "/unified/m/r/download", true),
            (Method::POST, "/unified/m/r/<id>/cancel", true),
            (Method::POST, "/unified/m/r", false),
            (Method::POST, "/unified/m/r/<id>", false),
            (Method::GET, "/unified/m/r/download", false),
        ] {
            assert_eq!(
                Endpoint::new(method, path).is_custom_method(),
                expected,
                "{path}"
            );
        }
    }
}
