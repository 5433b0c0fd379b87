//! The accepted tokens and their scopes.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::TOKEN;

/// The lifetime of an account's token, as documented for Truto's.
const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// The scope of a token.
pub(super) enum TokenScope {
    /// All accounts, and the administration.
    All,
    /// One account's data.
    Account(String),
}

#[derive(Default)]
pub(super) struct MintedTokens {
    /// Token → (account id, expiry).
    of_accounts: HashMap<String, (String, Instant)>,
}

impl MintedTokens {
    /// Creates a token for an account.
    pub(super) fn mint(&mut self, account: &str) -> String {
        // Predictable, so that the same test always shows the same token; nothing real is protected by
        // it.
        let token = format!("sandbox-account-token-{}", self.of_accounts.len() + 1);
        let ends = Instant::now() + LIFETIME;
        self.of_accounts.insert(token.clone(), (account.to_owned(), ends));
        token
    }

    /// The scope of a token; `None` for one that is unknown or has expired.
    pub(super) fn scope(&self, token: &str) -> Option<TokenScope> {
        if token == TOKEN {
            return Some(TokenScope::All);
        }
        let (account, ends) = self.of_accounts.get(token)?;
        (Instant::now() < *ends).then(|| TokenScope::Account(account.clone()))
    }
}
