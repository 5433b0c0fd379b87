//! A real Redis for tests.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use redis::aio::MultiplexedConnection;

/// A Redis of the test's own, without a file on the disk; killed when dropped.
pub(crate) struct Redis {
    process: Child,
    pub(crate) port: u16,
}

impl Redis {
    pub(crate) fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
        Self::start_on(port.expect("a port").port())
    }

    #[allow(clippy::zombie_processes)] // it ends when the test does
    pub(crate) fn start_on(port: u16) -> Self {
        let process = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no"])
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server, of Debian's package of that name");
        for _ in 0..1000 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Self { process, port };
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("redis-server does not start");
    }

    #[allow(dead_code)] // each test uses a part of this module
    pub(crate) async fn connection(&self) -> MultiplexedConnection {
        let client = redis::Client::open(format!("redis://127.0.0.1:{}/", self.port));
        let client = client.expect("an address");
        client.get_multiplexed_async_connection().await.expect("a connection")
    }

    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.process.id().to_string()]).status();
        assert!(sent.expect("kill").success());
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
