//! A real Redis for tests, and calls that use it.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::Method;
use redis::aio::{ConnectionManager, MultiplexedConnection};
use tokio::time::{Instant, sleep};
use truto_core::{LimitedCall, Limiter, Request, Turn};
use truto_redis::{Builder, RedisLimiter};

pub(crate) const WINDOW: Duration = Duration::from_millis(500);
/// A slot whose response is awaited is held this long beyond its window.
pub(crate) const AWAITED: Duration = Duration::from_millis(1_100);

/// A Redis of the test's own, without a file on the disk; killed when dropped.
pub(crate) struct Redis {
    process: Child,
    pub(crate) port: u16,
}

impl Redis {
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts it with options of the command line.
    pub(crate) fn start_with(options: &[&str]) -> Self {
        // Another test may take the port before this Redis does.
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
            let port = port.expect("a port").port();
            if let Some(process) = serve(port, options) {
                return Self { process, port };
            }
        }
        panic!("redis-server does not start");
    }

    /// Kills it and starts another without its data in its place.
    pub(crate) fn restart(&mut self) {
        self.stop();
        self.process = serve(self.port, &[]).expect("redis-server starts again");
    }

    pub(crate) fn stop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        self.process.wait().expect("a process");
    }

    fn client(&self) -> redis::Client {
        redis::Client::open(format!("redis://127.0.0.1:{}/", self.port)).expect("an address")
    }

    pub(crate) async fn connection(&self) -> MultiplexedConnection {
        // The limiter has its own timeout.
        let config = redis::AsyncConnectionConfig::new().set_response_timeout(None);
        let connection = self.client();
        let connection = connection.get_multiplexed_async_connection_with_config(&config).await;
        connection.expect("a connection")
    }

    /// Connects again by itself.
    pub(crate) async fn manager(&self) -> ConnectionManager {
        self.client().get_connection_manager().await.expect("a connection")
    }

    pub(crate) fn signal(&self, signal: &str) {
        signal_to(self.process.id(), signal);
    }

    /// The members of a sorted set.
    pub(crate) async fn count(&self, key: &str) -> usize {
        self.try_count(key).await.expect("a number")
    }

    pub(crate) async fn try_count(&self, key: &str) -> redis::RedisResult<usize> {
        let mut connection = self.connection().await;
        redis::cmd("ZCARD").arg(key).query_async(&mut connection).await
    }

    /// The time until a key expires; `None` if it is gone.
    pub(crate) async fn expires(&self, key: &str) -> Option<Duration> {
        let mut connection = self.connection().await;
        let left: i64 =
            redis::cmd("PTTL").arg(key).query_async(&mut connection).await.expect("a time");
        assert_ne!(left, -1, "{key} never expires");
        u64::try_from(left).ok().map(Duration::from_millis)
    }

    /// Sets an option of this Redis.
    pub(crate) async fn configure(&self, option: &str, value: &str) {
        self.command(&["CONFIG", "SET", option, value]).await;
    }

    pub(crate) async fn command(&self, words: &[&str]) {
        let mut connection = self.connection().await;
        let (name, arguments) = words.split_first().expect("a name");
        let mut command = redis::cmd(name);
        command.arg(arguments);
        command.exec_async(&mut connection).await.expect("no error");
    }

    /// The time until which the only slot of a window is held.
    pub(crate) async fn held_until(&self, key: &str) -> f64 {
        let mut connection = self.connection().await;
        let mut range = redis::cmd("ZRANGE");
        range.arg(key).arg(0).arg(-1).arg("WITHSCORES");
        let slots: Vec<(String, f64)> = range.query_async(&mut connection).await.expect("slots");
        assert_eq!(slots.len(), 1, "{slots:?}");
        slots[0].1
    }

    pub(crate) async fn keys(&self) -> Vec<String> {
        let mut connection = self.connection().await;
        let mut keys: Vec<String> =
            redis::cmd("KEYS").arg("*").query_async(&mut connection).await.expect("keys");
        keys.sort_unstable();
        keys
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.signal("-CONT");
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// `None` if the port is taken.
#[allow(clippy::zombie_processes)] // its owner waits for it
fn serve(port: u16, options: &[&str]) -> Option<Child> {
    let mut process = Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(["--save", "", "--appendonly", "no"])
        .args(options)
        .stdout(Stdio::null())
        .spawn()
        .expect("redis-server, of Debian's package of that name");
    for _ in 0..1500 {
        if process.try_wait().expect("a process").is_some() {
            return None;
        }
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Some(process);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("redis-server does not start");
}

pub(crate) fn signal_to(process: u32, signal: &str) {
    let sent = Command::new("kill").args([signal, &process.to_string()]).status();
    assert!(sent.expect("kill").success());
}

/// A limiter with a short window, and a patience that Redis does not exceed on a loaded machine.
pub(crate) async fn builder(redis: &Redis) -> Builder<MultiplexedConnection> {
    let builder = RedisLimiter::builder(redis.connection().await).window(WINDOW);
    builder.patience(Duration::from_secs(30))
}

pub(crate) fn call(account: &str, remaining: Option<Duration>) -> LimitedCall {
    let request = Request::<()>::unified(Method::GET, "crm", "contacts", None);
    let deadline = remaining.map(|remaining| std::time::Instant::now() + remaining);
    LimitedCall::new(request.endpoint(), account).with_deadline(deadline)
}

/// The turn of a call that is sent and responded to at once.
pub(crate) fn answered(mut turn: Turn) {
    turn.sent();
    turn.head_arrived();
}

/// The turn of a call that is sent, without a response.
pub(crate) fn sent(mut turn: Turn) {
    turn.sent();
}

/// Waits for a turn, however long it takes.
pub(crate) async fn turn(limiter: &impl Limiter, account: &str) -> Turn {
    limiter.acquire(&call(account, None)).await.expect("a turn")
}

/// The wait that is reported when a call with this much time left is denied.
pub(crate) async fn denied(limiter: &impl Limiter, account: &str, left: Duration) -> Duration {
    let denied = limiter.acquire(&call(account, Some(left))).await.expect_err("denied");
    denied.wait().expect("a wait")
}

/// The times at which the server counted calls, with their accounts.
#[derive(Clone, Default)]
pub(crate) struct Arrivals(Arc<Mutex<Vec<(Instant, &'static str)>>>);

impl Arrivals {
    pub(crate) fn push(&self, account: &'static str) {
        self.0.lock().expect("a list").push((Instant::now(), account));
    }

    pub(crate) fn len(&self) -> usize {
        self.0.lock().expect("a list").len()
    }

    /// The most calls within any stretch of a window, of one account or of all.
    pub(crate) fn most(&self, account: Option<&str>) -> usize {
        let mut arrivals = self.0.lock().expect("a list").clone();
        arrivals.sort_unstable();
        arrivals.retain(|(_, own)| account.is_none_or(|account| *own == account));
        let ends = arrivals.iter().map(|(at, _)| *at + WINDOW);
        let counts = ends
            .enumerate()
            .map(|(first, end)| arrivals.partition_point(|(at, _)| *at < end) - first);
        counts.max().unwrap_or(0)
    }
}

/// Makes calls sequentially until the time ends.
pub(crate) async fn keep_calling(
    limiter: impl Limiter,
    account: &'static str,
    arrivals: Arrivals,
    ends: Instant,
) {
    while let Some(left) = ends.checked_duration_since(Instant::now()) {
        if left.is_zero() {
            break;
        }
        match limiter.acquire(&call(account, Some(left))).await {
            Ok(turn) => {
                arrivals.push(account);
                answered(turn);
            }
            // Denied: its turn would come after its deadline.
            Err(_) => sleep(Duration::from_millis(10)).await,
        }
    }
}
