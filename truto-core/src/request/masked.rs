//! Path arguments that are secrets: they are sent, but shown as their placeholders.

use std::fmt::{self, Display, Write as _};

use secrecy::{ExposeSecret, SecretString};

use super::RawRequest;
use crate::Endpoint;

/// A type that can be a secret path argument: a [`SecretString`], or a string.
///
/// Declare such an argument with the `secret` key of [`unified_endpoint`](crate::unified_endpoint)
/// or [`endpoint`](crate::endpoint).
///
/// [`SecretString`]: https://docs.rs/secrecy/0.10/secrecy/type.SecretString.html
///
/// ```
/// use truto_core::secrecy::SecretString;
/// use truto_core::endpoint;
///
/// #[endpoint(method = "POST", path = "/mcp/<token>", secret = "token", name = "call", response = Self)]
/// #[derive(serde::Deserialize)]
/// struct Answer {}
///
/// let token = SecretString::from("s3cret");
/// assert_eq!(Answer::call(&token).path(), "/mcp/<token>");
/// assert_eq!(Answer::call(&token), Answer::call("s3cret"));
/// assert_ne!(Answer::call(&token), Answer::call("another"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a secret path argument",
    label = "expected a `SecretString` or text"
)]
pub trait SecretArgument: private::Sealed {
    /// The text that is sent.
    #[doc(hidden)]
    fn exposed(&self) -> &str;
}

mod private {
    pub trait Sealed {}

    impl Sealed for secrecy::SecretString {}
    impl Sealed for String {}
    impl Sealed for str {}
    impl<T: Sealed + ?Sized> Sealed for &T {}
}

impl SecretArgument for SecretString {
    fn exposed(&self) -> &str {
        self.expose_secret()
    }
}

impl SecretArgument for String {
    fn exposed(&self) -> &str {
        self
    }
}

impl SecretArgument for str {
    fn exposed(&self) -> &str {
        self
    }
}

impl<T: SecretArgument + ?Sized> SecretArgument for &T {
    fn exposed(&self) -> &str {
        (**self).exposed()
    }
}

/// The path as it is shown, and the secrets that the sent path contains.
#[derive(Clone)]
pub(crate) struct Masked {
    pub(super) path: String,
    pub(crate) secrets: Vec<SecretString>,
}

impl Masked {
    /// `None` for an endpoint without secret placeholders.
    pub(super) fn new(endpoint: &'static Endpoint, arguments: &[&dyn Display]) -> Option<Self> {
        if endpoint.secret.is_empty() {
            return None;
        }
        // An endpoint without secrets, and with the secret arguments replaced by their placeholders.
        let shown = RawRequest::filled(endpoint, arguments, true).0;
        // A `Display` that fails is refused with the path; `to_string` would panic.
        let secret = |position: &usize| {
            let mut text = String::new();
            write!(text, "{}", arguments.get(*position)?).ok().map(|()| text)
        };
        let secrets = endpoint.secret.iter().filter_map(secret).map(SecretString::from).collect();
        Some(Self { path: shown, secrets })
    }
}

/// Always equal: requests are compared by the sent path, which differs whenever this does.
impl PartialEq for Masked {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Masked").field("path", &self.path).finish_non_exhaustive()
    }
}
