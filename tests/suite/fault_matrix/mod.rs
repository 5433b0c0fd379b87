//! Every fault × GET, list, POST and DELETE: how the call ends and what the server received.
//!
//! The table is docs/faults.md; `UPDATE=1 cargo test -p truto-tests --test suite fault_matrix` rewrites it.
mod bodies;
mod connections;
mod responses;

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use truto_core::{Account, Error};
use truto_tests::{ACCOUNT_ID, BODY, OK, Play, Record, Wire, idempotency_key};

const METHODS: [&str; 4] = ["GET", "list", "POST", "DELETE"];

/// Target of a fault.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Base {
    /// The server.
    Plain,
    /// The server, which does not speak TLS, over TLS.
    Tls,
    /// A port without a listener.
    Closed,
    /// A name that does not resolve.
    NoSuchHost,
}

/// A fault, and the outcome of the call and the number of received requests for each method.
///
/// An outcome with a `!` is an error for which `may_have_applied()` is true; `|` separates alternatives.
struct Row {
    name: &'static str,
    base: Base,
    plays: Vec<Play>,
    ends: [&'static str; 4],
}

fn row(name: &'static str, plays: impl Into<Vec<Play>>, ends: [&'static str; 4]) -> Row {
    Row { name, base: Base::Plain, plays: plays.into(), ends }
}

fn rows() -> Vec<Row> {
    [connections::rows(), responses::rows(), bodies::rows()].into_iter().flatten().collect()
}

fn bytes(text: impl AsRef<[u8]>) -> Play {
    Play::SendAndClose(text.as_ref().to_vec())
}

async fn call(method: &str, account: &Account) -> Result<(), Error> {
    match method {
        "GET" => Record::get("1").send(account).await.map(drop),
        "list" => Record::list().send(account).await.map(drop),
        "POST" => Record::create(&BODY).send(account).await.map(drop),
        _ => Record::delete("1").send(account).await.map(drop),
    }
}

fn end(result: &Result<(), Error>) -> String {
    let error = match result {
        Ok(()) => return "value".to_owned(),
        Err(error) => error,
    };
    let kind = if error.is_connect() {
        "connect"
    } else if error.is_timeout() {
        "timeout"
    } else if error.is_decode() {
        "decode"
    } else if error.is_body_too_large() {
        "too large"
    } else if error.to_string().contains("redirects are not followed") {
        "redirect"
    } else if let Some(api) = error.api() {
        api.status.as_str()
    } else {
        "transport"
    };
    let unclear = if error.may_have_applied() { "!" } else { "" };
    format!("{kind}{unclear}")
}

