//! Routes below `/unified/` by model, resource and id.

use http::Method;
use truto_route::{Family, Segment};

use crate::Endpoint;
use crate::endpoint::Role;
use crate::request::RawRequest;

static LIST: Endpoint = Endpoint::new(Method::GET, "/unified/<model>/<resource>", Role::List);
static GET: Endpoint = Endpoint::new(Method::GET, "/unified/<model>/<resource>/<id>", Role::Get);
static CREATE: Endpoint = Endpoint::new(Method::POST, "/unified/<model>/<resource>", Role::Create);
static CUSTOM: Endpoint =
    Endpoint::new(Method::POST, "/unified/<model>/<resource>/<id>", Role::Method);
static UPDATE: Endpoint =
    Endpoint::new(Method::PATCH, "/unified/<model>/<resource>/<id>", Role::Update);
static DELETE: Endpoint =
    Endpoint::new(Method::DELETE, "/unified/<model>/<resource>/<id>", Role::Delete);

pub(super) fn raw(
    method: Option<Method>,
    model: &str,
    resource: &str,
    id: Option<&str>,
) -> RawRequest {
    // An unreadable method gets the same refusal as one that no unified route has.
    let method = method.unwrap_or(Method::OPTIONS);
    let (endpoint, reason) = match (method.as_str(), id) {
        ("GET", None) => (&LIST, None),
        ("GET", Some(_)) => (&GET, None),
        ("POST", None) => (&CREATE, None),
        ("POST", Some(_)) => (&CUSTOM, None),
        ("PATCH", Some(_)) => (&UPDATE, None),
        ("DELETE", Some(_)) => (&DELETE, None),
        ("PATCH", None) => (&UPDATE, Some("an update needs an id")),
        ("DELETE", None) => (&DELETE, Some("a delete needs an id")),
        ("PUT", _) => (&UPDATE, Some("unified updates are partial: use `PATCH`")),
        _ => (&GET, Some("the method is not GET, POST, PATCH or DELETE")),
    };
    // The path is filled even for a refused request, so that it can be shown.
    let mut raw = match id {
        Some(id) => RawRequest::new(endpoint, &[&model, &resource, &id]),
        None => RawRequest::new(endpoint, &[&model, &resource]),
    };
    if let Some(reason) = reason {
        raw.refuse(reason);
    }
    for (what, segment) in [("model", model), ("resource", resource)] {
        let read = Segment::parse(segment, Family::Unified);
        if !matches!(read, Ok(Segment::Literal(_))) {
            raw.refuse(format!("the {what} must consist of letters, digits, `-` and `_`"));
        }
    }
    raw
}
