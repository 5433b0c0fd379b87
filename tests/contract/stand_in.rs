//! The sandbox.

use serde_json::{Value, json};
use truto_core::{Account, Client};
use truto_sandbox::{Fault, Recorded, Sandbox, When};

use crate::attribute::{ListUsers, User};

#[tokio::test]
async fn a_sandbox_serves_the_inserted_records() {
    let sandbox: Sandbox = Sandbox::start().await.expect("a sandbox");
    let _: Client = sandbox.client();
    let account: Account = sandbox.account();
    let _: (&str, &str, &str) = (sandbox.base_url(), sandbox.token(), sandbox.account_id());
    let record: Value = json!({"id": "1", "name": "Ada"});
    sandbox.insert("e-signature", "users", record);

    sandbox.fail_next(Fault::status(502));
    let user = User::get("1").send(&account).await.expect("a user");
    assert_eq!(user.name.as_deref(), Some("Ada"));
    let received: usize = sandbox.received(&User::get("1"));
    assert_eq!(received, 2);

    let when: When<'_> = sandbox.when(&User::get("2"));
    let when: When<'_> = when.reply(json!({"id": "2"})).times(1);
    let when: When<'_> = when.reply_status(404, json!({"error": "Not Found"}));
    let _: When<'_> = when.fail(Fault::reset());
    assert_eq!(User::get("2").send(&account).await.expect("a user").id, "2");
    let requests: Vec<Recorded> = sandbox.requests();
    assert_eq!(requests.len(), 3);

    let users = User::list(&ListUsers::default()).all(&account).await.expect("users");
    assert_eq!(users.len(), 1);
}