/// Plays the fault once, then successes, unless the row has more plays. The error describes a mismatch.
async fn run(row: &Row, method: &'static str, expected: &str) -> Result<(), String> {
    let mut plays = row.plays.clone();
    let recovers = row.base == Base::Plain && plays.len() == 1;
    if recovers {
        plays.push(truto_tests::json(OK));
    }
    let wire = Wire::start(plays).await;
    let base = match row.base {
        Base::Plain => wire.base_url().to_owned(),
        Base::Tls => wire.base_url().replace("http:", "https:"),
        Base::Closed => "http://127.0.0.1:1".to_owned(),
        Base::NoSuchHost => "https://no-such-host.invalid".to_owned(),
    };
    // Long enough for a busy machine, unless the fault is a timeout.
    let stalls = row.plays.iter().any(|play| match play {
        Play::SendAndStall(_) => true,
        Play::Drip(_, pause) => !pause.is_zero(),
        _ => false,
    });
    let timeout = Duration::from_secs(if stalls { 2 } else { 20 });
    let client = wire
        .builder()
        .base_url(base)
        .timeout(timeout)
        .max_body_bytes(256 * 1024)
        .build()
        .map_err(|error| error.to_string())?;
    let account = client.token_account();
    let result = tokio::time::timeout(Duration::from_secs(100), call(method, &account))
        .await
        .map_err(|_| "the call hangs".to_owned())?;
    let requests = wire.requests();
    let actual = format!("{} {}", end(&result), requests.len());
    if !expected.split(" | ").any(|expected| expected == actual) {
        return Err(format!("{actual}, not {expected}: {result:?}"));
    }
    if requests.iter().any(|request| *request != requests[0]) {
        return Err(format!("attempts differ: {requests:?}"));
    }
    let is_keyed = |request: &String| idempotency_key(request).is_some();
    if requests.iter().any(|request| is_keyed(request) != (method == "POST")) {
        return Err(format!("a key is missing or not asked for: {requests:?}"));
    }
    if let Err(error) = &result {
        let sent = if error.is_connect() { 4 } else { requests.len() };
        if (error.attempts() as usize) < sent {
            return Err(format!("the error reports {} attempts", error.attempts()));
        }
        let shown = format!("{error} {error:?}");
        if shown.contains("s3cret-token") {
            return Err(format!("{shown} says too much"));
        }
    }
    if recovers {
        // The fault must leave nothing in the pool that the next call could take for its response. That call
        // is on another account, since a 429 delays the calls of its own.
        let other = client.account(ACCOUNT_ID);
        let other = other.map_err(|error| error.to_string())?;
        let next = Record::get("1").send(&other).await;
        if next.as_ref().ok().map(|record| &*record.id) != Some("1") {
            return Err(format!("the next call fails: {next:?}"));
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_ends_as_in_the_table() {
    let rows = Arc::new(rows());
    let at_once = Arc::new(Semaphore::new(48));
    let mut runs = JoinSet::new();
    for (at, row) in rows.iter().enumerate() {
        for (method, expected) in METHODS.into_iter().zip(row.ends) {
            let (rows, at_once) = (Arc::clone(&rows), Arc::clone(&at_once));
            runs.spawn(async move {
                let _permit = at_once.acquire_owned().await;
                let row = &rows[at];
                run(row, method, expected)
                    .await
                    .map_err(|what| format!("{method} under {}: {what}", row.name))
            });
        }
    }
    let mut wrong: Vec<String> =
        runs.join_all().await.into_iter().filter_map(Result::err).collect();
    wrong.sort();
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn report(rows: &[Row]) -> String {
    let mut report = format!(
        "# Faults\n\n\
         The outcome of a call for each of {} faults, with the default policy: 3 retries, and none for a POST that may have\n\
         been executed. Written by `UPDATE=1 cargo test -p truto-tests --test suite fault_matrix`; the same test runs every row\n\
         on a real socket.\n\n\
         Each cell shows how the call ended (`value`, an error status, or the kind of the error) and the number of requests\n\
         that the server received. `!` marks errors for which `may_have_applied()` is true. A fault occurs once, and then the\n\
         server recovers, unless the row says otherwise.\n\n\
         | fault | GET | list | POST | DELETE |\n| --- | --- | --- | --- | --- |\n",
        rows.len()
    );
    for Row { name, ends, .. } in rows {
        let ends = ends.map(|end| end.replace(" | ", " or "));
        // Writing to a string cannot fail.
        let _ = writeln!(report, "| {name} | {} |", ends.join(" | "));
    }
    report
}

#[test]
fn the_report_is_up_to_date() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let rows = rows();
    let report = report(&rows);
    println!("{report}");
    let path = format!("{root}/docs/faults.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &report).expect("docs/faults.md can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, report, "run `UPDATE=1 cargo test -p truto-tests --test suite fault_matrix`");
    let readme = std::fs::read_to_string(format!("{root}/README.md")).expect("a README");
    // A figure may be at the end of a line.
    let readme = readme.split_whitespace().collect::<Vec<_>>().join(" ");
    let size = format!("{} faults", rows.len());
    assert!(readme.contains(&size), "README.md does not say {size}");
}
