//! The token of a client, or the source of its tokens.

use std::env::VarError;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::ClientBuilder;
use crate::Error;
use crate::client::token::{Token, TokenCache, TokenSource, Tokens};

/// The token or its source, as set.
#[derive(Clone)]
pub(super) enum TokenSetting {
    Fixed(SecretString),
    Source(Arc<dyn TokenSource>),
}

impl ClientBuilder {
    /// Sets the API token or integrated-account token, sent as `Authorization: Bearer …`. Required,
    /// unless there is a [`token_source`](Self::token_source).
    pub fn token(mut self, token: impl Into<SecretString>) -> Self {
        self.tokens = Some(TokenSetting::Fixed(token.into()));
        self
    }

    /// Sets a source of tokens that expire, instead of [`token`](Self::token).
    ///
    /// It is called when a token is needed, and not again until that request for a token has ended or been
    /// aborted. Its token is used until it [expires](crate::AccessToken::expires_in); shortly before that, a
    /// call requests the next one in the background. When Truto refuses a token (a 401 that is provably
    /// Truto's own), the source is called for a new one and the request is sent again, once per call. A
    /// provider's 401 does not renew the token: it means that the account must be reconnected. If the source
    /// fails, the calls that wait for its token end with an error for which [`Error::is_token`] is true.
    pub fn token_source(mut self, source: impl TokenSource) -> Self {
        self.tokens = Some(TokenSetting::Source(Arc::new(source)));
        self
    }

    /// Sets the time limit of one request to the [token source](Self::token_source). All calls that need a
    /// token wait for the same request; when the limit has passed, the source is called again. Each call
    /// waits no longer than its own deadline and [`max_wait`](Self::max_wait). Default 30 s.
    pub fn token_timeout(mut self, timeout: Duration) -> Self {
        self.token_timeout = timeout;
        self
    }

    /// Takes the token from `TRUTO_API_TOKEN` and the base URL from `TRUTO_API_BASE_URL`, if they are
    /// set. An empty variable counts as unset. [`build`](Self::build) reports a variable that is not
    /// UTF-8.
    pub fn from_env(mut self) -> Self {
        match set_text(std::env::var("TRUTO_API_TOKEN")) {
            Ok(Some(token)) => self = self.token(token),
            Ok(None) => {}
            Err(()) => {
                self.env_error =
                    Some("the environment variable `TRUTO_API_TOKEN` is not valid UTF-8");
            }
        }
        match set_text(std::env::var("TRUTO_API_BASE_URL")) {
            Ok(Some(url)) => self.base_url = url,
            Ok(None) => {}
            Err(()) => {
                self.env_error =
                    Some("the environment variable `TRUTO_API_BASE_URL` is not valid UTF-8");
            }
        }
        self
    }

    /// Returns true if a token or a token source was set.
    pub(in crate::client) fn has_token(&self) -> bool {
        self.tokens.is_some() || self.env_error.is_some()
    }
}

/// The tokens of a client with these settings.
pub(super) fn tokens(setting: Option<TokenSetting>, timeout: Duration) -> Result<Tokens, Error> {
    let fixed = |token| {
        Token::new(token, 0)
            .map(Tokens::Fixed)
            .map_err(|why| Error::invalid(format!("the token {why}")))
    };
    match setting {
        Some(TokenSetting::Source(source)) => Ok(Tokens::Source(TokenCache::new(source, timeout))),
        Some(TokenSetting::Fixed(token)) => fixed(token),
        // The check of an empty token has the message for a missing one.
        None => fixed(SecretString::default()),
    }
}

/// The text of an environment variable; an empty value counts as unset, and one that is not UTF-8 is an
/// error.
fn set_text(variable: Result<String, VarError>) -> Result<Option<String>, ()> {
    match variable {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_is_unset_and_one_without_utf_8_is_an_error() {
        for (variable, expected) in [
            (Ok("text".to_owned()), Ok(Some("text".to_owned()))),
            (Ok(String::new()), Ok(None)),
            (Err(VarError::NotPresent), Ok(None)),
            (Err(VarError::NotUnicode("text".into())), Err(())),
        ] {
            let shown = format!("{variable:?}");
            assert_eq!(set_text(variable), expected, "{shown}");
        }
    }
}
