//! Deletes a user: on a sandbox by default; on the real API with `TRUTO_API_TOKEN` and
//! `TRUTO_INTEGRATED_ACCOUNT_ID` set, as `cargo run --example delete_user -- <id> [--yes]`.

use std::error::Error;
use std::io::{Write, stdin, stdout};

use serde_json::json;
use truto_core::{Deleted, Request, unified_endpoint};
use truto_examples::setup::Setup;
use truto_sandbox::{Fault, Sandbox};

// The whole declaration.
#[unified_endpoint(method = "DELETE", path = "/unified/e-signature/users/<id>")]
#[derive(Debug, serde::Deserialize)]
struct User {
    name: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let setup = Setup::from_env().await?;
    if let Some(sandbox) = &setup.sandbox {
        return on_the_sandbox(sandbox).await;
    }
    let (yes, ids): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|word| word == "--yes");
    let id = ids.first().ok_or("pass the id of the user to delete")?;
    let request = User::delete(id);
    println!("{}\n", request.to_curl());
    if yes.is_empty() && !confirmed(id)? {
        println!("nothing deleted");
        return Ok(());
    }
    let deleted = request.send(&setup.account).await?;
    println!("{}", described(&deleted));
    Ok(())
}

/// Runs the call, a retry, and an error, and prints the requests that the server received.
async fn on_the_sandbox(sandbox: &Sandbox) -> Result<(), Box<dyn Error>> {
    sandbox.insert("e-signature", "users", json!({"id": "7", "name": "Ada Lovelace"}));
    println!(
        "#[unified_endpoint(method = \"DELETE\", path = \"/unified/e-signature/users/<id>\")]"
    );
    println!("struct User {{ name: Option<String> }}\n");

    let request: Request<Deleted<User>> = User::delete("7");
    let curl = request.to_curl();
    println!("User::delete(\"7\"), as curl:");
    println!("{}\n", curl.replace("https://api.truto.one", sandbox.base_url()));

    // The provider's gateway fails once. A DELETE is idempotent, so it is retried.
    sandbox.when(&request).fail(Fault::status(502)).times(1);
    let response = request.response(&sandbox.account()).await?;
    println!("{} (attempt {})\n", described(&response.body), response.attempts);

    let error = request.send(&sandbox.account()).await;
    println!("a second delete: {}\n", error.err().ok_or("deleted twice")?);

    println!("what the server received:");
    for received in sandbox.requests() {
        println!("  {} {}", received.method, received.path);
    }
    Ok(())
}

fn described(deleted: &Deleted<User>) -> String {
    let id = deleted.id().unwrap_or("without an id");
    match deleted.resource().and_then(|user| user.name.as_deref()) {
        Some(name) => format!("deleted user {id}: {name}"),
        None => format!("deleted user {id}"),
    }
}

fn confirmed(id: &str) -> Result<bool, std::io::Error> {
    print!("delete user {id} for good? [y/N] ");
    stdout().flush()?;
    let mut answer = String::new();
    stdin().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("y"))
}
