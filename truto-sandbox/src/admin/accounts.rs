//! Connected accounts, and the link tokens that connect them.

use serde_json::{Map, Value, json};

use super::AdminCall;
use super::{capabilities, mcp};
use crate::filter::Filters;
use crate::page::page;
use crate::query::Query;
use crate::reply::Reply;
use crate::resource::object;
use crate::state::SandboxState;

/// Keys of an account's context that no response shows.
const CREDENTIALS: [&str; 14] = [
    "oauth",
    "api_key",
    "api_token",
    "token",
    "password",
    "client_secret",
    "application_key",
    "app_key",
    "app_secret",
    "access_token",
    "api_secret",
    "auth_code",
    "webhook_secret",
    "webhook_password",
];

pub(super) fn route(
    state: &mut SandboxState,
    call: &AdminCall<'_>,
    own: &str,
    rest: &[&str],
) -> Option<Reply> {
    Some(match (call.method, rest) {
        ("GET", []) => list(state, call.query),
        ("POST", []) => import(state, call),
        ("POST", ["token"]) => token(state, call),
        ("POST", ["refresh-credentials" | "run-post-install-actions"]) => existing(state, call),
        ("POST", ["bulk-delete"]) => bulk_delete(state, call),
        ("GET", ["me"]) => one(state, own),
        ("PATCH", ["me"]) => update(state, call, own),
        ("GET", [id]) => one(state, &id.to_ascii_lowercase()),
        ("PATCH", [id] | [id, "credentials"]) => update(state, call, &id.to_ascii_lowercase()),
        ("DELETE", [id]) => match state.remove_account(&id.to_ascii_lowercase()) {
            Some(account) => Reply::json(200, json!({"id": account["id"]})),
            None => Reply::not_found(),
        },
        ("GET", [id, "capabilities"]) => {
            capabilities::account(state, &id.to_ascii_lowercase(), call.query)
        }
        ("GET", [id, "tools"]) => mcp::tools_route(state, &id.to_ascii_lowercase()),
        _ => return None,
    })
}

/// An account as responses show it, without its credentials.
fn shown(account: &Map<String, Value>) -> Value {
    let mut account = account.clone();
    // Truto returns this field with the capabilities only.
    account.remove("is_blocked");
    if let Some(Value::Object(context)) = account.get_mut("context") {
        context.retain(|key, _| !CREDENTIALS.contains(&key.as_str()));
    }
    Value::Object(account)
}

fn list(state: &SandboxState, query: &Query) -> Reply {
    let filters = match Filters::exact(query) {
        Ok(filters) => filters,
        Err(refused) => return Reply::error(400, &refused),
    };
    match page(Some(&state.accounts), query, |account| filters.pass(account)) {
        Ok(page) => {
            let accounts: Vec<Value> = page.records.into_iter().map(shown).collect();
            let (next_cursor, limit) = (page.next_cursor, page.limit);
            Reply::json(
                200,
                json!({"result": accounts, "next_cursor": next_cursor, "limit": limit}),
            )
        }
        Err(refused) => refused,
    }
}

fn one(state: &SandboxState, id: &str) -> Reply {
    match state.accounts.get(id) {
        Some(account) => Reply::json(200, shown(account)),
        None => Reply::not_found(),
    }
}

fn import(state: &mut SandboxState, call: &AdminCall<'_>) -> Reply {
    let body = match object(&call.received.body) {
        Ok(body) => body,
        Err(refused) => return refused,
    };
    if let Some(refused) = lacking(&body, &["tenant_id", "environment_integration_id", "context"]) {
        return refused;
    }
    let tenant = body["tenant_id"].as_str().unwrap_or_default().to_owned();
    let id = uuid::Uuid::new_v4().hyphenated().to_string();
    // Creates the defaults first; the fields of the body then replace them.
    state.add_account(&id, &tenant);
    state.change_account(&id, body);
    one(state, &id)
}

/// Merges as Truto does: `context` key by key, everything else as a whole.
fn update(state: &mut SandboxState, call: &AdminCall<'_>, id: &str) -> Reply {
    match object(&call.received.body) {
        Ok(changes) => {
            if state.change_account(id, changes) {
                one(state, id)
            } else {
                Reply::not_found()
            }
        }
        Err(refused) => refused,
    }
}

fn token(state: &mut SandboxState, call: &AdminCall<'_>) -> Reply {
    let body = call.received.json();
    match body["integrated_account_id"].as_str() {
        None => Reply::error(400, "the body lacks `integrated_account_id`"),
        Some(id) if !state.knows(id) => Reply::error(404, "integrated account not found"),
        Some(id) => {
            let token = state.tokens.mint(&id.to_ascii_lowercase());
            Reply::json(201, json!({"integrated_account_token": token}))
        }
    }
}

