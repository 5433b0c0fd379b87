//! Supplies tokens; implemented by users.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

/// A token with its lifetime, as returned by a [`TokenSource`].
///
/// ```
/// use std::time::Duration;
/// use truto_core::AccessToken;
///
/// let token = AccessToken::from("token".to_owned()).expires_in(Duration::from_secs(900));
/// # let _ = token;
/// ```
#[derive(Clone)]
pub struct AccessToken {
    pub(crate) secret: SecretString,
    pub(crate) lifetime: Option<Duration>,
}

impl AccessToken {
    /// Sets the lifetime of the token, counted from the request to the source. Default: until Truto
    /// refuses it.
    ///
    /// A new token is requested a minute before this one expires or, if its lifetime is less than two
    /// minutes, in the last tenth of it.
    #[must_use]
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }
}

impl From<SecretString> for AccessToken {
    fn from(secret: SecretString) -> Self {
        Self { secret, lifetime: None }
    }
}

impl From<String> for AccessToken {
    fn from(token: String) -> Self {
        SecretString::from(token).into()
    }
}

impl From<&str> for AccessToken {
    fn from(token: &str) -> Self {
        SecretString::from(token).into()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken").field("expires_in", &self.lifetime).finish_non_exhaustive()
    }
}

/// Supplies a client with tokens; see [`ClientBuilder::token_source`](crate::ClientBuilder::token_source).
///
/// Implemented for every closure that returns a future of a token:
///
/// ```
/// use std::io;
/// use std::time::Duration;
/// use truto_core::{AccessToken, Client};
///
/// # fn main() -> Result<(), truto_core::Error> {
/// let client = Client::builder()
///     .token_source(|| async {
///         let token = std::env::var("TRUTO_API_TOKEN").map_err(io::Error::other)?;
///         Ok::<_, io::Error>(AccessToken::from(token).expires_in(Duration::from_secs(3600)))
///     })
///     .build()?;
/// # let _ = client;
/// # Ok(())
/// # }
/// ```
///
/// See [Truto's page on authentication](https://truto.one/docs/api-reference/overview/authentication).
///
/// It is dyn-compatible: `Arc<dyn TokenSource>` is itself a `TokenSource`, so that a program can choose
/// its source at run time:
///
/// ```
/// use std::io;
/// use std::sync::Arc;
/// use truto_core::{AccessToken, Client, TokenSource};
///
/// let source: Arc<dyn TokenSource> = if std::env::var_os("VAULT_ADDR").is_some() {
///     Arc::new(|| async { Err::<AccessToken, _>(io::Error::other("the vault is sealed")) })
/// } else {
///     Arc::new(|| async { Ok::<_, io::Error>(AccessToken::from("test-token")) })
/// };
/// let client = Client::builder().token_source(source).build()?;
/// # let _ = client;
/// # Ok::<_, truto_core::Error>(())
/// ```
pub trait TokenSource: ErasedTokenSource + Send + Sync + 'static {
    /// The error of a failed request for a token. It becomes the [`source`](StdError::source) of the
    /// call's error.
    type Error: Into<Box<dyn StdError + Send + Sync>>
    where
        Self: Sized;

    /// Returns a new token.
    ///
    /// Called if no token is cached, if the cached one is about to expire, and once after Truto refused it
    /// (401), but not until the previous request has ended or been aborted. If Truto refuses more than five
    /// fresh tokens in a row, the source is called less often, and the calls in between end with the 401.
    fn token(&self) -> impl Future<Output = Result<AccessToken, Self::Error>> + Send
    where
        Self: Sized;
}

impl<F, R, T, E> TokenSource for F
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Future<Output = Result<T, E>> + Send,
    T: Into<AccessToken>,
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    type Error = E;

    async fn token(&self) -> Result<AccessToken, E> {
        self().await.map(Into::into)
    }
}

/// A source that several clients share.
impl<S: TokenSource + ?Sized> TokenSource for Arc<S> {
    type Error = Box<dyn StdError + Send + Sync>;

    async fn token(&self) -> Result<AccessToken, Self::Error> {
        (**self).token_erased().await
    }
}

/// A boxed [`TokenSource::token`], with a boxed error.
pub(super) type TokenFuture<'a> =
    Pin<Box<dyn Future<Output = Result<AccessToken, Box<dyn StdError + Send + Sync>>> + Send + 'a>>;

/// Makes [`TokenSource`] dyn-compatible. [`TokenSource::token`] returns `impl Future`, so it cannot be called
/// on a `dyn TokenSource`; this trait has a boxed version of the method. Implemented for every source; you
/// need not implement or call it.
pub trait ErasedTokenSource {
    #[doc(hidden)]
    fn token_erased(&self) -> TokenFuture<'_>;
}

impl<S: TokenSource> ErasedTokenSource for S {
    fn token_erased(&self) -> TokenFuture<'_> {
        Box::pin(async { self.token().await.map_err(Into::into) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_the_lifetime_and_no_token() {
        let token = AccessToken::from("s3cret-token");
        assert_eq!(format!("{token:?}"), "AccessToken { expires_in: None, .. }");
        let token = token.expires_in(Duration::from_secs(900));
        assert_eq!(format!("{token:?}"), "AccessToken { expires_in: Some(900s), .. }");
    }
}
