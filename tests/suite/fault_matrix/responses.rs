//! Faults of heads and statuses: responses that are not HTTP, responses that are not a success.

use truto_tests::{OK, Play, http, json};

use super::{Row, bytes, row};

/// Refused: no method is retried.
macro_rules! once {
    ($end:literal) => {
        [concat!($end, " 1"); 4]
    };
}

/// Transient, and possibly executed: a read and a DELETE are retried, a POST is not.
macro_rules! unclear {
    ($end:literal) => {
        ["value 2", "value 2", concat!($end, "! 1"), "value 2"]
    };
}

/// Not transient, and possibly executed.
macro_rules! unknown {
    ($end:literal) => {
        [concat!($end, " 1"), concat!($end, " 1"), concat!($end, "! 1"), concat!($end, "! 1")]
    };
}

const AGAIN: [&str; 4] = ["value 2"; 4];
const VALUE: [&str; 4] = ["value 1"; 4];
const LOST: [&str; 4] = ["value 2", "value 2", "transport! 1", "value 2"];

fn status(status: &str) -> Play {
    http(status, &[], r#"{"truto_is_remote_error":false}"#)
}

fn remote(status: &str) -> Play {
    http(status, &[], r#"{"truto_is_remote_error":true}"#)
}

fn after(early: &str) -> Play {
    bytes(format!("{early}HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{OK}", OK.len()))
}

fn redirect(status: &str, to: &str) -> Play {
    http(status, &[&format!("Location: {to}")], "")
}

fn with(header: &str) -> Play {
    http("200 OK", &[header], OK)
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = heads();
    rows.extend(redirects());
    rows.extend(statuses());
    rows.extend(limits());
    rows.extend(evidence());
    rows
}

fn heads() -> Vec<Row> {
    vec![
        row("a greeting of another protocol", [bytes("SSH-2.0-OpenSSH_9.2\r\n")], LOST),
        row("random bytes", [bytes([0x16, 0x03, 0x01, 0xff, 0x00, 0x80])], LOST),
        row("HTTP/0.9, a body alone", [bytes("<html>it works</html>")], LOST),
        row("HTTP/2 that was not negotiated", [bytes("HTTP/2 200 OK\r\n\r\n")], LOST),
        row("a status of two digits", [bytes("HTTP/1.1 20 OK\r\n\r\n")], LOST),
        row("a status of letters", [bytes("HTTP/1.1 abc OK\r\n\r\n")], LOST),
        row("a header without a colon", [bytes("HTTP/1.1 200 OK\r\nnonsense\r\n\r\n")], LOST),
        row("a control character in a header", [bytes("HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n")], LOST),
        row("a length of -1", [bytes("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}")], LOST),
        row(
            "a length beyond 64 bits",
            [bytes("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}")],
            LOST,
        ),
        row(
            "two different lengths",
            [bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}")],
            LOST,
        ),
        row(
            "1,000 headers",
            [bytes(format!("HTTP/1.1 200 OK\r\n{}\r\n", "X: y\r\n".repeat(1_000)))],
            LOST,
        ),
        row(
            "a header of 8 MB",
            [bytes(format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "y".repeat(8 << 20)))],
            LOST,
        ),
        row("a header of 1,000 bytes", [with(&format!("X: {}", "y".repeat(1_000)))], VALUE),
        row("a header that is not ASCII", [with("X: \u{e9}\u{fc}")], VALUE),
        row("HTTP/1.0", [bytes(format!("HTTP/1.0 200 OK\r\n\r\n{OK}"))], VALUE),
        row("no reason phrase", [http("200", &[], OK)], VALUE),
        row("a cookie", [with("Set-Cookie: a=b; Path=/")], VALUE),
        row("100 before the response", [after("HTTP/1.1 100 Continue\r\n\r\n")], VALUE),
        row(
            "103 fifty times before the response",
            [after(&"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(50))],
            VALUE,
        ),
        row(
            "100 and nothing more",
            [Play::SendAndStall(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec())],
            ["value 2", "value 2", "timeout! 1", "value 2"],
        ),
        row(
            "101, another protocol",
            [bytes(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
            )],
            unknown!("101"),
        ),
    ]
}

fn redirects() -> Vec<Row> {
    vec![
        row("300", [redirect("300 x", "/a")], unknown!("redirect")),
        row(
            "301 to another host",
            [redirect("301 x", "http://evil.invalid/")],
            unknown!("redirect"),
        ),
        row("302 to itself", [redirect("302 x", "/unified/m/r")], unknown!("redirect")),
        row("303", [redirect("303 x", "/a")], unknown!("redirect")),
        row("304", [status("304 x")], unknown!("redirect")),
        row(
            "307 to another scheme",
            [redirect("307 x", "ftp://evil.invalid/")],
            unknown!("redirect"),
        ),
        row("308 without a location", [status("308 x")], unknown!("redirect")),
        row("308 to an invalid URL", [redirect("308 x", "http://[::")], unknown!("redirect")),
    ]
}

fn statuses() -> Vec<Row> {
    vec![
        row("400", [status("400 x")], once!("400")),
        row("401", [status("401 x")], once!("401")),
        row("403", [remote("403 x")], once!("403")),
        row("404", [remote("404 x")], once!("404")),
        row("405", [status("405 x")], once!("405")),
        row("407", [status("407 x")], once!("407")),
        row("408", [status("408 x")], unclear!("408")),
        row("409", [remote("409 x")], once!("409")),
        row("410", [status("410 x")], once!("410")),
        row("422", [remote("422 x")], once!("422")),
        row("425", [status("425 x")], unclear!("425")),
        row("500", [status("500 x")], unclear!("500")),
        row("501", [status("501 x")], unknown!("501")),
        row("502 from the provider", [remote("502 x")], unclear!("502")),
        row(
            "502, HTML",
            [http("502 x", &["Content-Type: text/html"], "<h1>Bad gateway")],
            unclear!("502"),
        ),
        row("503, the account is blocked", [status("503 x")], once!("503")),
        row("503 from the provider", [remote("503 x")], unclear!("503")),
        row("504", [status("504 x")], unclear!("504")),
        row("520", [status("520 x")], unknown!("520")),
        row("600", [status("600 x")], unknown!("600")),
        row("999", [status("999 x")], unknown!("999")),
    ]
}

/// Bodies that prove the origin of a refusal, and bodies that do not.
fn evidence() -> Vec<Row> {
    let slow = |body: &str| http("429 x", &["Retry-After: 0.05"], body);
    let deep = format!(
        r#"{{"raw_response":{}{},"truto_is_remote_error":true}}"#,
        "[".repeat(200),
        "]".repeat(200)
    );
    let large =
        format!(r#"{{"message":"{}","truto_is_remote_error":true}}"#, "x".repeat(300 * 1024));
    let cut =
        "HTTP/1.1 429 x\r\nContent-Length: 99\r\nRetry-After: 0.05\r\n\r\n{\"message\":\"m\"}";
    let stall = |status: &str| {
        Play::SendAndStall(
            format!("HTTP/1.1 {status}\r\nContent-Length: 99\r\n\r\n{{").into_bytes(),
        )
    };
    vec![
        row("429 with an empty body", [slow("")], unclear!("429")),
        row("429 with an HTML body", [slow("<html></html>")], unclear!("429")),
        row("429 with an array as body", [slow("[]")], unclear!("429")),
        row(
            "429, half an emoji in the provider's response",
            [slow(
                r#"{"truto_is_remote_error":true,"message":"slow","raw_response":"cut \ud83d"}"#,
            )],
            unclear!("429"),
        ),
        row(
            "429, a number out of range",
            [slow(r#"{"raw_response":1e999,"truto_is_remote_error":true}"#)],
            unclear!("429"),
        ),
        row("429, nested 200 levels deep", [slow(&deep)], unclear!("429")),
        row("429, larger than the limit", [slow(&large)], unclear!("429")),
        row(
            "429, the remote flag as a string",
            [slow(r#"{"truto_is_remote_error":"true"}"#)],
            unclear!("429"),
        ),
        row("429, its body cut short", [bytes(cut)], unclear!("429")),
        row("503 with an HTML body", [http("503 x", &[], "<html></html>")], unclear!("503")),
        row("400, its body stalls", [stall("400 x")], once!("400")),
        row("401, its body stalls", [stall("401 x")], once!("401")),
        row("404, its body stalls", [stall("404 x")], once!("404")),
    ]
}

fn limits() -> Vec<Row> {
    let wait = |header: &str| http("429 x", &[header], r#"{"truto_is_remote_error":false}"#);
    let storm = |status: Play| [status.clone(), status];
    vec![
        row("429 from Truto", [status("429 x")], AGAIN),
        row("429 from the provider", [remote("429 x")], unclear!("429")),
        row("429, retry immediately", [wait("Retry-After: 0")], AGAIN),
        row("429, try again in 0.05 s", [wait("Retry-After: 0.05")], AGAIN),
        row(
            "429, try again in the past",
            [wait("Retry-After: Tue, 24 Nov 2020 12:00:00 GMT")],
            AGAIN,
        ),
        row("429, try again soon", [wait("Retry-After: soon")], AGAIN),
        row("429, try again at -1", [wait("Retry-After: -1")], AGAIN),
        row("429, try again in a day", [wait("Retry-After: 86400")], once!("429")),
        row("429, try again in 3 years", [wait("Retry-After: 99999999")], once!("429")),
        row("429, the window ends in an hour", [wait("ratelimit-reset: 3600")], once!("429")),
        row("429 on every attempt", storm(status("429 x")), ["429 4"; 4]),
        row("500 on every attempt", storm(status("500 x")), ["500 4", "500 4", "500! 1", "500! 4"]),
        row("503 on every attempt", storm(status("503 x")), once!("503")),
        row(
            "429, then 500, then success",
            [status("429 x"), status("500 x"), json(OK)],
            ["value 3", "value 3", "500! 2", "value 3"],
        ),
        row(
            "500, then 404",
            [status("500 x"), status("404 x")],
            ["404 2", "404 2", "500! 1", "404! 2"],
        ),
    ]
}