/// Succeeds for an account that exists.
fn existing(state: &SandboxState, call: &AdminCall<'_>) -> Reply {
    match call.received.json()["id"].as_str() {
        None => Reply::error(400, "the body lacks `id`"),
        Some(id) if !state.knows(id) => Reply::error(404, "integrated account not found"),
        Some(_) => Reply::json(200, json!({"success": true})),
    }
}

/// Deletes the matching accounts at once; Truto does so in the background.
fn bulk_delete(state: &mut SandboxState, call: &AdminCall<'_>) -> Reply {
    let body = match object(&call.received.body) {
        Ok(body) => body,
        Err(refused) => return refused,
    };
    let filter = body.get("query").filter(|query| query.as_object().is_some_and(|q| !q.is_empty()));
    let Some(filter) = filter else {
        return Reply::error(400, "the body lacks `query`, an object with filters");
    };
    let query = Query::from_json(filter);
    let filters = match Filters::exact(&query) {
        Ok(filters) if filters.is_empty() => {
            return Reply::error(400, "`query` has no filter, so it would match every account");
        }
        Ok(filters) => filters,
        Err(refused) => return Reply::error(400, &refused),
    };
    if body.get("dry_run") != Some(&Value::Bool(true)) {
        let accounts = state.accounts.after(0).map(|(_, account)| account);
        // Collected first, since the filter borrows the accounts that the loop removes.
        let found: Vec<String> =
            accounts.filter(|account| filters.pass(account)).map(crate::store::id).collect();
        for id in found {
            state.remove_account(&id);
        }
    }
    Reply::json(200, json!({"success": true}))
}

/// The error for a body without a field that is required.
pub(super) fn lacking(body: &Map<String, Value>, required: &[&str]) -> Option<Reply> {
    let missing: Vec<&str> = required
        .iter()
        .copied()
        .filter(|name| body.get(*name).is_none_or(Value::is_null))
        .collect();
    (!missing.is_empty())
        .then(|| Reply::error(400, &format!("the body lacks `{}`", missing.join("`, `"))))
}

pub(super) fn link_token(state: &mut SandboxState, call: &AdminCall<'_>) -> Reply {
    let body = match object(&call.received.body) {
        Ok(body) => body,
        Err(refused) => return refused,
    };
    let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
    match (text("integrated_account_id"), text("tenant_id")) {
        (Some(id), _) if !state.knows(&id) => Reply::error(404, "integrated account not found"),
        (None, None) => Reply::error(400, "the body lacks `tenant_id` or `integrated_account_id`"),
        _ => {
            let token = format!("sandbox-link-token-{}", uuid::Uuid::new_v4().simple());
            state.link_tokens.insert(token.clone(), body);
            Reply::json(201, json!({"link_token": token}))
        }
    }
}

/// Acts as the customer who follows a link. Returns the account's id and the types of the events to
/// deliver.
pub(crate) fn connect(
    state: &mut SandboxState,
    link_token: &str,
) -> Option<(String, [&'static str; 2])> {
    let mut link = state.link_tokens.remove(link_token)?;
    let reconnected = link.remove("integrated_account_id");
    let persists = link.remove("persist_previous_context") == Some(Value::Bool(true));
    let context = link.remove("context").unwrap_or_else(|| json!({}));
    if let Some(id) = reconnected.as_ref().and_then(Value::as_str) {
        let id = id.to_ascii_lowercase();
        if !persists {
            // Removes the old context, which the change below would otherwise merge with the new one.
            state.change_account(&id, Map::from_iter([("context".to_owned(), Value::Null)]));
        }
        let changes =
            [("status", json!("active")), ("last_error", Value::Null), ("context", context)];
        let changes = changes.map(|(key, value)| (key.to_owned(), value));
        let known = state.change_account(&id, Map::from_iter(changes));
        return known.then_some((id, ["integrated_account:updated", "integrated_account:active"]));
    }
    let id = uuid::Uuid::new_v4().hyphenated().to_string();
    let tenant = link.get("tenant_id").and_then(Value::as_str).unwrap_or_default();
    state.add_account(&id, tenant);
    state.change_account(&id, Map::from_iter([("context".to_owned(), context)]));
    // A new account has data, so that the first sync of a test finds records.
    state.store.copy_account(crate::ACCOUNT_ID, &id);
    Some((id, ["integrated_account:created", "integrated_account:active"]))
}
