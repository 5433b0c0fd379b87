//! The route table, for requests without a scripted fault or rule.

use http::Method;
use truto_route::Family;

use super::admin;
use super::query::Query;
use super::record::Recorded;
use super::reply::Reply;
use super::resource;
use super::rules::Handler;
use super::shape::ResourceCall;
use super::state::SandboxState;
use super::store::Location;

/// A reply, or the handler that creates it once the state is unlocked.
pub(super) enum Routed {
    Reply(Reply),
    Handler(Handler),
    /// A batch, whose handlers run without the lock, too.
    Batch,
}

pub(super) fn route(
    state: &mut SandboxState,
    received: &Recorded,
    account: &str,
    segments: &[&str],
) -> Routed {
    let method = match received.method {
        // hyper omits the body of a response to a HEAD.
        Method::HEAD => "GET",
        _ => received.method.as_str(),
    };
    let location = |model, resource| Location { account, model, resource };
    match (method, segments) {
        (_, [family, ..]) if is_refused(family, method) => Routed::Reply(
            Reply::error(405, "use PATCH for updates").header("allow", "GET, POST, PATCH, DELETE"),
        ),
        (
            "GET",
            ["unified", model, resource, "meta", name]
            | ["unified", model, resource, _, "meta", name],
        ) => Routed::Reply(admin::meta(state, model, resource, name)),
        (_, ["unified", "meta", ..]) => Routed::Reply(admin::unknown(received, method)),
        (_, ["unified", model, resource, rest @ ..]) => {
            data(state, received, location(model, resource), method, rest)
        }
        (_, ["proxy", resource, rest @ ..]) => {
            data(state, received, location("proxy", resource), method, rest)
        }
        (_, ["custom", path @ ..]) if !path.is_empty() => {
            // The path is the provider's own, of any depth; its longest known prefix is the resource.
            let known = (1..=path.len())
                .rev()
                .find(|end| state.store.known("custom", &path[..*end].join("/")).is_some());
            let (resource, rest) = path.split_at(known.unwrap_or(1));
            data(state, received, location("custom", &resource.join("/")), method, rest)
        }
        ("POST", ["batch-request"]) => Routed::Batch,
        _ => Routed::Reply(admin::route(state, received, account, method, segments)),
    }
}

/// Routes to a resource's records, or to a custom method.
fn data(
    state: &mut SandboxState,
    received: &Recorded,
    location: Location<'_>,
    method: &str,
    rest: &[&str],
) -> Routed {
    if let Some(refusal) = state.store.refusal(location.model, location.resource) {
        return Routed::Reply(Reply::error(404, &refusal));
    }
    let query = Query::parse(&received.query);
    if let Some(refused) = lost_upload(received, &query) {
        return Routed::Reply(refused);
    }
    if let ("POST", [name]) = (method, rest) {
        return match state.method(location.model, location.resource, name) {
            Some(handler) => Routed::Handler(handler),
            None => Routed::Reply(Reply::error(
                404,
                &format!("unknown method `{name}`; register it with `sandbox.on_method`"),
            )),
        };
    }
    let call = ResourceCall {
        location,
        query: &query,
        body: &received.body,
        path: &received.path,
        method,
    };
    let store = &mut state.store;
    Routed::Reply(match (method, rest) {
        ("GET", []) => resource::list(store, &call),
        ("POST", []) => resource::create(store, &call),
        // Some integrations take the id from the body.
        ("PATCH", []) => match id_in(&received.json(), &query) {
            Some(id) => resource::update(store, &call, &id),
            None => Reply::error(400, "neither path nor body contains an id"),
        },
        ("DELETE", []) => match id_in(&received.json(), &query) {
            Some(id) => resource::delete(store, &call, &id),
            None => Reply::error(400, "neither path nor query contains an id"),
        },
        ("GET", [id]) => resource::get(store, &call, id),
        ("PATCH" | "PUT", [id]) => resource::update(store, &call, id),
        ("DELETE", [id]) => resource::delete(store, &call, id),
        _ => Reply::not_found(),
    })
}

/// Returns true if a family of routes does not take a method.
fn is_refused(family: &str, method: &str) -> bool {
    let method = truto_route::Method::from_name(method);
    method.is_some_and(|method| !Family::from_segment(family).takes(method))
}

/// The id in the body, or else in the query.
fn id_in(body: &serde_json::Value, query: &Query) -> Option<String> {
    match &body["id"] {
        serde_json::Value::String(id) => Some(id.clone()),
        serde_json::Value::Number(id) => Some(id.to_string()),
        _ => query.value("id").map(str::to_owned),
    }
}

/// Refuses a body that Truto would not forward to the provider.
fn lost_upload(received: &Recorded, query: &Query) -> Option<Reply> {
    let media = received.headers.get(http::header::CONTENT_TYPE)?;
    let media = String::from_utf8_lossy(media.as_bytes()).to_ascii_lowercase();
    if media.contains("json") || received.body.is_empty() || query.is_true("truto_body_passthrough")
    {
        return None;
    }
    let media = media.split(';').next().unwrap_or_default();
    Some(Reply::error(
        400,
        &format!(
            "a body of type `{media}` reaches the provider with `truto_body_passthrough=true` only \
             (`Request::body_passthrough`)"
        ),
    ))
}
