use std::sync::Arc;

use serde::Serialize;

use super::fault::Fault;
use super::record::Recorded;
use super::reply::Reply;
use super::rules::Action;
use super::{ACCOUNT_ID, Sandbox};
use truto_core::Account;

/// A script for requests like a given one, created by [`Sandbox::when`].
///
/// Each [`reply`](Self::reply) or [`fail`](Self::fail) adds a step. A step is used once if another one
/// follows it, otherwise for all further requests; [`times`](Self::times) sets a different number of uses
/// for the preceding step. Once all steps are used up, the next matching script applies; if there is
/// none, the sandbox handles the request itself.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use serde_json::{Value, json};
/// use truto_core::Request;
/// use truto_sandbox::{Fault, Sandbox};
///
/// let sandbox = Sandbox::start().await?;
/// let user = Request::<Value>::unified("GET", "crm", "users", "7");
/// sandbox.when(&user).fail(Fault::status(502)).times(2).reply(json!({"id": "7"}));
///
/// assert_eq!(user.send(&sandbox.account()).await?["id"], "7");
/// assert_eq!(sandbox.received(&user), 3);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct When<'a> {
    pub(super) sandbox: &'a Sandbox,
    pub(super) rule: usize,
}

#[allow(
    clippy::return_self_not_must_use,
    clippy::must_use_candidate,
    reason = "each step acts at once"
)]
impl When<'_> {
    /// Responds with status 200 and a JSON body.
    ///
    /// # Panics
    ///
    /// If the body cannot be serialized to JSON.
    #[track_caller]
    pub fn reply(self, body: impl Serialize) -> Self {
        self.reply_status(200, body)
    }

    /// Responds with a status and a JSON body.
    ///
    /// # Panics
    ///
    /// If the status is not between 200 and 999, or the body cannot be serialized to JSON.
    #[track_caller]
    pub fn reply_status(self, status: u16, body: impl Serialize) -> Self {
        self.step(Action::Reply(Reply::json(status, body)))
    }

    /// Responds with the result of `handler` for each request.
    ///
    /// A failed `assert!` in it fails the test with its message.
    pub fn reply_with<R: Into<Reply>>(
        self,
        handler: impl Fn(&Recorded) -> R + Send + Sync + 'static,
    ) -> Self {
        self.step(Action::Handle(Arc::new(move |received| handler(received).into())))
    }

    /// Responds with a fault.
    pub fn fail(self, fault: Fault) -> Self {
        self.step(Action::Fail(fault))
    }

    /// Sets the number of uses of the preceding step.
    ///
    /// # Panics
    ///
    /// If no step was added before.
    #[track_caller]
    pub fn times(self, times: u32) -> Self {
        let has_step = self.sandbox.with(|state| state.rules.times(self.rule, times));
        assert!(
            has_step,
            "`times` sets the number of uses of the preceding step; add a step such as `reply` or `fail` first"
        );
        self
    }

    /// Restricts the rule to calls on this account.
    pub fn on(self, account: &Account) -> Self {
        let account = account.id().unwrap_or(ACCOUNT_ID).to_ascii_lowercase();
        self.sandbox.with(|state| state.rules.of_account(self.rule, &account));
        self
    }

    fn step(self, action: Action) -> Self {
        self.sandbox.with(|state| state.rules.step(self.rule, action));
        self
    }
}
