//! The account that a token belongs to: `/integrated-account/me`.

use serde::Serialize;
use truto_core::{RemoteData, endpoint};

use crate::SecretJson;

/// The account that an account token belongs to, for use in a browser or in less trusted code.
///
/// Call the routes on a client with a token of
/// [`Client::account_tokens`](truto_core::Client::account_tokens). The shape of the response is not
/// documented, so it is returned as unparsed JSON.
#[endpoint(method = "GET", path = "/integrated-account/me", name = "get", response = RemoteData, doc = "Reads the account of the token.")]
#[endpoint(method = "PATCH", path = "/integrated-account/me", name = "update", body = UpdateOwnAccount, response = RemoteData, doc = "Updates variables of the account of the token.")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnAccount;

/// The body of [`OwnAccount::update`].
#[derive(Debug, Clone, Serialize)]
pub struct UpdateOwnAccount {
    /// Variables; merged at the top level.
    pub context: SecretJson,
}

impl UpdateOwnAccount {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(context: impl Into<SecretJson>) -> Self {
        Self { context: context.into() }
    }
}
