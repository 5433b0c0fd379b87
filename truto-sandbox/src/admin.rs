//! Truto's own routes, which act on no account's data: accounts, tokens, models.

use serde_json::{Map, Value, json};

use super::page::page;
use super::query::Query;
use super::record::Recorded;
use super::reply::Reply;
use super::resource::object;
use super::state::SandboxState;
use super::store::Resource;

pub(super) fn route(
    state: &mut SandboxState,
    received: &Recorded,
    account: &str,
    method: &str,
    segments: &[&str],
) -> Reply {
    let query = Query::parse(&received.query);
    match (method, segments) {
        ("GET", ["integrated-account"]) => accounts(state, &query),
        ("POST", ["integrated-account", "token"]) => token(state, received),
        ("GET", ["integrated-account", "me"]) => one(state, account),
        ("PATCH", ["integrated-account", "me"]) => update(state, received, account),
        ("GET", ["integrated-account", id]) => one(state, &id.to_ascii_lowercase()),
        ("PATCH", ["integrated-account", id]) => update(state, received, &id.to_ascii_lowercase()),
        ("DELETE", ["integrated-account", id]) => {
            match state.remove_account(&id.to_ascii_lowercase()) {
                Some(account) => Reply::json(200, account),
                None => Reply::not_found(),
            }
        }
        ("GET", ["integrated-account", id, "capabilities"]) if state.knows(id) => {
            capabilities(state)
        }
        ("POST", ["link-token"]) => match object(&received.body) {
            Ok(_) => Reply::json(201, json!({"link_token": "sandbox-link-token"})),
            Err(refused) => refused,
        },
        ("GET", ["unified-model"]) => models(state, &query),
        _ => Reply::not_found(),
    }
}

fn accounts(state: &SandboxState, query: &Query) -> Reply {
    match page(Some(&state.accounts), query, |_| true) {
        Ok(page) => Reply::json(
            200,
            json!({
                "result": page.records,
                "next_cursor": page.next_cursor,
                "limit": page.limit,
            }),
        ),
        Err(refused) => refused,
    }
}

fn one(state: &SandboxState, id: &str) -> Reply {
    match state.accounts.get(id) {
        Some(account) => Reply::json(200, account),
        None => Reply::not_found(),
    }
}

fn update(state: &mut SandboxState, received: &Recorded, id: &str) -> Reply {
    let Some(mut account) = state.accounts.get(id).cloned() else {
        return Reply::not_found();
    };
    match object(&received.body) {
        Ok(mut changes) => {
            changes.remove("id");
            account.extend(changes);
            state.accounts.put(account.clone());
            Reply::json(200, account)
        }
        Err(refused) => refused,
    }
}

fn token(state: &mut SandboxState, received: &Recorded) -> Reply {
    let body = received.json();
    match body["integrated_account_id"].as_str() {
        None => Reply::error(400, "the body lacks `integrated_account_id`"),
        Some(id) if !state.knows(id) => Reply::error(404, "integrated account not found"),
        Some(id) => {
            let token = state.tokens.mint(&id.to_ascii_lowercase());
            Reply::json(201, json!({"integrated_account_token": token}))
        }
    }
}

/// The resources of the unified API, by model and name.
fn unified(state: &SandboxState) -> impl Iterator<Item = (&str, &str, &Resource)> {
    let resources = state.store.resources();
    resources.filter(|(model, ..)| !matches!(*model, "proxy" | "custom"))
}

fn methods(resource: &Resource) -> Vec<&str> {
    let usual = ["list", "get", "create", "update", "delete"];
    let custom = resource.methods.iter().map(String::as_str);
    usual.into_iter().chain(custom).collect()
}

fn capabilities(state: &SandboxState) -> Reply {
    let resources = unified(state).map(|(model, name, resource)| {
        json!({
            "model": model,
            "model_label": model,
            "resource": name,
            "methods": methods(resource),
            "docs_url": null,
            "env_overridden": false,
        })
    });
    Reply::json(200, json!({"unified": resources.collect::<Vec<_>>()}))
}

/// The models, with schemas that say what the records have.
fn models(state: &SandboxState, query: &Query) -> Reply {
    let wanted = query.value("name");
    let mut models: Map<String, Value> = Map::new();
    for (model, name, resource) in unified(state) {
        if wanted.is_some_and(|wanted| wanted != model) {
            continue;
        }
        let fields = resource.fields.iter();
        let properties: Map<String, Value> =
            fields.map(|(field, kind)| (field.clone(), json!({"type": kind}))).collect();
        let methods: Map<String, Value> =
            methods(resource).into_iter().map(|method| (method.to_owned(), json!({}))).collect();
        let resources = models.entry(model).or_insert_with(|| json!({}));
        resources[name] = json!({
            "description": null,
            "schema": {"type": "object", "properties": properties},
            "integration_mapping": {"sandbox": methods},
        });
    }
    let result: Vec<Value> = models
        .into_iter()
        .map(|(name, resources)| json!({"name": name, "label": name, "resources": resources}))
        .collect();
    Reply::json(200, json!({"result": result, "next_cursor": null, "limit": 100}))
}
