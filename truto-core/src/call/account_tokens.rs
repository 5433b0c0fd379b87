//! Tokens of one integrated account, created with the token of the environment.

use std::fmt;
use std::time::Duration;

use http::Method;
use serde::Deserialize;
use serde_json::json;

use crate::endpoint::Role;
use crate::request::RawRequest;
use crate::{AccessToken, Account, Client, Endpoint, Error, Request, TokenSource};

/// Creating a token does not invalidate another one, so the request is treated like a GET.
static ENDPOINT: Endpoint =
    Endpoint::new(Method::POST, "/integrated-account/token", Role::Admin).safe();

/// Lifetime of such a token at Truto.
const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// A [`TokenSource`] for tokens of one integrated account; see [`Client::account_tokens`].
#[derive(Clone)]
pub struct AccountTokens {
    account: Account,
    id: String,
}

#[derive(Deserialize)]
struct TokenResponse {
    integrated_account_token: String,
}

impl Client {
    /// Returns a source of tokens that give access to one integrated account only, for a client that is
    /// passed to less trusted code.
    ///
    /// Each token is valid for 15 minutes; a new one is requested a minute before it expires
    /// (`POST /integrated-account/token`, with this client's token). A client that uses them makes its
    /// calls on [`token_account`](Self::token_account), since the token already identifies its account.
    ///
    /// ```
    /// # fn main() -> Result<(), truto_core::Error> {
    /// use truto_core::Client;
    ///
    /// let all = Client::new("test-token")?;
    /// let source = all.account_tokens("62f44730-dd91-461e-bd6a-aedd9e0ad79d")?;
    /// let one = Client::builder().token_source(source).build()?;
    /// let account = one.token_account();
    /// # let _ = account;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// See [Truto's page on authentication](https://truto.one/docs/api-reference/overview/authentication).
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_request`] if the id is not a hyphenated UUID.
    pub fn account_tokens(&self, id: impl AsRef<str>) -> Result<AccountTokens, Error> {
        let id = id.as_ref();
        self.account(id)?;
        Ok(AccountTokens { account: self.token_account(), id: id.to_owned() })
    }
}

impl TokenSource for AccountTokens {
    type Error = Error;

    async fn token(&self) -> Result<AccessToken, Error> {
        let request = Request::<TokenResponse>::from_raw(RawRequest::new(&ENDPOINT, &[]));
        let request = request.body(&json!({ "integrated_account_id": self.id }));
        let made = request.send(&self.account).await?;
        Ok(AccessToken::from(made.integrated_account_token).expires_in(LIFETIME))
    }
}

impl fmt::Debug for AccountTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountTokens").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::fixtures::server;

    #[tokio::test]
    async fn a_token_of_an_account_expires_after_a_quarter_of_an_hour() {
        const RESPONSE: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 37\r\n\r\n\
                                 {\"integrated_account_token\":\"minted\"}";
        let base = server(b"}", RESPONSE);
        let client = Client::builder().token("test-token").base_url(base).build();
        let tokens =
            client.expect("a client").account_tokens("62f44730-dd91-461e-bd6a-aedd9e0ad79d");
        let token = tokens.expect("an id").token().await.expect("a token");
        assert_eq!(token.lifetime, Some(Duration::from_secs(900)));
    }

    #[test]
    fn debug_output_does_not_name_the_account() {
        let client = Client::builder().token("test-token").build().expect("a client");
        let tokens = client.account_tokens("62f44730-dd91-461e-bd6a-aedd9e0ad79d");
        assert_eq!(format!("{:?}", tokens.expect("an id")), "AccountTokens { .. }");
    }
}
