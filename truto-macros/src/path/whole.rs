//! Repairs of a path as a whole: host, quotes, method, query, fragment.

use std::borrow::Cow;

use super::Mistake;
use super::placeholder::is_mark_of_placeholder;
use crate::diag::is_invisible;

/// A text without the parts that do not belong to a path.
pub(super) struct Whole<'a> {
    /// Begins with `/`; `None` if nothing is left.
    pub(super) path: Option<Cow<'a, str>>,
    pub(super) mistakes: Vec<Mistake>,
}

/// Removes host, quotes, method, query and fragment, with one mistake per kind.
pub(super) fn clean(text: &str) -> Whole<'_> {
    let all = (0, text.len());
    if let Some(path) = path_of_url(text) {
        let mistakes = vec![Mistake::new("the path is a full URL", all).note(HOST)];
        return Whole { path: non_empty(path.to_owned().into()), mistakes };
    }
    let mut mistakes = Vec::new();
    let mut path = Cow::Borrowed(text);
    if let Some(odd) = text.chars().find(|&c| is_invisible(c)) {
        mistakes.push(Mistake::new(format!("invisible character `{odd}` in the path"), all));
        path = path.chars().filter(|&c| !is_invisible(c)).collect::<String>().into();
    }
    let around: &[char] = &['"', '\'', '`'];
    let trimmed = path.trim().trim_matches(around).trim();
    if trimmed.len() != path.len() {
        if mistakes.is_empty() {
            let what = if path.contains(around) { "quotes" } else { "white space" };
            mistakes.push(Mistake::new(format!("{what} around the path"), all));
        }
        path = trimmed.to_owned().into();
    }
    if let Some(after) = behind_method(&path) {
        let method = path[..path.len() - after.len()].trim();
        let message = format!("method `{method}` in the path");
        mistakes.push(Mistake::new(message, all).note("; the method goes into `method`"));
        path = after.to_owned().into();
    }
    if path.contains('\\') && (path.starts_with('\\') || !path.contains('/')) {
        mistakes
            .push(Mistake::new("`\\` in the path", all).note("; segments are separated by `/`"));
        path = path.replace('\\', "/").into();
    }
    // `/deals{/id}` of RFC 6570; the placeholder is reported next.
    if path.contains("{/") {
        path = path.replace("{/", "/{").into();
    }
    // If there was another mistake, its help already shows the path without these parts.
    let is_as_written = mistakes.is_empty();
    if let Some((end, mistake)) = query_or_fragment(&path) {
        if is_as_written {
            mistakes.push(mistake);
        }
        path = path[..end].trim_end_matches('/').to_owned().into();
    }
    if !path.starts_with('/') && !path.is_empty() {
        if is_as_written {
            let message = format!("path `{path}` does not begin with `/`");
            mistakes.push(Mistake::new(message, all));
        }
        path = format!("/{path}").into();
    }
    Whole { path: non_empty(path), mistakes }
}

const HOST: &str = ", without the host, which the client adds";

fn non_empty(path: Cow<'_, str>) -> Option<Cow<'_, str>> {
    (!path.trim_matches('/').is_empty()).then_some(path)
}

/// The path of a URL, also of one inside a pasted command, or without its scheme.
fn path_of_url(text: &str) -> Option<&str> {
    let is_end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`');
    let scheme = text.split_once("://").filter(|(scheme, _)| !scheme.contains(['/', '?', '{']));
    let rest = if let Some((_, rest)) = scheme {
        rest
    } else {
        let rest = text.strip_prefix("//").unwrap_or(text);
        let host = rest.split('/').next()?;
        if host.starts_with(['/', '{', '<', ':', '.']) || !is_host(host) {
            return None;
        }
        rest
    };
    let rest = rest.split(is_end).next()?;
    let path = rest.find('/').map_or("", |at| &rest[at..]);
    let end = query_or_fragment(path).map_or(path.len(), |(end, _)| end);
    Some(&path[..end])
}

/// True for a host such as `api.truto.one` or `localhost:3000`.
fn is_host(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-');
    let is_named = text.contains('.') || text.split(':').next() == Some("localhost");
    is_named && text.chars().all(allowed)
}

/// The path after a method such as `GET `.
fn behind_method(path: &str) -> Option<&str> {
    let (method, after) = path.split_once([' ', ':'])?;
    let method = method.to_ascii_uppercase();
    let is_method = matches!(method.as_str(), "GET" | "POST" | "PUT" | "PATCH" | "DELETE");
    Some(after.trim_start()).filter(|after| is_method && after.starts_with('/'))
}

/// The start of the query or fragment, and the mistake.
fn query_or_fragment(path: &str) -> Option<(usize, Mistake)> {
    let (at, mark) = path.char_indices().find_map(|(at, c)| match c {
        '{' => mark_of_template(path, at).map(|mark| (at, mark)),
        '?' | '#' if !is_mark_of_placeholder(path, at) => Some((at, c)),
        _ => None,
    })?;
    let rest = &path[at..];
    let whole = (at, path.len());
    let mistake = if mark == '#' {
        Mistake::new(format!("fragment `{rest}` in the path"), whole)
            .note(": fragments are not sent")
    } else if rest.len() == 1 {
        Mistake::new("query `?` in the path", whole)
    } else {
        Mistake::new(format!("query `{rest}` in the path"), whole).note(
            "; declare the endpoint's parameters with `query = T`, or add them to a call with `Request::query`",
        )
    };
    Some((at, mistake))
}

/// The mark of a query or fragment in the notation of RFC 6570: `/deals{?limit}`, `/deals/{id}{#part}`.
fn mark_of_template(path: &str, at: usize) -> Option<char> {
    let mark = path[at + 1..].chars().next().filter(|mark| matches!(mark, '?' | '&' | '#'));
    // A segment of its own is a placeholder.
    mark.filter(|_| !path[..at].ends_with('/'))
}
