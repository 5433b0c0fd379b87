//! Access: the token, and the account that a request acts on.

use http::header;
use serde_json::json;
use truto_route::Family;

use super::query::Query;
use super::record::Recorded;
use super::reply::Reply;
use super::state::SandboxState;
use super::tokens::TokenScope;

/// The account that a request acts on; empty for the routes that act on no account.
pub(super) fn account(
    state: &SandboxState,
    received: &Recorded,
    segments: &[&str],
) -> Result<String, Reply> {
    let token = received
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        // Schemes are case-insensitive (RFC 9110, section 11.1).
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let scope = token.and_then(|(_, token)| state.tokens.scope(token.trim()));
    let on_account = match segments {
        // The schemas of an integration belong to no account.
        [] | ["unified", "meta", ..] | ["unified", _, _, _, "meta", _] => false,
        [family, ..] => Family::from_segment(family).acts_on_account(),
    };
    // The token of an MCP server is part of its path; there is no bearer token.
    if let ["mcp", _] = segments {
        return Ok(String::new());
    }
    match (scope, on_account) {
        (None, _) => Err(Reply::error(401, "invalid token")),
        (Some(TokenScope::All), false) => Ok(String::new()),
        (Some(TokenScope::All), true) => unblocked(state, named(state, received)?),
        (Some(TokenScope::Account(id)), _) if !state.knows(&id) => {
            Err(Reply::error(401, "the token's account was deleted"))
        }
        (Some(TokenScope::Account(id)), true) => unblocked(state, id),
        (Some(TokenScope::Account(id)), false) if *segments == ["integrated-account", "me"] => {
            Ok(id)
        }
        (Some(TokenScope::Account(_)), false) => {
            Err(Reply::error(403, "this route cannot be called with the token of an account"))
        }
    }
}

/// Refuses the calls of an account that Truto blocked.
fn unblocked(state: &SandboxState, id: String) -> Result<String, Reply> {
    let account = state.accounts.get(&id);
    match account.and_then(|account| account.get("is_blocked")) {
        Some(serde_json::Value::Bool(true)) => Err(Reply::error(503, "the account is blocked")),
        _ => Ok(id),
    }
}

/// The account that the query names.
fn named(state: &SandboxState, received: &Recorded) -> Result<String, Reply> {
    let query = Query::parse(&received.query);
    match query.value("integrated_account_id") {
        None => Err(Reply::error_with(
            400,
            "integrated_account_id is required",
            &json!({"truto_error_insight": {"missing_required_query_parameters": {
                "description": "The request lacks query parameters.",
                "value": ["integrated_account_id"],
            }}}),
        )),
        Some(id) if !state.knows(id) => Err(Reply::error(404, "integrated account not found")),
        // A UUID compares without case; the store's keys are lowercase.
        Some(id) => Ok(id.to_ascii_lowercase()),
    }
}
