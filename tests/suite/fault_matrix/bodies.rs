//! Faults of bodies: framing, compression, bodies that are not JSON, JSON of another shape.

use truto_tests::{OK, Play, gzip, http, json};

use super::{Row, bytes, row};

const VALUE: [&str; 4] = ["value 1"; 4];
const LOST: [&str; 4] = ["value 2", "value 2", "transport! 1", "value 2"];
const DECODE: [&str; 4] = ["decode 1", "decode 1", "decode! 1", "decode! 1"];
const TOO_LARGE: [&str; 4] = ["too large 1", "too large 1", "too large! 1", "too large! 1"];

/// The body is not the record: an error for all methods but DELETE, which succeeded.
const NOTHING: [&str; 4] = ["decode 1", "decode 1", "decode! 1", "value 1"];

const ERROR: [&str; 4] = ["422 1"; 4];

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = framing();
    rows.extend(compression());
    rows.extend(no_json());
    rows.extend(shapes());
    rows.extend(errors());
    rows
}

fn chunked(chunks: &str) -> Play {
    bytes(format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"))
}

fn framing() -> Vec<Row> {
    let length = OK.len();
    vec![
        row(
            "a body longer than its length",
            [bytes(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{OK}and more"))],
            VALUE,
        ),
        row(
            "no length, closed after the JSON",
            [bytes(format!("HTTP/1.1 200 OK\r\n\r\n{OK}"))],
            VALUE,
        ),
        row(
            "no length, closed in the JSON",
            [bytes("HTTP/1.1 200 OK\r\n\r\n{\"id\":\"1\",")],
            ["transport 1", "transport 1", "transport! 1", "transport! 1"],
        ),
        row(
            "chunked, with a Content-Length as well",
            [bytes(format!(
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{OK}\r\n0\r\n\r\n"
            ))],
            VALUE,
        ),
        row("trailers", [chunked(&format!("{length:x}\r\n{OK}\r\n0\r\nX: y\r\n\r\n"))], VALUE),
        row("chunk extensions", [chunked(&format!("{length:x};a=b\r\n{OK}\r\n0\r\n\r\n"))], VALUE),
        row("a chunk size that is not a number", [chunked("zz\r\n{}\r\n0\r\n\r\n")], LOST),
        row("a chunk size of 2^64", [chunked("10000000000000000\r\n{}")], LOST),
        row("a chunk size of 2^63", [chunked("8000000000000000\r\n{}")], LOST),
        row("a chunk longer than its size", [chunked("2\r\n{}{}\r\n0\r\n\r\n")], LOST),
        row("an endless chunk extension", [chunked(&format!("1;{}", "a".repeat(1 << 20)))], LOST),
        row(
            "a stated length of 1 TB",
            [bytes("HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n{")],
            TOO_LARGE,
        ),
        row(
            "a body of 1 MB, over the limit",
            [json(&format!("{{\"id\":\"{}\"}}", "1".repeat(1 << 20)))],
            TOO_LARGE,
        ),
    ]
}

fn gzipped(status: &str, body: impl AsRef<[u8]>) -> Play {
    http(status, &["Content-Encoding: gzip"], body)
}

fn compression() -> Vec<Row> {
    let whole = gzip(OK.as_bytes());
    let mut broken = whole.clone();
    let checksum = broken.len() - 6;
    broken[checksum] ^= 0xff;
    vec![
        row("gzip", [gzipped("200 OK", &whole)], VALUE),
        row("gzip that is not gzip", [gzipped("200 OK", OK)], DECODE),
        row("gzip with a wrong checksum", [gzipped("200 OK", &broken)], DECODE),
        row("gzip cut short", [gzipped("200 OK", &whole[..whole.len() - 12])], LOST),
        row("gzip within gzip", [gzipped("200 OK", gzip(&whole))], DECODE),
        row("a gzip bomb of 64 MB", [gzipped("200 OK", gzip(&vec![b' '; 64 << 20]))], TOO_LARGE),
        row("422 with a gzip bomb", [gzipped("422 x", gzip(&vec![b' '; 64 << 20]))], ERROR),
        row(
            "an encoding that was not requested",
            [http("200 OK", &["Content-Encoding: br"], [0x0b, 0x02, 0x80, 0x7b, 0x7d, 0x03])],
            DECODE,
        ),
    ]
}

fn no_json() -> Vec<Row> {
    let deep = |brackets: usize| "[".repeat(brackets);
    vec![
        row("200, empty", [http("200 OK", &[], "")], NOTHING),
        row("202, empty", [http("202 Accepted", &[], "")], NOTHING),
        row("204", [bytes("HTTP/1.1 204 No Content\r\n\r\n")], NOTHING),
        row("204 with a body", [bytes(format!("HTTP/1.1 204 No Content\r\n\r\n{OK}"))], NOTHING),
        row("205", [http("205 x", &[], "")], NOTHING),
        row("206", [http("206 x", &[], OK)], VALUE),
        row("201", [http("201 x", &[], OK)], VALUE),
        row("299", [http("299 x", &[], OK)], VALUE),
        row("white space", [json(" \r\n\t")], NOTHING),
        row(
            "HTML",
            [http("200 OK", &["Content-Type: text/html"], "<!doctype html><p>Log in")],
            DECODE,
        ),
        row("text", [http("200 OK", &["Content-Type: text/plain"], "OK")], DECODE),
        row("a byte order mark", [json(&format!("\u{feff}{OK}"))], VALUE),
        row("UTF-16", [http("200 OK", &[], b"\xff\xfe{\0}\0")], DECODE),
        row("invalid UTF-8", [http("200 OK", &[], b"{\"id\":\"\xff\xc0\"}")], DECODE),
        row("a lone surrogate", [json(r#"{"id":"\ud800","result":[{"id":"\ud800"}]}"#)], VALUE),
        row("NaN", [json(r#"{"id":NaN,"result":[{"id":NaN}]}"#)], DECODE),
        row("single quotes", [json("{'id':'1'}")], DECODE),
        row("a trailing comma", [json(r#"{"id":"1","result":[],}"#)], DECODE),
        row("JSON cut short within its length", [json(r#"{"id":"1","result":[{"#)], DECODE),
        row("two documents", [json(&format!("{OK}\n{OK}"))], DECODE),
        row("text after the JSON", [json(&format!("{OK} and more"))], DECODE),
        row("100,000 brackets", [json(&deep(100_000))], DECODE),
        row("a NUL in a string", [json("{\"id\":\"\0\"}")], DECODE),
    ]
}

fn shapes() -> Vec<Row> {
    let both = |id: &str| json(&format!(r#"{{"id":{id},"result":[{{"id":{id}}}]}}"#));
    let beside = |more: &str| json(&format!(r#"{{"id":"1","result":[{{"id":"1"}}],"x":{more}}}"#));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    vec![
        row("an id that is a number", [both("5")], NOTHING),
        row("an id that is null", [both("null")], NOTHING),
        row("an id that is a list", [both("[]")], NOTHING),
        row("an id that is an object", [both("{}")], NOTHING),
        row("an id that is a boolean", [both("true")], NOTHING),
        row("an id larger than any number type", [both("1e999")], NOTHING),
        row("no id", [json(r#"{"result":[{}]}"#)], NOTHING),
        row(
            "the same key twice",
            [json(r#"{"id":"1","id":"2","result":[],"result":[]}"#)],
            NOTHING,
        ),
        row("null", [json("null")], NOTHING),
        row("a number", [json("17")], NOTHING),
        row("a string", [json(r#""done""#)], NOTHING),
        row("true", [json("true")], NOTHING),
        row("a list", [json(r#"[{"id":"1"}]"#)], ["decode 1", "value 1", "decode! 1", "value 1"]),
        row("an empty object", [json("{}")], NOTHING),
        row("an unknown field", [beside(r#"{"a":[1,2.5,null]}"#)], VALUE),
        row("a 1,000-digit number in an unknown field", [beside(&"9".repeat(1_000))], VALUE),
        row("1e999 in an unknown field", [beside("1e999")], VALUE),
        row("100,000 nested lists in an unknown field", [beside(&deep)], VALUE),
    ]
}

fn errors() -> Vec<Row> {
    let error = |body: &[u8]| http("422 x", &[], body);
    vec![
        row("422, empty", [error(b"")], ERROR),
        row("422, invalid UTF-8", [error(b"\xff\xfe\xfd")], ERROR),
        row("422, HTML", [error(b"<html>")], ERROR),
        row("422, keys of other types", [error(br#"{"error":[],"message":{},"truto_is_remote_error":"yes","truto_error_insight":7}"#)], ERROR),
        row("422, 100,000 brackets", [error("[".repeat(100_000).as_bytes())], ERROR),
        row("422, 4 MB", [error(&[b'x'; 4 << 20])], ERROR),
        row("422, cut short", [bytes("HTTP/1.1 422 x\r\nContent-Length: 99\r\n\r\n{\"message\":")], ERROR),
        row("422, gzip that is not gzip", [gzipped("422 x", "plain")], ERROR),
        row("422 with a record", [error(OK.as_bytes())], ERROR),
    ]
}
