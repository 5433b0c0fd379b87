//! Deletes a user: on a sandbox by default; on the real API with `TRUTO_API_TOKEN` and
//! `TRUTO_INTEGRATED_ACCOUNT_ID` set, as `cargo run --example delete_user -- <id> [--yes]`.

use std::error::Error;
use std::io::{Write, stdin, stdout};

use serde_json::json;
use truto_examples::e_signature::User;
use truto_examples::setup::Setup;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let setup = Setup::from_env().await?;
    let mut arguments = std::env::args().skip(1);
    let (yes, ids): (Vec<_>, Vec<_>) = arguments.by_ref().partition(|word| word == "--yes");
    let id = match (&setup.sandbox, ids.first()) {
        (Some(sandbox), _) => {
            for (id, name) in [("23423523", "Ada Lovelace"), ("23423524", "Alan Turing")] {
                sandbox.insert(
                    "e-signature",
                    "users",
                    json!({
                        "id": id,
                        "name": name,
                        "status": "active",
                        "emails": [{"email": "user@example.com", "is_primary": true}],
                        "remote_data": {"userId": id},
                    }),
                );
            }
            println!("sandbox with 2 users at {}\n", sandbox.base_url());
            "23423523".to_owned()
        }
        (None, Some(id)) => id.clone(),
        (None, None) => return Err("pass the id of the user to delete".into()),
    };

    let request = User::delete(&id);
    println!("as curl:\n{}\n", request.to_curl());
    if setup.sandbox.is_none() && yes.is_empty() && !confirmed(&id)? {
        println!("nothing deleted");
        return Ok(());
    }

    let deleted = request.send(&setup.account).await?;
    println!("deleted {}", deleted.id().unwrap_or("a user without an id"));
    if let Some(user) = deleted.resource() {
        println!(
            "it was {}",
            user.name.as_deref().unwrap_or("a user without a name")
        );
    }
    if setup.sandbox.is_some() {
        match request.send(&setup.account).await {
            Ok(_) => println!("deleted twice?"),
            Err(error) => println!("\na second delete: {error}"),
        }
    }
    Ok(())
}

fn confirmed(id: &str) -> Result<bool, std::io::Error> {
    print!("delete user {id} for good? [y/N] ");
    stdout().flush()?;
    let mut answer = String::new();
    stdin().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("y"))
}
