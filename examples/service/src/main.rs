//! Serves the service: on the sandbox, or on the real API if `TRUTO_API_TOKEN` is set.

use std::error::Error;
use std::sync::Arc;

use tokio::net::TcpListener;
use truto_core::{Client, Throttle};
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
        // The lanes need limits: at these, background calls wait for interactive ones.
        let client = Client::builder().from_env().throttle(Throttle::truto()).build()?;
        let app = App::start(client, config);
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
    // In this order: no new requests, running requests end, then the writes and syncs that they
    // started.
    axum::serve(listener, routes).with_graceful_shutdown(stopped()).await?;
    app.finish().await;
    provider.shutdown()?;
    Ok(())
}

/// Ends at Ctrl-C, and at the SIGTERM with which orchestrators stop a container. Without a handler for
/// it, the signal ends the process as usual.
async fn stopped() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
