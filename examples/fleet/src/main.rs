//! The command: see `fleet --help`.

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use tokio::net::TcpListener;
use tokio::sync::watch;
use truto_core::{Client, ClientBuilder, Throttle};
use truto_example_fleet::config::{Config, USAGE};
use truto_example_fleet::store::{Postgres, Sqlite, Store};
use truto_example_fleet::sync::Sync;
use truto_example_fleet::{web, worker};
use truto_redis::RedisLimiter;
use truto_sandbox::Sandbox;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    if std::env::args().skip(1).any(|argument| ["-h", "--help"].contains(&&*argument)) {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let config = match Config::parse(std::env::args().skip(1)) {
        Ok(config) => config,
        Err(text) => {
            eprintln!("{text}");
            return ExitCode::from(2);
        }
    };
    match run(config).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(mut config: Config) -> Result<(), Box<dyn Error + Send + std::marker::Sync>> {
    let sandbox = match std::env::var_os("TRUTO_API_TOKEN") {
        Some(_) => None,
        None => Some(demo(&mut config).await?),
    };
    let builder = match &sandbox {
        Some(sandbox) => sandbox.client_builder(),
        None => Client::builder().from_env(),
    };
    let client = limited(builder, &config)?.build()?;
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        wait_for_a_signal().await;
        tracing::info!("stopping: running jobs end first");
        stop.send_replace(true);
        wait_for_a_signal().await;
        std::process::exit(130);
    });
    // The sandbox's accounts end with the process, so their checkpoints are not kept, either.
    let otherwise = sandbox.as_ref().map_or("sqlite://target/fleet.db", |_| "sqlite::memory:");
    let database = config.database.as_deref().unwrap_or(otherwise);
    if database.starts_with("postgres") {
        let pool = sqlx::PgPool::connect(database).await?;
        let sync = prepare(client, Postgres { pool }, &config, &stopped).await?;
        serve(&sync, &config, stopped.clone()).await?;
        worker::postgres(sync, config.workers, stopped).await;
    } else {
        let sync = prepare(client, sqlite(database).await?, &config, &stopped).await?;
        serve(&sync, &config, stopped.clone()).await?;
        worker::sqlite(sync, config.workers, stopped).await;
    }
    Ok(())
}

/// Opens a SQLite database, and creates its file and folder if they are missing.
async fn sqlite(url: &str) -> Result<Sqlite, Box<dyn Error + Send + std::marker::Sync>> {
    let options: SqliteConnectOptions = url.parse()?;
    let pool = SqlitePoolOptions::new();
    if url.contains(":memory:") {
        // An in-memory database exists only as long as its connection.
        let pool = pool.max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None);
        return Ok(Sqlite { pool: pool.connect_with(options).await? });
    }
    if let Some(folder) = options.get_filename().parent() {
        std::fs::create_dir_all(folder)?;
    }
    Ok(Sqlite { pool: pool.connect_with(options.create_if_missing(true)).await? })
}

/// The limit of this client: the shared one in Redis, or this process's share.
fn limited(builder: ClientBuilder, config: &Config) -> Result<ClientBuilder, redis::RedisError> {
    let Some(url) = &config.redis else {
        // A share below one call per window is one call in several windows.
        let processes = config.processes.max(1);
        let limit = |calls: u32| {
            let windows = processes.div_ceil(calls);
            (calls * windows / processes, Duration::from_secs(10) * windows)
        };
        let ((token, window), (account, account_window)) = (limit(500), limit(50));
        let throttle =
            Throttle::none().per_token(token, window).per_account(account, account_window);
        return Ok(builder.throttle(throttle));
    };
    // The first call opens the connection, so that a process also starts while Redis is unavailable.
    let redis = redis::Client::open(url.as_str())?.get_connection_manager_lazy(<_>::default())?;
    let limiter = RedisLimiter::builder(redis).processes(config.processes).build();
    Ok(builder.limiter(limiter))
}

async fn prepare<S: Store>(
    client: Client,
    store: S,
    config: &Config,
    stopped: &watch::Receiver<bool>,
) -> Result<Arc<Sync<S>>, Box<dyn Error + Send + std::marker::Sync>> {
    // Refuses a malformed id at once: a worker would only park its account.
    for id in config.accounts.iter().map(|(id, _)| id).chain(&config.resume) {
        client.account(id)?;
    }
    // PostgreSQL refuses tables that another process creates at the same moment.
    let mut attempts = 1;
    while let Err(error) = store.setup().await {
        if attempts == 5 {
            return Err(error.into());
        }
        attempts += 1;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    for (id, label) in &config.accounts {
        store.add(id, label).await?;
    }
    for id in &config.resume {
        if !store.resume(id).await? {
            tracing::warn!(account = id, "the account is not parked");
        }
    }
    tokio::spawn(forget_jobs(store.clone()));
    let (settings, stop) = (config.sync, stopped.clone());
    Ok(Arc::new(Sync { client, store, settings, counters: Arc::default(), stop }))
}

/// Deletes ended jobs every hour. Every process does so; deleting twice is harmless.
async fn forget_jobs(store: impl Store) {
    const HOUR: Duration = Duration::from_hours(1);
    loop {
        match store.forget_jobs(HOUR).await {
            Ok(jobs) => tracing::debug!(jobs, "forgot jobs that ended"),
            Err(error) => tracing::warn!(%error, "jobs that ended cannot be deleted"),
        }
        tokio::time::sleep(HOUR).await;
    }
}

async fn serve<S: Store>(
    sync: &Arc<Sync<S>>,
    config: &Config,
    mut stopped: watch::Receiver<bool>,
) -> Result<(), std::io::Error> {
    let listener = TcpListener::bind(config.listen).await.map_err(|error| {
        std::io::Error::new(error.kind(), format!("cannot listen on {}: {error}", config.listen))
    })?;
    println!("http://{}", listener.local_addr()?);
    let router = web::router(Arc::clone(sync));
    tokio::spawn(async move {
        let stopped = async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await {
            tracing::error!(%error, "the HTTP server ended");
        }
    });
    Ok(())
}

async fn wait_for_a_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// Five customers with 1,000 contacts each.
async fn demo(config: &mut Config) -> Result<Sandbox, std::io::Error> {
    let sandbox = Sandbox::start().await?;
    for tenant in ["acme", "globex", "initech", "umbrella", "hooli"] {
        let account = sandbox.account_named(tenant);
        for number in 0..1_000 {
            let contact =
                json!({"id": format!("{tenant}-{number}"), "name": format!("Contact {number}")});
            sandbox.insert_for(&account, "crm", "contacts", contact);
        }
        let id = account.id().unwrap_or_default().to_owned();
        config.accounts.push((id, tenant.to_owned()));
    }
    Ok(sandbox)
}
