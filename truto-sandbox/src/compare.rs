//! Compares an expected request with those that were received.

use super::matcher::Matcher;
use super::query::Query;
use super::record::Recorded;

/// The maximum width of the column of expected values, in characters.
const WIDTH: usize = 60;

/// Compares the expected request with the most similar received one, then lists all received requests.
pub(super) fn report(expected: &Matcher, received: &[Recorded]) -> String {
    let likeness = |received: &&Recorded| {
        (
            expected.is_on_route(received),
            usize::from(expected.has_pairs(received)) + usize::from(expected.has_body(received)),
        )
    };
    let Some(closest) = received.iter().max_by_key(likeness) else {
        return format!("no such request was received, nor any other\n  expected: {expected}");
    };
    let rows = [
        (
            "route",
            expected.line(),
            format!("{} {}", closest.method, closest.path),
            expected.is_on_route(closest),
        ),
        ("query", joined(expected.pairs()), query(closest), expected.has_pairs(closest)),
        (
            "body",
            expected.body().map_or_else(String::new, text),
            text(&closest.body),
            expected.has_body(closest),
        ),
    ];
    let width = rows
        .iter()
        .map(|(_, expected, ..)| expected.chars().count())
        // At least as wide as the heading, `expected`.
        .fold(8, usize::max)
        .min(WIDTH);
    let mut lines = vec![
        "no such request was received".to_owned(),
        format!("           {:width$}    closest of {} received", "expected", received.len()),
    ];
    for (name, expected, came, same) in rows {
        let mark = if same { ' ' } else { '!' };
        lines.push(format!("  {mark} {name:6} {expected:width$}    {came}"));
    }
    lines.push("  received:".to_owned());
    lines.extend(received.iter().map(|received| format!("    {}", line(received))));
    lines.join("\n")
}

/// A received request on one line, without its account, which differs between runs of a test.
fn line(received: &Recorded) -> String {
    let mut line = format!("{} {}", received.method, received.path);
    let query = query(received);
    if !query.is_empty() {
        line = format!("{line}?{query}");
    }
    if !received.body.is_empty() {
        line = format!("{line} {}", text(&received.body));
    }
    line
}

fn query(received: &Recorded) -> String {
    // Without the account: an expected request does not contain it.
    let query = Query::parse(&received.query);
    let pairs = query.pairs().iter();
    let pairs: Vec<_> =
        pairs.filter(|(name, _)| name != "integrated_account_id").cloned().collect();
    joined(&pairs)
}

fn joined(pairs: &[(String, String)]) -> String {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

/// A body on one line.
fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(body).replace(['\r', '\n'], " ")
}
