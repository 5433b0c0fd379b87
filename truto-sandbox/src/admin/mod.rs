//! Truto's own routes, which act on no account's data: accounts, tokens, webhooks, sync jobs, models.

mod accounts;
mod capabilities;
mod collections;
mod mcp;

use super::query::Query;
use super::record::Recorded;
use super::reply::Reply;
use super::state::SandboxState;

pub(super) use accounts::connect;
pub(super) use capabilities::meta;

/// The served routes, listed in the error for any other route.
const ROUTES: &str = "/unified, /proxy, /custom, POST /batch-request, GET /ping, GET /unified-model, \
    GET /unified/<model>/<resource>/meta/<method>, \
    /integrated-account (list, get, import, update, delete, token, me, credentials, \
    refresh-credentials, run-post-install-actions, bulk-delete, capabilities, tools, mcp), \
    GET /integration/<slug>/capabilities, POST /link-token, POST /mcp/<token>, and list, get, create, \
    update and delete of ";

/// One request to one of Truto's own routes.
struct AdminCall<'a> {
    received: &'a Recorded,
    query: &'a Query,
    method: &'a str,
}

pub(super) fn route(
    state: &mut SandboxState,
    received: &Recorded,
    account: &str,
    method: &str,
    segments: &[&str],
) -> Reply {
    let query = Query::parse(&received.query);
    let call = AdminCall { received, query: &query, method };
    let reply = match (method, segments) {
        ("GET", ["ping"]) => Some(Reply::json(200, serde_json::json!({"message": "pong"}))),
        ("POST", ["link-token"]) => Some(accounts::link_token(state, &call)),
        ("GET", ["unified-model"]) => Some(capabilities::models(state, &query)),
        ("GET", ["integration", slug, "capabilities"]) => {
            Some(capabilities::integration(state, slug, &query))
        }
        ("POST", ["mcp", token]) => Some(mcp::call(state, &call, token)),
        // Before `accounts::route`, which takes every path below `/integrated-account`.
        (_, ["integrated-account", owner, "mcp", rest @ ..]) => {
            mcp::route(state, &call, &owner.to_ascii_lowercase(), rest)
        }
        (_, ["integrated-account", rest @ ..]) => accounts::route(state, &call, account, rest),
        (_, [collection, rest @ ..]) => collections::route(state, &call, collection, rest),
        (_, []) => None,
    };
    reply.unwrap_or_else(|| unknown(received, method))
}

/// The error for an unknown route; it lists the served ones.
pub(super) fn unknown(received: &Recorded, method: &str) -> Reply {
    let path = &received.path;
    let collections = collections::names().join(", ");
    Reply::error(
        404,
        &format!("the sandbox has no route `{method} {path}`; it serves {ROUTES}{collections}"),
    )
}
