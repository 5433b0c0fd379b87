//! Faults of connections: refused, closed, reset, stalled, dripping.

use std::time::Duration;

use truto_tests::{OK, Play, json};

use super::{Base, Row, row};

/// Lost in flight: a read and a DELETE are retried, a POST is not.
const LOST: [&str; 4] = ["value 2", "value 2", "transport! 1", "value 2"];

/// The same, but the attempt runs out of time.
const SLOW: [&str; 4] = ["value 2", "value 2", "timeout! 1", "value 2"];

/// Never sent: all methods are retried, and the server receives nothing.
const UNSENT: [&str; 4] = ["connect 0"; 4];

/// The kernel decides if the request was written before the connection was lost.
const UNREAD: [&str; 4] = ["value 1", "value 1", "value 1 | transport! 0", "value 1"];

fn on(base: Base, name: &'static str, play: Play, ends: [&'static str; 4]) -> Row {
    Row { base, ..row(name, [play], ends) }
}

pub(crate) fn rows() -> Vec<Row> {
    let head = || b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n".to_vec();
    let begun = || [head(), b"{\"id\"".to_vec()].concat();
    let chunked = |chunks: &str| {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        format!("{head}{chunks}").into_bytes()
    };
    let two = [whole(OK), whole(r#"{"id":"stale","result":[]}"#)].concat();
    let stall = Play::SendAndStall;
    let close = Play::SendAndClose;
    let reset = Play::SendAndReset;
    vec![
        on(Base::Closed, "connection refused", json(OK), UNSENT),
        on(Base::NoSuchHost, "no such host", json(OK), UNSENT),
        on(
            Base::Tls,
            "plain text instead of a TLS handshake",
            Play::Greet(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()),
            UNSENT,
        ),
        on(Base::Tls, "reset in the TLS handshake", Play::ResetUnread, UNSENT),
        on(Base::Tls, "no TLS handshake on any attempt", stall(vec![]), ["connect 0"; 4]),
        row("accepted, then closed without reading", [Play::Greet(vec![])], UNREAD),
        row("accepted, then reset without reading", [Play::ResetUnread], UNREAD),
        row("closed before the head", [close(vec![])], LOST),
        row("reset before the head", [reset(vec![])], LOST),
        row("closed in the status line", [close(b"HTTP/1.1 2".to_vec())], LOST),
        row("closed in a header", [close(b"HTTP/1.1 200 OK\r\nContent-Le".to_vec())], LOST),
        row("reset in a header", [reset(b"HTTP/1.1 200 OK\r\nContent-Le".to_vec())], LOST),
        row("closed before the body", [close(head())], LOST),
        row("closed in the body", [close(begun())], LOST),
        row("reset in the body", [reset(begun())], LOST),
        row("closed in a chunk", [close(chunked("20\r\n{\"id\""))], LOST),
        row("closed between chunks", [close(chunked("5\r\n{\"id\"\r\n"))], LOST),
        row(
            "closed before the last chunk",
            [close(chunked(&format!("{:x}\r\n{OK}\r\n", OK.len())))],
            LOST,
        ),
        row("stall before the head", [stall(vec![])], SLOW),
        row("stall in the head", [stall(b"HTTP/1.1 200 OK\r\nX: ".to_vec())], SLOW),
        row("stall before the body", [stall(head())], SLOW),
        row("stall in the body", [stall(begun())], SLOW),
        row(
            "stall before the last chunk",
            [stall(chunked(&format!("{:x}\r\n{OK}\r\n", OK.len())))],
            SLOW,
        ),
        row("one byte every 100 ms", [Play::Drip(whole(OK), Duration::from_millis(100))], SLOW),
        row("closed after a whole response", [close(whole(OK))], ["value 1"; 4]),
        row("two responses in one packet", [Play::Send(two)], ["value 1"; 4]),
        row(
            "a response in packets of 1 byte",
            [Play::Drip(whole(OK), Duration::ZERO)],
            ["value 1"; 4],
        ),
        row(
            "closed before the head of every response",
            [close(vec![]), close(vec![])],
            ["transport 4", "transport 4", "transport! 1", "transport! 4"],
        ),
        row(
            "stall before the head of every response",
            [stall(vec![]), stall(vec![])],
            ["timeout 4", "timeout 4", "timeout! 1", "timeout! 4"],
        ),
    ]
}

fn whole(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}
