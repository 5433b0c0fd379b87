//! Prints the span of each call and the event of each attempt, on the sandbox.

use std::error::Error;

use serde_json::json;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use truto_examples::e_signature::User;
use truto_sandbox::{Fault, Sandbox};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let lines =
        tracing_subscriber::fmt::layer().with_span_events(FmtSpan::CLOSE).with_target(false);
    tracing_subscriber::registry()
        .with(lines)
        // Events of the HTTP layers below are left out.
        .with(Targets::new().with_target("truto_core", Level::DEBUG))
        .init();
    let sandbox = Sandbox::start().await?;
    sandbox.insert("e-signature", "users", json!({"id": "1", "name": "Ada"}));
    let account = sandbox.account().labeled("acme");

    // The first attempt fails, so the span has two events and a resend count of 1.
    sandbox.fail_next(Fault::status(502));
    User::delete("1").send(&account).await?;

    // The user is gone now: the span ends with `error.type` 404.
    let gone = User::get("1").send(&account).await;
    let error = gone.err().ok_or("deleted, and yet there")?;
    println!("{error}");
    Ok(())
}
