//! The token of a call: a fixed one, or one from a source.

mod cache;
mod failure;
mod flight;
mod refusals;
#[cfg(test)]
mod schedules;
mod source;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

pub(crate) use cache::TokenCache;
pub use source::{AccessToken, TokenSource};

use crate::Error;

/// A token that can be sent.
#[derive(Clone)]
pub(crate) struct Token {
    secret: Arc<SecretString>,
    header: HeaderValue,
    /// The number of this token among those of its source, so that a call can detect a newer one.
    pub(crate) generation: u64,
    /// The tokens before it, newest first: requests with them may still be in flight.
    retired: Arc<[SecretString]>,
    /// The time at which each of them was replaced.
    retired_at: Arc<[Instant]>,
}

impl Token {
    /// Checks that the token can be sent; the error is the reason why not.
    pub(crate) fn new(secret: SecretString, generation: u64) -> Result<Self, &'static str> {
        let header = header(secret.expose_secret())?;
        Ok(Self {
            secret: Arc::new(secret),
            header,
            generation,
            retired: Arc::default(),
            retired_at: Arc::default(),
        })
    }

    /// Replaces another token, and remembers it with at most `max - 1` of those before.
    fn after(self, before: Option<&Self>, max: usize) -> Self {
        let Some(before) = before else { return self };
        let older = before.retired().iter().take(max - 1).cloned();
        let retired: Arc<[_]> = std::iter::once((*before.secret).clone()).chain(older).collect();
        let times = std::iter::once(Instant::now()).chain(before.retired_at.iter().copied());
        Self { retired_at: times.take(retired.len()).collect(), retired, ..self }
    }

    pub(crate) fn expose(&self) -> &str {
        self.secret.expose_secret()
    }

    /// The tokens before it that may still be in use, newest first.
    pub(crate) fn retired(&self) -> &[SecretString] {
        let recent = self.retired_at.partition_point(|at| at.elapsed() < RETIRED_FOR);
        &self.retired[..recent]
    }

    /// The value of `Authorization`.
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }
}

/// The time for which a replaced token may still be in use: longer than any call but a stream takes.
const RETIRED_FOR: Duration = Duration::from_secs(3_600);

/// A shorter token would be redacted out of ordinary words in errors.
const MIN_LENGTH: usize = 8;

fn header(token: &str) -> Result<HeaderValue, &'static str> {
    if token.is_empty() {
        return Err("is missing; set it with `token(..)`");
    }
    if token.starts_with(['"', '\'']) || token.ends_with(['"', '\'']) {
        return Err("is in quotes; remove them");
    }
    if token.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer ")) {
        return Err("starts with `Bearer `, which the client adds itself; remove it");
    }
    if token.len() < MIN_LENGTH && token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("is shorter than 8 characters; Truto's tokens are longer");
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(
            "contains a space, a line break or another character that tokens cannot contain",
        );
    }
    let mut value = HeaderValue::try_from(format!("Bearer {token}"))
        .map_err(|_| "cannot be sent in a header")?;
    value.set_sensitive(true);
    Ok(value)
}

/// The tokens of one client.
pub(crate) enum Tokens {
    Fixed(Token),
    Source(TokenCache),
}

impl Tokens {
    /// The token to send now; a source is asked if none is cached.
    pub(crate) async fn current(&self, deadline: Deadline) -> Result<Token, Error> {
        match self {
            Self::Fixed(token) => Ok(token.clone()),
            Self::Source(cache) => cache.current(deadline).await,
        }
    }

    /// A replacement for a token that Truto refused; `None` if there is none.
    pub(crate) async fn renewed(
        &self,
        refused: &Token,
        deadline: Deadline,
    ) -> Result<Option<Token>, Error> {
        match self {
            Self::Fixed(_) => Ok(None),
            Self::Source(cache) => cache.renewed(refused, deadline).await,
        }
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fixed(_) => "fixed",
            Self::Source(_) => "source",
        })
    }
}

/// The time by which a call must end, and its full duration, for the text of a timeout.
#[derive(Clone, Copy)]
pub(crate) struct Deadline {
    pub(crate) at: Option<Instant>,
    pub(crate) after: Duration,
}
