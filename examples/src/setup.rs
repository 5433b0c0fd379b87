//! Where the examples run: on the sandbox, or on the real API if the environment names an account.

use std::error::Error;

use truto_core::sandbox::Sandbox;
use truto_core::{Account, Client};

/// An account to call, and the sandbox behind it if there is one.
#[derive(Debug)]
pub struct Setup {
    /// The account to call.
    pub account: Account,
    /// The sandbox; `None` on the real API.
    pub sandbox: Option<Sandbox>,
}

impl Setup {
    /// The real API with `TRUTO_API_TOKEN` and `TRUTO_INTEGRATED_ACCOUNT_ID` set, else a sandbox.
    ///
    /// # Errors
    ///
    /// If the environment is set to what cannot be used, or no sandbox can be started.
    pub async fn from_env() -> Result<Self, Box<dyn Error>> {
        let account_id = std::env::var("TRUTO_INTEGRATED_ACCOUNT_ID");
        match account_id {
            Ok(id) if std::env::var_os("TRUTO_API_TOKEN").is_some() => Ok(Self {
                account: Client::from_env()?.account(id)?,
                sandbox: None,
            }),
            _ => {
                let sandbox = Sandbox::start().await?;
                Ok(Self {
                    account: sandbox.account(),
                    sandbox: Some(sandbox),
                })
            }
        }
    }
}
