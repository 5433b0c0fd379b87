//! Routes of any kind by their template.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::{Mutex, OnceLock};

use http::Method;
use truto_route::{self as route, Route, RouteError};

use crate::Endpoint;
use crate::endpoint::Role;
use crate::request::RawRequest;
use crate::sync::lock;

pub(super) fn raw(
    method: Option<Method>,
    template: &'static str,
    arguments: &[&dyn Display],
) -> RawRequest {
    let reason = refusal(method.as_ref(), template, arguments.len());
    // An endpoint is never freed, and a caller can pass any number of unknown methods, so these share
    // the endpoint of GET. The request is refused anyway.
    let known = method.filter(|method| route::Method::from_name(method.as_str()).is_some());
    let endpoint = endpoint(known.unwrap_or(Method::GET), template);
    let mut raw = RawRequest::new(endpoint, arguments);
    if let Some(reason) = reason {
        raw.refuse(reason);
    }
    raw
}

/// The reason why a route cannot be called.
fn refusal(method: Option<&Method>, template: &str, arguments: usize) -> Option<String> {
    let route = match Route::parse(template) {
        Ok(route) => route,
        Err(RouteError::NoSlash) => {
            return Some(format!("the path `{template}` does not begin with `/`"));
        }
        Err(error) => return Some(error.to_string()),
    };
    let placeholders = route.parameters().count();
    if placeholders != arguments {
        return Some(format!(
            "`{template}` has {placeholders} placeholders, but {arguments} arguments were given"
        ));
    }
    match method.and_then(|method| route::Method::from_name(method.as_str())) {
        Some(method) if route.family().takes(method) => None,
        Some(_) => Some("PUT is allowed only under `/custom/`: use `PATCH`".to_owned()),
        None => Some("the method is not GET, POST, PATCH, DELETE or PUT".to_owned()),
    }
}

/// The role of an endpoint, which the attribute computes at compile time.
fn role(method: &Method, template: &str) -> Role {
    match (Route::parse(template), route::Method::from_name(method.as_str())) {
        (Ok(route), Some(method)) => route.derive(method).role,
        _ => Role::Other,
    }
}

/// Returns the endpoint of a route. Each one is kept for the life of the program; there are as many as
/// templates.
fn endpoint(method: Method, template: &'static str) -> &'static Endpoint {
    type Routes = HashMap<(Method, &'static str), &'static Endpoint>;
    static ROUTES: OnceLock<Mutex<Routes>> = OnceLock::new();
    let routes = ROUTES.get_or_init(Mutex::default);
    let mut routes = lock(routes);
    routes.entry((method, template)).or_insert_with_key(|key| {
        let (method, template) = key;
        let role = role(method, template);
        // Bounded: five methods, and templates that are static strings of the program.
        Box::leak(Box::new(Endpoint::new(method.clone(), template, role)))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::Request;

    #[test]
    fn derives_the_role_of_each_route() {
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
    fn refuses_invalid_routes() {
        for (method, template, why) in [
            ("GET", "unified/m/r", "does not begin"),
            ("GET", "/unified/m//r", "segment `` is empty"),
            ("GET", "/unified/m/r/<path..>", "several segments"),
            ("GET", "/custom/<path..>/x", "not the last segment"),
            ("GET", "/custom/a/<path..>", "1 placeholders"),
            ("GET", "/unified/../r", "segment `..`"),
            ("GET", "/unified/m/r?x=1", "segment `r?x=1`"),
            ("GET", "/unified/m/{id}", "segment `{id}`"),
            ("GET", "/custom/:id", "segment `:id`"),
            ("GET", "/unified/m/r/<id>.json", "text next to a placeholder"),
            ("GET", "/custom/user-<id>", "segment `user-<id>`"),
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
    fn encodes_each_segment_of_a_path_argument() {
        let at = |path: &'static str| {
            let request = Request::<Value>::at("GET", "/custom/v1.0/<path..>", &[&path]);
            let raw = request.as_raw();
            raw.invalid.as_deref().map_or_else(|| Ok(raw.path().to_owned()), |why| Err(why.into()))
        };
        for (path, sent) in [
            ("me", "/custom/v1.0/me"),
            ("me/messages", "/custom/v1.0/me/messages"),
            ("a b/c?d#e", "/custom/v1.0/a%20b/c%3Fd%23e"),
            ("a%2F../b", "/custom/v1.0/a%252F../b"),
            ("users/1:batchUpdate", "/custom/v1.0/users/1%3AbatchUpdate"),
        ] {
            assert_eq!(at(path).as_deref(), Ok(sent), "{path}");
        }
        for path in ["", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", "a/\n"] {
            let refused: Result<String, String> = at(path);
            assert!(refused.is_err_and(|why| why.contains("path argument `path..`")), "{path:?}");
        }
    }

    #[test]
    fn stores_each_route_once() {
        let one = endpoint(Method::GET, "/link-token");
        assert!(std::ptr::eq(one, endpoint(Method::GET, "/link-token")));
        for unknown in ["TRACE", "LINK-7"] {
            let request = Request::<Value>::at(unknown, "/link-token", &[]);
            assert!(std::ptr::eq(one, request.endpoint()), "{unknown}");
        }
    }
}
