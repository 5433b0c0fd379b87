//! Routes of any kind that are known at run time only.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::{Mutex, OnceLock, PoisonError};

use http::Method;

use super::{RawRequest, Request};
use crate::endpoint::Role;
use crate::{Endpoint, Output};

impl<O: Output> Request<O> {
    /// A request to any route of Truto, with the checks of a declared endpoint.
    ///
    /// `template` is the path with its placeholders, `arguments` fill them in order. Routes below
    /// `/unified/`, `/proxy/` and `/custom/` are sent on an account; all others act on no account and
    /// are sent on [`Client::token_account`](crate::Client::token_account). What is wrong (a segment
    /// that is not letters, digits, `-` and `_`, a missing argument, a PUT outside of `/custom/`) is
    /// kept and returned by `send` before anything goes out.
    ///
    /// ```
    /// use serde_json::Value;
    /// use truto_core::{Page, Request};
    ///
    /// let accounts = Request::<Page<Value>>::at("GET", "/integrated-account", &[]);
    /// assert_eq!(accounts.limit(100).query_string(), "limit=100");
    ///
    /// let contact = Request::<Value>::at("GET", "/proxy/Contact/<id>", &[&"a/b"]);
    /// assert_eq!(contact.path(), "/proxy/Contact/a%2Fb");
    /// ```
    ///
    /// See [Truto's API reference](https://truto.one/docs/api-reference/overview/introduction).
    pub fn at(
        method: impl TryInto<Method>,
        template: &'static str,
        arguments: &[&dyn Display],
    ) -> Self {
        Self::from_raw(raw(method.try_into().ok(), template, arguments))
    }
}

fn raw(method: Option<Method>, template: &'static str, arguments: &[&dyn Display]) -> RawRequest {
    let reason = refusal(method.as_ref(), template, arguments.len());
    let endpoint = endpoint(method.unwrap_or(Method::GET), template);
    let mut raw = RawRequest::new(endpoint, arguments);
    if let Some(reason) = reason {
        raw.refuse(reason);
    }
    raw
}

/// Why a route cannot be called.
fn refusal(method: Option<&Method>, template: &str, arguments: usize) -> Option<String> {
    let Some(path) = template.strip_prefix('/') else {
        return Some(format!("the path `{template}` does not begin with `/`"));
    };
    if let Some(segment) = path.split('/').find(|segment| !is_segment(segment)) {
        return Some(format!(
            "the path segment `{segment}` is not letters, digits, `-` and `_`, nor a placeholder \
             such as `<id>`"
        ));
    }
    let placeholders = path.split('/').filter(|s| s.starts_with('<')).count();
    if placeholders != arguments {
        return Some(format!(
            "`{template}` has {placeholders} placeholders, and {arguments} arguments are given"
        ));
    }
    let custom = path.starts_with("custom/");
    match method.map(Method::as_str) {
        Some("GET" | "POST" | "PATCH" | "DELETE") => None,
        Some("PUT") if custom => None,
        Some("PUT") => Some("only `/custom/` routes take PUT: use `PATCH`".to_owned()),
        _ => Some("the method is not GET, POST, PATCH, DELETE or PUT".to_owned()),
    }
}

fn is_segment(segment: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    match segment.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
        Some(name) => !name.is_empty() && name.bytes().all(plain),
        None => !segment.is_empty() && segment.bytes().all(|byte| plain(byte) || byte == b'-'),
    }
}

/// What method and template say that an endpoint is; the attribute states it when it expands.
fn role(method: &Method, template: &str) -> Role {
    let mut segments = template.split('/').skip(1);
    let resource = match segments.next() {
        Some("unified") => segments.nth(1),
        Some("proxy") => segments.next(),
        Some("custom") => return Role::Custom,
        _ => return Role::Admin,
    };
    let tail: Vec<bool> = segments.map(|segment| segment.starts_with('<')).collect();
    match (resource, method.as_str(), &*tail) {
        (None, ..) => Role::Other,
        (_, "GET", []) => Role::List,
        (_, "GET", [true]) => Role::Get,
        (_, "POST", []) => Role::Create,
        (_, "POST", [.., false]) => Role::Method,
        (_, "PATCH", [true]) => Role::Update,
        (_, "DELETE", [true]) => Role::Delete,
        _ => Role::Other,
    }
}

/// One endpoint for each route, kept for the life of the program: as many as there are templates.
fn endpoint(method: Method, template: &'static str) -> &'static Endpoint {
    type Routes = HashMap<(Method, &'static str), &'static Endpoint>;
    static ROUTES: OnceLock<Mutex<Routes>> = OnceLock::new();
    let routes = ROUTES.get_or_init(Mutex::default);
    // An entry is written in one step, so a poisoned lock is as good as any.
    let mut routes = routes.lock().unwrap_or_else(PoisonError::into_inner);
    routes.entry((method, template)).or_insert_with_key(|key| {
        let (method, template) = key;
        let role = role(method, template);
        Box::leak(Box::new(Endpoint::new(method.clone(), template, role)))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn roles() {
        for (method, template, expected) in [
            ("GET", "/unified/m/r", Role::List),
            ("GET", "/unified/m/r/<id>", Role::Get),
            ("POST", "/unified/m/r", Role::Create),
            ("POST", "/unified/m/r/download", Role::Method),
            ("PATCH", "/unified/m/r/<id>", Role::Update),
            ("DELETE", "/unified/m/r/<id>", Role::Delete),
            ("GET", "/unified/m/r/<id>/parts", Role::Other),
            ("GET", "/proxy/Contact", Role::List),
            ("DELETE", "/proxy/Contact/<id>", Role::Delete),
            ("PUT", "/custom/x/<id>", Role::Custom),
            ("GET", "/integrated-account", Role::Admin),
            ("POST", "/batch-request", Role::Admin),
        ] {
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            assert_eq!(role(&method, template), expected, "{method} {template}");
        }
    }

    #[test]
    fn what_is_no_route_is_refused() {
        for (method, template, why) in [
            ("GET", "unified/m/r", "does not begin"),
            ("GET", "/unified/m//r", "segment ``"),
            ("GET", "/unified/../r", "segment `..`"),
            ("GET", "/unified/m/r?x=1", "segment `r?x=1`"),
            ("GET", "/unified/m/{id}", "segment `{id}`"),
            ("GET", "/unified/m/r/<id>", "1 placeholders"),
            ("PUT", "/unified/m/r", "use `PATCH`"),
            ("TRACE", "/unified/m/r", "the method"),
            ("", "/unified/m/r", "the method"),
        ] {
            let request = Request::<Value>::at(method, template, &[]);
            let reason = request.as_raw().invalid.clone().expect(template);
            assert!(reason.contains(why), "{template}: {reason}");
        }
    }

    #[test]
    fn a_route_is_kept_once() {
        let one = endpoint(Method::GET, "/link-token");
        assert!(std::ptr::eq(one, endpoint(Method::GET, "/link-token")));
    }
}
