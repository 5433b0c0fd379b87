//! Four processes share one limit through a real Redis; without it, calls go on.
#![allow(missing_docs, reason = "a test crate")]

use std::collections::HashMap;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tracing::{Event, Level, Metadata, Subscriber, span};
use truto_core::{Client, Throttle, unified_endpoint};
use truto_examples::redis_limiter::RedisLimiter;
use truto_tests::{Wire, json};

#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
#[derive(Debug, serde::Deserialize)]
struct Record {}

const ACCOUNTS: [&str; 2] =
    ["62f44730-dd91-461e-bd6a-aedd9e0ad79d", "0b8c2c64-55c6-4f0e-9a3b-4c2b3d6b5a11"];
const PROCESSES: usize = 4;
/// Calls of each process on each account.
const CALLS: usize = 12;
const LIMIT: usize = 10;
const WINDOW: Duration = Duration::from_millis(500);
/// What a call may take from its turn to the stand-in.
const MARGIN: Duration = Duration::from_millis(300);

/// A Redis of the test's own, without a file on the disk; killed when dropped.
struct Redis {
    process: Child,
    port: u16,
}

impl Redis {
    /// `None` where there is none to start.
    fn start(port: u16) -> Option<Self> {
        let mut command = Command::new("redis-server");
        command
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no"])
            .stdout(Stdio::null());
        let process = match command.spawn() {
            Ok(process) => process,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                eprintln!("skipped: redis-server is not installed (Debian: `redis-server`)");
                return None;
            }
            Err(error) => panic!("redis-server: {error}"),
        };
        let started = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(30), "it does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(Self { process, port })
    }

    fn address(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

type Arrivals = Arc<Mutex<HashMap<String, Vec<Instant>>>>;

/// A stand-in for Truto that writes down when each account's calls come in.
async fn stand_in(arrivals: Arrivals) -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await;
    let listener = listener.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let arrivals = Arc::clone(&arrivals);
            tokio::spawn(async move {
                let mut request = Vec::new();
                loop {
                    request.clear();
                    while !request.ends_with(b"\r\n\r\n") {
                        if matches!(stream.read_buf(&mut request).await, Ok(0) | Err(_)) {
                            return;
                        }
                    }
                    let now = Instant::now();
                    let text = String::from_utf8_lossy(&request).into_owned();
                    let (_, rest) = text.split_once("integrated_account_id=").expect("an account");
                    let account = rest.split([' ', '&']).next().unwrap_or_default().to_owned();
                    arrivals.lock().expect("a lock").entry(account).or_default().push(now);
                    let response = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
                    if stream.write_all(response).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    format!("http://{address}")
}

/// Where a process of the fleet finds Redis and the stand-in.
const REDIS: &str = "TRUTO_TEST_REDIS";
const SERVER: &str = "TRUTO_TEST_SERVER";

async fn work(redis: &str, server: &str) {
    let limiter = RedisLimiter::new(redis, u32::try_from(LIMIT).expect("small"), WINDOW + MARGIN);
    let client = Client::builder()
        .token("t")
        .base_url(server)
        .limiter(limiter.expect("an address"))
        .build()
        .expect("a client");
    let mut calls = tokio::task::JoinSet::new();
    for account in ACCOUNTS {
        let account = client.account(account).expect("an id");
        for number in 0..CALLS {
            let account = account.clone();
            calls.spawn(async move { Record::get(number).send(&account).await });
        }
    }
    while let Some(call) = calls.join_next().await {
        call.expect("no panic").expect("200");
    }
}

#[tokio::test]
async fn four_processes_share_one_limit() {
    if let (Ok(redis), Ok(server)) = (std::env::var(REDIS), std::env::var(SERVER)) {
        return work(&redis, &server).await;
    }
    let Some(redis) = Redis::start(free_port()) else {
        return;
    };
    let arrivals = Arrivals::default();
    let server = stand_in(Arc::clone(&arrivals)).await;
    let fleet: Vec<_> = (0..PROCESSES)
        .map(|_| {
            tokio::process::Command::new(std::env::current_exe().expect("this test"))
                .args(["--exact", "four_processes_share_one_limit"])
                .env(REDIS, redis.address())
                .env(SERVER, &server)
                .stdout(Stdio::null())
                .spawn()
                .expect("a process")
        })
        .collect();
    for mut process in fleet {
        assert!(process.wait().await.expect("a status").success());
    }
    let arrivals = arrivals.lock().expect("a lock");
    assert_eq!(arrivals.len(), ACCOUNTS.len());
    for times in arrivals.values() {
        assert_eq!(times.len(), PROCESSES * CALLS);
        let mut times = times.clone();
        times.sort();
        for (first, next) in times.iter().zip(&times[LIMIT..]) {
            let apart = next.duration_since(*first);
            assert!(apart >= WINDOW, "{} calls within {apart:?}", LIMIT + 1);
        }
    }
}

/// Counts the warnings of this crate.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN && metadata.target().starts_with("truto_core")
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        let name = event.metadata().target().to_owned();
        self.0.lock().expect("a lock").push(name);
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[tokio::test]
async fn without_redis_calls_go_on_with_one_warning() {
    let port = free_port();
    let Some(redis) = Redis::start(port) else {
        return;
    };
    let warnings = Warnings::default();
    let guard = tracing::subscriber::set_default(warnings.clone());
    let count = || warnings.0.lock().expect("a lock").len();
    let wire = Wire::start([json("{}")]).await;
    let limiter = RedisLimiter::new(redis.address(), 2, Duration::from_millis(300));
    let builder = wire.builder().limiter(limiter.expect("an address"));
    let client = builder.throttle(Throttle::truto()).build().expect("a client");
    let account = client.account(ACCOUNTS[0]).expect("an id");
    let call = async || {
        let started = Instant::now();
        Record::get("1").send(&account).await.expect("200");
        started.elapsed()
    };

    for _ in 0..2 {
        call().await;
    }
    assert!(call().await > Duration::from_millis(100), "the third waits for its turn");
    drop(redis);
    for _ in 0..5 {
        assert!(call().await < Duration::from_secs(2), "nobody is held up");
    }
    assert_eq!(count(), 1, "{warnings:?}", warnings = warnings.0);

    let redis = Redis::start(port).expect("it was there before");
    let started = Instant::now();
    for _ in 0..7 {
        call().await;
    }
    assert!(started.elapsed() > Duration::from_millis(800), "it counts again");
    assert_eq!(count(), 1);
    drop((redis, guard));
}
