//! Prints the span of each call and the event of each attempt, on the sandbox.

use std::error::Error;

use serde_json::json;
use tracing::Level;
use tracing_subscriber::fmt::format::FmtSpan;
use truto_core::sandbox::{Fault, Sandbox};
use truto_examples::e_signature::User;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_max_level(Level::DEBUG)
        .with_span_events(FmtSpan::CLOSE)
        .with_target(false)
        .init();
    let sandbox = Sandbox::start().await?;
    sandbox.insert("e-signature", "users", json!({"id": "1", "name": "Ada"}));
    let account = sandbox.account();

    // The first attempt fails, so the span has two events and a resend count of 1.
    sandbox.fail_next(Fault::status(502));
    User::delete("1").send(&account).await?;

    // Gone: the span ends with `error.type` 404.
    let gone = User::get("1").send(&account).await;
    println!(
        "{}",
        gone.err()
            .map_or_else(String::new, |error| error.to_string())
    );
    Ok(())
}
