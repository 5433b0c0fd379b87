//! Processes that are killed at random, on PostgreSQL and Redis.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use truto_example_fleet::contact::Contact;
use truto_example_fleet::store::{Postgres, Store, SyncAccount};
use truto_example_fleet::sync::{Sync, SyncSettings};
use truto_sandbox::{Fault, Sandbox};

/// The exit code of `services`.
const NOT_INSTALLED: i32 = 3;

/// PostgreSQL and Redis in a folder of their own.
struct Services {
    folder: PathBuf,
    database: String,
    redis: String,
}

impl Services {
    fn call(action: &str, folder: &Path) -> Option<String> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("services");
        let output = Command::new(script).arg(action).arg(folder).output().expect("a shell");
        if output.status.success() {
            return String::from_utf8(output.stdout).ok();
        }
        let text = String::from_utf8_lossy(&output.stderr);
        // Any other failure is one of the test.
        assert_eq!(output.status.code(), Some(NOT_INSTALLED), "{action}: {text}");
        eprintln!("skipped: {text}");
        None
    }

    /// `None` where they are not installed.
    fn start(name: &str) -> Option<Self> {
        // Short, since the path of a socket has at most 107 bytes.
        let folder = std::env::temp_dir().join(format!("fleet-{name}-{}", std::process::id()));
        let arguments = Self::call("start", &folder)?;
        let mut words = arguments.split_whitespace();
        let (_, database, _, redis) = (words.next()?, words.next()?, words.next()?, words.next()?);
        Some(Self { folder, database: database.to_owned(), redis: redis.to_owned() })
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        Self::call("stop", &self.folder);
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A running `fleet`, killed when it is dropped.
struct Process(Child);

impl Process {
    fn start(services: &Services, sandbox: &Sandbox, shape: &Shape, accounts: &[String]) -> Self {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(services.folder.join("fleet.log"))
            .expect("a log");
        let child = Command::new(env!("CARGO_BIN_EXE_fleet"))
            .args(["--database", &services.database, "--redis", &services.redis])
            .args(["--listen", "127.0.0.1:0", "--every", "86400", "--heartbeat", "1"])
            .args(["--page", &shape.page.to_string(), "--workers", &shape.workers.to_string()])
            .args(["--processes", &shape.processes.to_string()])
            .args(accounts)
            .env("TRUTO_API_TOKEN", sandbox.token())
            .env("TRUTO_API_BASE_URL", sandbox.base_url())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the command");
        Self(child)
    }

    fn signal(&self, signal: &str) {
        let kill = Command::new("kill").args([signal, &self.0.id().to_string()]).status();
        assert!(kill.expect("kill").success());
    }

    /// The address that it prints when it serves.
    fn url(&mut self) -> String {
        let mut url = String::new();
        let stdout = self.0.stdout.as_mut().expect("a pipe");
        let mut byte = [0];
        while stdout.read(&mut byte).expect("a line") == 1 && byte[0] != b'\n' {
            url.push(char::from(byte[0]));
        }
        url
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Shape {
    processes: usize,
    workers: usize,
    accounts: usize,
    records: usize,
    page: usize,
    kills: usize,
    restarts_postgres: bool,
    /// Calls beyond the pages.
    most_wasted: usize,
}

async fn every_record_once(name: &str, shape: &Shape) {
    let Some(services) = Services::start(name) else {
        assert!(std::env::var_os("CI").is_none(), "PostgreSQL and Redis are needed");
        return;
    };
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let mut accounts = Vec::new();
    for number in 0..shape.accounts {
        let account = sandbox.account_named(&format!("tenant-{number}"));
        for record in 0..shape.records {
            let contact = json!({"id": format!("{number}-{record}"), "name": "Ada"});
            sandbox.insert_for(&account, "crm", "contacts", contact);
        }
        accounts.push(format!("{}=tenant-{number}", account.id().expect("an id")));
    }
    let locked = sandbox.account_named("locked");
    let list = truto_core::Request::<serde_json::Value>::at("GET", "/unified/crm/contacts", &[]);
    sandbox.when(&list).on(&locked).fail(Fault::missing_scopes(["contacts:read"]));
    accounts.push(format!("{}=locked", locked.id().expect("an id")));

    let start = || Process::start(&services, &sandbox, shape, &accounts);
    let mut processes: Vec<Process> = (0..shape.processes).map(|_| start()).collect();
    let url = processes[0].url();
    let log = std::fs::read_to_string(services.folder.join("fleet.log")).unwrap_or_default();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}: {log}");
    let pool = sqlx::PgPool::connect(&services.database).await.expect("the database");
    let store = Postgres { pool };
    let (mut kills, mut seed, started) = (0, 7_usize, Instant::now());
    let progress = loop {
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        if kills < shape.kills {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let victim = (seed >> 33) % shape.processes;
            processes[victim].signal("-KILL");
            processes[victim] = start();
            kills += 1;
            if shape.restarts_postgres && kills == shape.kills / 2 {
                Services::call("restart-postgres", &services.folder).expect("a restart");
            }
        }
        let Ok(progress) = store.progress(1_000).await else { continue };
        let is_done = |account: &truto_example_fleet::store::AccountProgress| {
            account.runs > 0 || account.state == "parked"
        };
        if progress.len() > shape.accounts && progress.iter().all(is_done) {
            break progress;
        }
        assert!(started.elapsed() < Duration::from_mins(10), "{progress:?}");
    };
    let pages = shape.records.div_ceil(shape.page);
    for account in &progress {
        let is_locked = account.label == "locked";
        let expected = if is_locked { (0, 0) } else { (1, i64::try_from(pages).unwrap_or(0)) };
        assert_eq!((account.runs, account.pages), expected, "{account:?}");
        assert_eq!(account.state == "parked", is_locked);
    }
    let records: i64 = sqlx::query_scalar("SELECT count(*) FROM fleet_records")
        .fetch_one(&store.pool)
        .await
        .expect("a count");
    assert_eq!(usize::try_from(records), Ok(shape.accounts * shape.records));
    let needed = pages * shape.accounts;
    let calls = sandbox.received(&list) - 1;
    println!("{calls} calls for {needed} pages, {kills} kills, {:?}", started.elapsed());
    // A kill wastes at most the calls that were on their way, one per worker; a restart of PostgreSQL those of all.
    assert!(calls <= needed + shape.most_wasted, "{calls} calls for {needed} pages");

    let mut remaining = processes.pop().expect("a process");
    let url = remaining.url();
    let metrics = get(&url, "/metrics").await;
    assert!(metrics.contains("fleet_accounts_parked 1"), "{metrics}");
    let contact = get(&url, &format!("/accounts/{}/contacts/0-1", &accounts[0][..36])).await;
    assert!(contact.contains("\"id\":\"0-1\""), "{contact}");
    assert!(store.forget_jobs(Duration::ZERO).await.expect("the database works") > 0);
    let locked = locked.id().expect("an id");
    assert!(store.resume(locked).await.expect("the database works"));
    let before = sandbox.received(&list);
    for _ in 0..600 {
        if sandbox.received(&list) > before {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(sandbox.received(&list) > before, "the resumed account is read again");
    remaining.signal("-TERM");
    let status = remaining.0.wait().expect("an exit status");
    assert!(status.success(), "{status}");
}

async fn get(url: &str, path: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let address = url.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("a connection");
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("a request");
    let mut response = String::new();
    stream.read_to_string(&mut response).await.expect("a response");
    response
}

/// PostgreSQL has no character NUL. Without an end, the page would be read again at once and for ever.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_the_database_refuses_parks_the_account() {
    let Some(services) = Services::start("refused") else {
        assert!(std::env::var_os("CI").is_none(), "PostgreSQL and Redis are needed");
        return;
    };
    let pool = sqlx::PgPool::connect(&services.database).await.expect("the database");
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let sync = Sync {
        client: sandbox.client().clone(),
        store: Postgres { pool },
        settings: SyncSettings::default(),
        counters: Arc::default(),
        stop: tokio::sync::watch::channel(false).1,
    };
    sync.store.setup().await.expect("the tables");
    let list = truto_core::Request::<serde_json::Value>::at("GET", "/unified/crm/contacts", &[]);
    // PostgreSQL compresses repetitions before it counts.
    let long: String = (0..20_000_u64).map(|number| (number * 7_919).to_string()).collect();
    let forbidden = json!({"statusCode": 403, "error": "Forbidden", "message": "no \0 scope"});
    for (name, status, answer) in [
        ("id", 200, json!({"result": [{"id": "1\0", "name": "Ada"}]})),
        ("long", 200, json!({"result": [{"id": long, "name": "Ada"}]})),
        ("cursor", 200, json!({"result": [], "next_cursor": "2\0"})),
        ("reason", 403, forbidden),
    ] {
        let account = sandbox.account_named(name);
        let id = account.id().expect("an id");
        sandbox.when(&list).on(&account).reply_status(status, answer);
        sync.store.add(id, name).await.expect("an account");
        let job = SyncAccount { account: id.to_owned(), run: 1 };
        sync.run::<Contact>(&job).await.expect("the database works");
    }
    let progress = sync.store.progress(1_000).await.expect("the progress");
    assert_eq!(progress.len(), 4);
    for account in &progress {
        assert_eq!(account.state, "parked", "{account:?}");
        assert!(!account.reason.as_deref().unwrap_or_default().is_empty(), "{account:?}");
    }
    // In JSON, the character is escaped.
    let account = sandbox.account_named("name");
    let id = account.id().expect("an id");
    let page = json!({"result": [{"id": "1", "name": "Ada \0"}]});
    sandbox.when(&list).on(&account).reply(page);
    sync.store.add(id, "name").await.expect("an account");
    sync.run::<Contact>(&SyncAccount { account: id.to_owned(), run: 1 }).await.expect("a run");
    assert_eq!(sync.store.counts().await.expect("the counts"), (5, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_processes_lose_and_repeat_no_record() {
    let shape = Shape {
        processes: 3,
        workers: 2,
        accounts: 8,
        records: 2_000,
        page: 20,
        kills: 5,
        restarts_postgres: true,
        // Kills and the restart waste up to 16. On a machine under load, jobs of a process that is only slow are taken
        // over as well.
        most_wasted: 40,
    };
    every_record_once("small", &shape).await;
}

/// The figures of the page "Scale": `cargo test --test fleet -- --ignored --nocapture`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn a_hundred_thousand_records_and_thirty_kills() {
    let shape = Shape {
        processes: 6,
        workers: 4,
        accounts: 50,
        records: 2_000,
        page: 20,
        kills: 30,
        restarts_postgres: true,
        // 2 % of the pages.
        most_wasted: 50 * (2_000 / 20) / 50,
    };
    every_record_once("large", &shape).await;
}
