use http::StatusCode;
use serde::Serialize;

use super::Sandbox;
use super::fault::Fault;
use super::record::Reply;
use super::rules::Action;

/// What happens to requests like one; made by [`Sandbox::when`].
///
/// Each [`reply`](Self::reply) or [`fail`](Self::fail) adds a step. A step is used once if another
/// follows, else for ever; [`times`](Self::times) bounds the step before it. Requests beyond the last
/// step are handled by the sandbox itself.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use serde_json::{Value, json};
/// use truto_core::{Request, sandbox::{Fault, Sandbox}};
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
    /// If the body cannot be written as JSON.
    #[track_caller]
    pub fn reply(self, body: impl Serialize) -> Self {
        self.reply_status(200, body)
    }

    /// Responds with a status and a JSON body.
    ///
    /// # Panics
    ///
    /// If the status is not one (100 to 999), or the body cannot be written as JSON.
    #[track_caller]
    pub fn reply_status(self, status: u16, body: impl Serialize) -> Self {
        assert!(
            StatusCode::from_u16(status).is_ok(),
            "{status} is not an HTTP status"
        );
        let body = match serde_json::to_value(body) {
            Ok(body) => body,
            Err(error) => panic!("the reply cannot be written as JSON: {error}"),
        };
        self.step(Action::Reply(Reply::json(status, &body)))
    }

    /// Fails as scripted.
    pub fn fail(self, fault: Fault) -> Self {
        self.step(Action::Fail(fault))
    }

    /// How often the step before is used.
    ///
    /// # Panics
    ///
    /// If there is no step yet.
    #[track_caller]
    pub fn times(self, times: u32) -> Self {
        let bounded = self
            .sandbox
            .with(|state| state.rules.times(self.rule, times));
        assert!(bounded, "`times` bounds the `reply` or `fail` before it");
        self
    }

    fn step(self, action: Action) -> Self {
        self.sandbox
            .with(|state| state.rules.step(self.rule, action));
        self
    }
}
