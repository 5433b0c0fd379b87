//! Serves the service: on the sandbox, or on the real API if `TRUTO_API_TOKEN` is set.

use std::error::Error;
use std::sync::Arc;

use tokio::net::TcpListener;
use truto_core::Client;
use truto_example_service::{App, Config, demo, router, telemetry};
use truto_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let provider = telemetry::install();
    let listener = TcpListener::bind(("127.0.0.1", 8080)).await?;
    let own_url = format!("http://{}", listener.local_addr()?);
    let (app, routes) = if std::env::var_os("TRUTO_API_TOKEN").is_some() {
        let config = Config {
            webhook_secret: std::env::var("TRUTO_WEBHOOK_SECRET")?.into(),
            connect_page: std::env::var("CONNECT_PAGE")?,
        };
        let app = App::start(Client::from_env()?, config);
        (app.clone(), router(app))
    } else {
        let sandbox = Arc::new(Sandbox::start().await?);
        demo::seed(&sandbox);
        let client = sandbox.client();
        let webhook_secret = demo::webhook(&client, &format!("{own_url}/webhook")).await?;
        let config = Config { webhook_secret, connect_page: "/demo/connect".to_owned() };
        let app = App::start(client, config);
        (app.clone(), router(app).merge(demo::router(sandbox)))
    };
    println!("{own_url}/");
    let stop = async {
        // Without a handler, Ctrl-C ends the process as usual.
        let _ = tokio::signal::ctrl_c().await;
    };
    // No new requests; those that run end; then the writes and syncs that they began.
    axum::serve(listener, routes).with_graceful_shutdown(stop).await?;
    app.finish().await;
    provider.shutdown()?;
    Ok(())
}
