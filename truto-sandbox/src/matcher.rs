//! Compares received requests with an expected one.

use std::fmt;

use http::Method;
use serde_json::Value;

use super::query::{self, Query};
use super::record::Recorded;
use truto_core::{Endpoint, Request};

/// The pattern that a request must match.
#[derive(Debug, Clone)]
pub(super) struct Matcher {
    route: Route,
    /// A received request may have more pairs.
    query: Query,
    body: Option<Vec<u8>>,
    pub(super) account: Option<String>,
}

#[derive(Debug, Clone)]
enum Route {
    Any,
    /// The template's placeholders match any segment.
    Endpoint(Method, &'static str),
    Exactly(Method, String),
}

/// Compares a path with a pattern, whose placeholders match any segment: `<path..>` matches one or more
/// segments at the end, `<id>:close` a segment with that suffix.
fn is_path(pattern: &str, path: &str) -> bool {
    let wanted: Vec<&str> = pattern.split('/').skip(1).collect();
    let came = query::segments(path);
    let has_rest = wanted.last().is_some_and(|last| last.ends_with("..>"));
    let fits = |(wanted, came): (&&str, &String)| match wanted.strip_prefix('<') {
        // An argument that begins with `<` is percent-encoded.
        Some(placeholder) => {
            let suffix = placeholder.split_once('>').map_or("", |(_, suffix)| suffix);
            // Longer than the suffix, since an argument is never empty.
            came.len() > suffix.len() && came.ends_with(suffix)
        }
        None => query::decoded(wanted) == *came,
    };
    (wanted.len() == came.len() || (has_rest && wanted.len() < came.len()))
        && wanted.iter().zip(&came).all(fits)
}

impl Matcher {
    /// Matches the request's method, path and query pairs, and its body if it has one.
    pub(super) fn of<O>(request: &Request<O>) -> Self {
        Self {
            route: Route::Exactly(request.method().clone(), request.path().to_owned()),
            query: Query::parse(&request.query_string()),
            body: request.body_bytes().map(<[u8]>::to_vec),
            account: None,
        }
    }

    pub(super) fn of_endpoint(endpoint: &Endpoint) -> Self {
        Self { route: Route::Endpoint(endpoint.method.clone(), endpoint.path), ..Self::any() }
    }

    pub(super) fn any() -> Self {
        Self { route: Route::Any, query: Query::default(), body: None, account: None }
    }

    pub(super) fn meets(&self, received: &Recorded, account: &str) -> bool {
        let owner = self.account.as_deref();
        owner.is_none_or(|owner| owner == account) && self.matches(received)
    }

    /// As [`meets`](Self::meets), for any account.
    pub(super) fn matches(&self, received: &Recorded) -> bool {
        self.is_on_route(received) && self.has_pairs(received) && self.has_body(received)
    }

    pub(super) fn is_on_route(&self, received: &Recorded) -> bool {
        match &self.route {
            Route::Any => true,
            Route::Endpoint(method, template) => {
                *method == received.method && is_path(template, &received.path)
            }
            Route::Exactly(method, path) => {
                // Also a pattern: a request shows its secret arguments as placeholders.
                *method == received.method && is_path(path, &received.path)
            }
        }
    }

    pub(super) fn has_pairs(&self, received: &Recorded) -> bool {
        // A received pair satisfies one expected pair, so an expected duplicate must be received twice.
        let mut came = Query::parse(&received.query).pairs().to_vec();
        self.query.pairs().iter().all(|pair| {
            let at = came.iter().position(|other| other == pair);
            at.map(|at| came.swap_remove(at)).is_some()
        })
    }

    pub(super) fn has_body(&self, received: &Recorded) -> bool {
        let body = self.body.as_deref();
        body.is_none_or(|body| same_body(body, &received.body))
    }

    /// How specific the matcher is: first by its route, then by its account, then by the number of
    /// other conditions.
    pub(super) fn weight(&self) -> impl Ord + use<> {
        let route = match &self.route {
            Route::Any => 0,
            Route::Endpoint(..) => 1,
            Route::Exactly(..) => 2,
        };
        let asked = usize::from(self.body.is_some()) + self.query.pairs().len();
        (route, self.account.is_some(), asked)
    }

    /// The resource that the route acts on.
    pub(super) fn resource(&self) -> Option<(String, String)> {
        let path = match &self.route {
            Route::Any => return None,
            Route::Endpoint(_, template) => template,
            Route::Exactly(_, path) => path.as_str(),
        };
        match &*query::segments(path) {
            [unified, model, resource, ..] if unified == "unified" => {
                Some((model.clone(), resource.clone()))
            }
            [proxy, resource, ..] if proxy == "proxy" || proxy == "custom" => {
                Some((proxy.clone(), resource.clone()))
            }
            _ => None,
        }
    }

    pub(super) fn line(&self) -> String {
        match &self.route {
            Route::Any => "any request".to_owned(),
            Route::Endpoint(method, template) => format!("{method} {template}"),
            Route::Exactly(method, path) => format!("{method} {path}"),
        }
    }

    pub(super) fn pairs(&self) -> &[(String, String)] {
        self.query.pairs()
    }

    pub(super) fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line())?;
        for (at, (name, value)) in self.pairs().iter().enumerate() {
            let mark = if at == 0 { '?' } else { '&' };
            write!(f, "{mark}{name}={value}")?;
        }
        match self.body() {
            Some(body) => write!(f, " {}", String::from_utf8_lossy(body)),
            None => Ok(()),
        }
    }
}

/// JSON is compared as values, anything else byte by byte.
fn same_body(one: &[u8], other: &[u8]) -> bool {
    let json = |bytes| serde_json::from_slice::<Value>(bytes).ok();
    match (json(one), json(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::is_path;

    #[test]
    fn placeholders_match_segments_and_rest_paths() {
        for (pattern, path, expected) in [
            ("/mcp/<token>", "/mcp/s3cret", true),
            ("/mcp/<token>", "/mcp/a/b", false),
            ("/custom/<path..>", "/custom/v1/me", true),
            ("/custom/<path..>", "/custom", false),
            ("/custom/v4/<id>:close", "/custom/v4/7:close", true),
            ("/custom/v4/<id>:close", "/custom/v4/7:open", false),
            ("/unified/crm/a%20b", "/unified/crm/a%20b", true),
            ("/unified/crm/%3Cid%3E", "/unified/crm/7", false),
        ] {
            assert_eq!(is_path(pattern, path), expected, "{pattern} {path}");
        }
    }
}
