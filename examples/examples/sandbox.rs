//! The sandbox on its own, for clients in any language and for trying out curl lines.
//!
//! `cargo run --example sandbox -- --port 4010 --seed records.json --log`; Ctrl-C ends it.

use std::error::Error;

use serde_json::{Value, json};
use truto_sandbox::Sandbox;

const USAGE: &str = "usage: sandbox [--port N] [--seed FILE.json] [--log]
  --port N          the port of 127.0.0.1 to listen on; a free one if left out
  --seed FILE.json  the records: {\"<model>\": {\"<resource>\": [record, …]}}
  --log             prints one line per request";

#[derive(Default)]
struct Options {
    port: u16,
    seed: Option<String>,
    log: bool,
}

impl Options {
    fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut options = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} lacks its value"));
            match argument.as_str() {
                "--port" => options.port = value()?.parse()?,
                "--seed" => options.seed = Some(value()?),
                "--log" => options.log = true,
                _ => return Err(format!("{argument} is not an option\n{USAGE}").into()),
            }
        }
        Ok(options)
    }

    fn records(&self) -> Result<Value, Box<dyn Error>> {
        match &self.seed {
            Some(file) => {
                let text = std::fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?;
                Ok(serde_json::from_str(&text).map_err(|e| format!("{file}: {e}"))?)
            }
            None => Ok(json!({"e-signature": {"users": [
                {"id": "1", "name": "Ada", "status": "active"},
                {"id": "2", "name": "Grace", "status": "inactive"},
            ]}})),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse(std::env::args().skip(1))?;
    let sandbox = Sandbox::start_on(options.port).await?;
    let count = sandbox.load(&options.records()?)?;
    if options.log {
        sandbox.on_exchange(|request, status| {
            let (method, path) = (&request.method, &request.path);
            let query = if request.query.is_empty() {
                String::new()
            } else {
                format!("?{}", request.query)
            };
            println!("{method} {path}{query} -> {}", status.as_u16());
        });
    }
    let (url, token, account) = (sandbox.base_url(), sandbox.token(), sandbox.account_id());
    println!("TRUTO_API_BASE_URL={url}");
    println!("TRUTO_API_TOKEN={token}");
    println!("TRUTO_INTEGRATED_ACCOUNT_ID={account}");
    println!("{count} records; try:");
    println!(
        "curl -H 'Authorization: Bearer {token}' \
         '{url}/unified/e-signature/users?integrated_account_id={account}'"
    );
    tokio::signal::ctrl_c().await?;
    Ok(())
}
