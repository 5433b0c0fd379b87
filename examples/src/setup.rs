//! The target of the examples: the sandbox, or the real API if the environment names an account.

use std::error::Error;

use truto_core::{Account, Client};
use truto_sandbox::Sandbox;

/// An account to call, and the sandbox behind it if there is one.
#[derive(Debug)]
pub struct Setup {
    /// The account to call.
    pub account: Account,
    /// The sandbox; `None` on the real API.
    pub sandbox: Option<Sandbox>,
}

impl Setup {
    /// Selects the real API if `TRUTO_API_TOKEN` and `TRUTO_INTEGRATED_ACCOUNT_ID` are set, a sandbox if neither is.
    ///
    /// # Errors
    ///
    /// If only one of them is set, if one cannot be used, or if no sandbox can be started.
    pub async fn from_env() -> Result<Self, Box<dyn Error>> {
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        match (set("TRUTO_API_TOKEN"), set("TRUTO_INTEGRATED_ACCOUNT_ID")) {
            (Some(_), Some(id)) => {
                Ok(Self { account: Client::from_env()?.account(id)?, sandbox: None })
            }
            (Some(_), None) => {
                Err("TRUTO_API_TOKEN is set: set TRUTO_INTEGRATED_ACCOUNT_ID, too, \
                to call the real API, or neither of them to use the sandbox"
                    .into())
            }
            (None, Some(_)) => {
                Err("TRUTO_INTEGRATED_ACCOUNT_ID is set: set TRUTO_API_TOKEN, too, \
                to call the real API, or neither of them to use the sandbox"
                    .into())
            }
            (None, None) => {
                let sandbox = Sandbox::start().await?;
                Ok(Self { account: sandbox.account(), sandbox: Some(sandbox) })
            }
        }
    }
}
