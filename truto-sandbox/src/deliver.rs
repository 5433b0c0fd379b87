//! Webhook deliveries, and the customer's side of connecting an account.

use std::io;

use serde::Serialize;
use serde_json::{Map, Value, json};
use truto_core::{Account, StatusCode};

use super::delivery::{self, Target};
use super::store::Location;
use super::{Sandbox, admin};

impl Sandbox {
    /// Delivers an event, signed as Truto signs it, to the webhooks that `POST /webhook` registered for
    /// it.
    ///
    /// `event` is a JSON object: its key `event` is the event's type, and its key `payload` the data. The
    /// keys `id`, `environment_id`, `created_at` and `webhook_id` are added if they are missing. A
    /// delivery that gets a 4xx or 5xx is retried up to three times. Returns the last status of each
    /// webhook; webhooks that are inactive or registered for other events receive nothing. A target must
    /// be an `http://` URL, such as that of a test's own server.
    ///
    /// ```
    /// # truto_sandbox::__doc::run_empty(async |sandbox| {
    /// # use serde_json::{Value, json};
    /// # use truto_core::Request;
    /// # let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    /// # let url = format!("http://{}/hooks", listener.local_addr()?);
    /// # tokio::spawn(async move {
    /// #     use tokio::io::{AsyncReadExt, AsyncWriteExt};
    /// #     let (mut stream, _) = listener.accept().await.unwrap();
    /// #     let _ = stream.read(&mut [0; 4096]).await;
    /// #     let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    /// # });
    /// let webhook = Request::<Value>::at("POST", "/webhook", &[]).body(&json!({"target_url": url}));
    /// let webhook = webhook.send(&sandbox.client().token_account()).await?;
    /// assert!(webhook["secret"].is_string());
    ///
    /// let event = json!({"event": "integrated_account:active", "payload": {"id": "7"}});
    /// let statuses = sandbox.deliver(&event).await?;
    /// assert_eq!(statuses, [200]);
    /// # Ok(())
    /// # })
    /// ```
    ///
    /// # Errors
    ///
    /// If the event is not an object with a type, or if targets cannot be reached or do not respond
    /// within 30 seconds. The other webhooks still get the event, and the error describes each failure.
    pub async fn deliver(&self, event: impl Serialize) -> io::Result<Vec<StatusCode>> {
        let event = serde_json::to_value(event)?;
        let Value::Object(mut event) = event else {
            return Err(invalid("an event must be an object with `event` and `payload`"));
        };
        let Some(kind) = event.get("event").and_then(Value::as_str).map(str::to_owned) else {
            return Err(invalid("an event must have its type in `event`"));
        };
        delivery::complete(&mut event);
        let (mut statuses, mut failures) = (Vec::new(), Vec::new());
        // One after the other: the statuses have the order of the webhooks.
        for target in self.targets(&kind) {
            match delivery::send(&target, &event).await {
                Ok(status) => statuses.push(status),
                Err(error) => failures.push(error),
            }
        }
        joined(failures).map(|()| statuses)
    }

    /// The active webhooks that are registered for events of this type.
    fn targets(&self, kind: &str) -> Vec<Target> {
        let place = Location { account: "", model: "", resource: "webhook" };
        self.with(|state| {
            let records = state.admin.records(place).into_iter();
            let webhooks = records.flat_map(|records| records.after(0)).map(|(_, webhook)| webhook);
            let takes = |webhook: &&Map<String, Value>| {
                let types = webhook.get("event_types").and_then(Value::as_array);
                webhook.get("is_active") == Some(&Value::Bool(true))
                    && types.is_none_or(|types| types.contains(&json!(kind)))
            };
            webhooks.filter(takes).map(Target::of).collect()
        })
    }

    /// Connects an account as a customer with a link token does, and delivers the events.
    ///
    /// A new account starts with a copy of the records of [`account`](Self::account); its events are
    /// `integrated_account:created` and `:active`. An account that is reconnected becomes active again; its
    /// events are `:updated` and `:active`. A link token works once.
    ///
    /// ```
    /// # truto_sandbox::__doc::run_empty(async |sandbox| {
    /// # use serde_json::{Value, json};
    /// # use truto_core::Request;
    /// let link = Request::<Value>::at("POST", "/link-token", &[]).body(&json!({"tenant_id": "acme"}));
    /// let link = link.send(&sandbox.client().token_account()).await?;
    /// let account = sandbox.connect(link["link_token"].as_str().unwrap_or_default()).await?;
    /// assert_eq!(account.id(), sandbox.account_named("acme").id());
    /// # Ok(())
    /// # })
    /// ```
    ///
    /// # Errors
    ///
    /// If the token is unknown or already used; also the errors of [`deliver`](Self::deliver).
    pub async fn connect(&self, link_token: &str) -> io::Result<Account> {
        let connected = self.with(|state| admin::connect(state, link_token));
        let (id, events) =
            connected.ok_or_else(|| invalid("the link token is unknown or already used"))?;
        let mut failures = Vec::new();
        for event in events {
            let payload = self.with(|state| state.accounts.get(&id).cloned());
            let delivered = self.deliver(&json!({"event": event, "payload": payload})).await;
            failures.extend(delivered.err());
        }
        joined(failures)?;
        self.client().account(id).map_err(io::Error::other)
    }

    /// Changes the stored fields of an account, such as `status`, `last_error` and `tenant_id`.
    ///
    /// With `is_blocked: true`, its calls get a 503, like those of an account that Truto has blocked.
    ///
    /// ```
    /// # truto_sandbox::__doc::run_empty(async |sandbox| {
    /// # use serde_json::{Value, json};
    /// # use truto_core::{Page, Request};
    /// sandbox.update_account(&sandbox.account(), &json!({"status": "needs_reauth"}));
    /// let broken = Request::<Page<Value>>::at("GET", "/integrated-account", &[])
    ///     .query(&json!({"status": "needs_reauth"}));
    /// assert_eq!(broken.send(&sandbox.client().token_account()).await?.result.len(), 1);
    /// # Ok(())
    /// # })
    /// ```
    ///
    /// # Panics
    ///
    /// If the changes are not an object, or the account was deleted.
    #[track_caller]
    pub fn update_account(&self, account: &Account, changes: &Value) {
        let Value::Object(changes) = changes else {
            panic!("the changes of an account must be an object");
        };
        let id = account.id().unwrap_or(super::ACCOUNT_ID).to_ascii_lowercase();
        let known = self.with(|state| state.change_account(&id, changes.clone()));
        assert!(known, "the sandbox has no account {id}");
    }
}

/// One error for all failures.
fn joined(failures: Vec<io::Error>) -> io::Result<()> {
    let texts: Vec<String> = failures.iter().map(io::Error::to_string).collect();
    match failures.into_iter().next() {
        None => Ok(()),
        Some(first) => Err(io::Error::new(first.kind(), texts.join("; "))),
    }
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why)
}
