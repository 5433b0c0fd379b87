//! Lists users page by page, on a sandbox by default.

use std::error::Error;
use std::pin::pin;

use futures_util::StreamExt;
use serde_json::json;
use truto_examples::e_signature::{ListUsers, User};
use truto_examples::setup::Setup;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let setup = Setup::from_env().await?;
    if let Some(sandbox) = &setup.sandbox {
        for number in 1..=95 {
            let user = json!({"id": format!("u{number}"), "name": format!("User {number}")});
            sandbox.insert("e-signature", "users", user);
        }
    }
    let request = User::list(&ListUsers::default()).limit(20).ignore_remote_data().prefetch();
    let mut pages = pin!(request.pages(&setup.account));
    let mut total = 0;
    while let Some(page) = pages.next().await {
        let page = page?;
        total += page.result.len();
        let first = page.result.first().and_then(|user| user.name.as_deref());
        println!("{total:4} users so far; this page begins with {first:?}");
    }
    println!("done");
    Ok(())
}
