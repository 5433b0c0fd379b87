//! The command without arguments: one process on SQLite, and a sandbox.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn fleet() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fleet"));
    command.env_remove("TRUTO_API_TOKEN").env_remove("TRUTO_API_BASE_URL");
    command
}

fn get(url: &str, path: &str) -> String {
    let address = url.trim_end().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("a connection");
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")
        .expect("a request");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("a response");
    response
}

#[test]
fn copies_the_contacts_of_the_sandbox() {
    // Nothing of it stays, so a second start has five accounts and not ten. A Redis that is unavailable stops none.
    for redis in [&[][..], &["--redis", "redis://127.0.0.1:1/"]] {
        let mut process = fleet()
            .args(["--listen", "127.0.0.1:0"])
            .args(redis)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the command");
        let mut url = String::new();
        let stdout = process.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut url).expect("an address");
        let started = Instant::now();
        let metrics = loop {
            let metrics = get(&url, "/metrics");
            if metrics.contains("fleet_records_total 5000\n") {
                break metrics;
            }
            assert!(started.elapsed() < Duration::from_mins(2), "{metrics}");
            std::thread::sleep(Duration::from_millis(200));
        };
        assert!(metrics.contains("fleet_accounts 5\n"), "{metrics}");
        assert!(metrics.contains("fleet_accounts_parked 0\n"), "{metrics}");
        let page = get(&url, "/");
        assert!(page.contains("5 accounts, 0 parked"), "{page}");
        let kill = Command::new("kill").arg(process.id().to_string()).status();
        assert!(kill.expect("kill").success());
        assert!(process.wait().expect("a status").success());
    }
}

#[test]
fn help_is_no_error() {
    for option in ["--help", "-h"] {
        let output = fleet().args(["--page", "5", option]).output().expect("the command");
        assert!(output.status.success());
        assert!(String::from_utf8_lossy(&output.stdout).contains("usage: fleet"));
    }
    let output = fleet().args(["x=acme", "--listen", "127.0.0.1:0"]).output().expect("the command");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && text.contains("UUID"), "{text}");
}
