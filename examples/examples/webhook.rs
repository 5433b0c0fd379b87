//! Receives webhooks of Truto with axum: `TRUTO_WEBHOOK_SECRET=… cargo run --example webhook -- [PORT]`.

use std::error::Error;

use truto_core::webhooks::{Event, EventKind};
use truto_examples::webhook::{router, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let secret = std::env::var("TRUTO_WEBHOOK_SECRET");
    let secret = secret.map_err(|_| "set TRUTO_WEBHOOK_SECRET to the webhook's secret")?;
    let port = std::env::args().nth(1).map_or(Ok(8080), |port| port.parse())?;
    let (queue, mut events) = tokio::sync::mpsc::channel::<Event>(1_000);
    tokio::spawn(async move {
        while let Some(event) = events.recv().await {
            match event.kind() {
                EventKind::Record => println!("a record was {}", event.action()),
                EventKind::IntegratedAccount => println!("an account was {}", event.action()),
                _ => println!("{}", event.event),
            }
        }
    });
    let (address, served) = serve(router(&secret, queue), port).await?;
    println!("http://{address}/webhook");
    Ok(served.await?)
}
