//! What callers implement to supply tokens.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

/// A token and how long it lives; what a [`TokenSource`] returns.
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
    /// How long the token lives, counted from when the source was asked. Default: until Truto
    /// refuses it.
    ///
    /// A new one is asked for a minute before the end, or, if the token lives at most a minute, in
    /// the last tenth of its life.
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
pub trait TokenSource: Send + Sync + 'static {
    /// Why no token could be had; the [`source`](StdError::source) of the call's error.
    type Error: Into<Box<dyn StdError + Send + Sync>>;

    /// A new token.
    ///
    /// Asked by one call at a time, when no token is cached, when the cached one is about to end, and
    /// once after Truto refused it (401).
    fn token(&self) -> impl Future<Output = Result<AccessToken, Self::Error>> + Send;
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
impl<S: TokenSource> TokenSource for Arc<S> {
    type Error = S::Error;

    async fn token(&self) -> Result<AccessToken, S::Error> {
        (**self).token().await
    }
}

/// The error of a source, shared by all calls that waited for it.
pub(crate) type SourceError = Arc<dyn StdError + Send + Sync>;

type Asked<'a> = Pin<Box<dyn Future<Output = Result<AccessToken, SourceError>> + Send + 'a>>;

/// A source of any type.
pub(crate) trait DynSource: Send + Sync {
    fn ask(&self) -> Asked<'_>;
}

impl<S: TokenSource> DynSource for S {
    fn ask(&self) -> Asked<'_> {
        Box::pin(async { self.token().await.map_err(|error| SourceError::from(error.into())) })
    }
}
