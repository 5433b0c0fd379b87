//! The capabilities of an account and the schemas of its resources, derived from records and methods.

use serde_json::{Map, Value, json};

use crate::query::Query;
use crate::reply::Reply;
use crate::state::SandboxState;
use crate::store::Resource;

/// The resources of the unified API, by model and name.
fn unified(state: &SandboxState) -> impl Iterator<Item = (&str, &str, &Resource)> {
    let resources = state.store.resources();
    resources.filter(|(model, ..)| !matches!(*model, "proxy" | "custom"))
}

/// The names of a resource's methods.
pub(super) fn methods(resource: &Resource) -> Vec<&str> {
    let usual = ["list", "get", "create", "update", "delete"];
    let custom = resource.methods.iter().map(String::as_str);
    usual.into_iter().chain(custom).collect()
}

/// Matches a method against those that the query names: by name, or by kind.
fn is_wanted(query: &Query, method: &str) -> bool {
    // Both forms occur: `methods[]=list&methods[]=get` and `methods=list,get`.
    let mut wanted = query.values("methods[]");
    wanted.extend(
        query.value("methods").into_iter().flat_map(|all| all.split(',')).map(str::to_owned),
    );
    let kind = match method {
        "list" | "get" => "read",
        "create" | "update" | "delete" => "write",
        _ => "custom",
    };
    wanted.is_empty() || wanted.iter().any(|wanted| wanted == method || wanted == kind)
}

/// The capabilities of an account.
pub(super) fn account(state: &SandboxState, id: &str, query: &Query) -> Reply {
    let Some(account) = state.accounts.get(id) else {
        return Reply::not_found();
    };
    let mut body = capabilities(state, "sandbox", query);
    body["account"] = json!({
        "id": account.get("id"),
        "slug": "sandbox",
        "status": account.get("status"),
        "authentication_method": account.get("authentication_method"),
        "environment_id": account.get("environment_id"),
        "is_blocked": account.get("is_blocked") == Some(&Value::Bool(true)),
    });
    Reply::json(200, body)
}

/// The capabilities of an integration, which are those of each of its accounts.
pub(super) fn integration(state: &SandboxState, slug: &str, query: &Query) -> Reply {
    Reply::json(200, capabilities(state, slug, query))
}

fn capabilities(state: &SandboxState, slug: &str, query: &Query) -> Value {
    let kind = query.value("type").unwrap_or("all");
    let named = |name: &str| query.value("resource").is_none_or(|wanted| wanted == name);
    let wanted = |resource| {
        let methods = methods(resource).into_iter();
        methods.filter(|method| is_wanted(query, method)).collect::<Vec<_>>()
    };
    let mut body = json!({
        "integration": {"id": crate::INTEGRATION_ID, "slug": slug, "name": slug, "label": slug},
        "auth": {
            "formats": ["api_key"],
            "fields": [{"name": "api_key", "label": "API key", "type": "password", "required": true}],
        },
    });
    if kind != "unified" {
        let resources =
            state.store.resources().filter(|(model, name, _)| *model == "proxy" && named(name));
        let resources = resources.map(|(_, name, resource)| {
            let methods = wanted(resource).into_iter().map(|method| {
                json!({
                    "method": method,
                    "name": method,
                    "description": format!("{method} of {name}"),
                    "has_description": true,
                    "has_query_schema": false,
                    "has_body_schema": false,
                    "tags": [],
                })
            });
            let methods: Vec<Value> = methods.collect();
            json!({"name": name, "description": null, "docs_url": null, "methods": methods})
        });
        body["proxy"] = json!({"resources": resources.collect::<Vec<_>>()});
    }
    if kind != "proxy" {
        let resources = unified(state).filter(|(_, name, _)| named(name));
        let resources = resources.map(|(model, name, resource)| {
            json!({
                "model": model,
                "model_label": model,
                "resource": name,
                "methods": wanted(resource),
                "docs_url": null,
                "env_overridden": false,
            })
        });
        body["unified"] = resources.collect();
    }
    body
}

/// A schema of the fields that the records have.
fn schema(resource: &Resource) -> Value {
    let fields = resource.fields.iter();
    let properties: Map<String, Value> =
        fields.map(|(field, kind)| (field.clone(), json!({"type": kind}))).collect();
    json!({"type": "object", "properties": properties})
}

/// The models, with schemas.
pub(super) fn models(state: &SandboxState, query: &Query) -> Reply {
    let wanted = query.value("name");
    let mut models: Map<String, Value> = Map::new();
    for (model, name, resource) in unified(state) {
        if wanted.is_some_and(|wanted| wanted != model) {
            continue;
        }
        let names = methods(resource);
        let mapping: Map<String, Value> =
            names.iter().map(|method| ((*method).to_owned(), json!({}))).collect();
        let resources = models.entry(model).or_insert_with(|| json!({}));
        resources[name] = json!({
            "description": null,
            "schema": schema(resource),
            "methods": names,
            "integration_mapping": {"sandbox": mapping},
        });
    }
    let result: Vec<Value> = models
        .into_iter()
        .map(|(name, resources)| json!({"name": name, "label": name, "resources": resources}))
        .collect();
    Reply::json(200, json!({"result": result, "next_cursor": null, "limit": 100}))
}

/// The schemas of one method of a resource.
pub(crate) fn meta(state: &SandboxState, model: &str, resource: &str, method: &str) -> Reply {
    let known = state.store.known(model, resource);
    let Some(known) = known.filter(|known| methods(known).contains(&method)) else {
        return Reply::error(
            404,
            &format!(
                "the sandbox has no method `{method}` of `{model}/{resource}`; insert a record, or \
                 call `sandbox.declare` or `sandbox.on_method`"
            ),
        );
    };
    let writes = !matches!(method, "list" | "get" | "delete");
    let schema = schema(known);
    Reply::json(
        200,
        json!({
            "method": method,
            "schema": schema,
            "response_schema": schema,
            "documentation_link": null,
            "response_mapping": null,
            "query_schema": {"type": "object", "properties": {}},
            "request_body_schema": if writes { schema.clone() } else { Value::Null },
            "default_query": null,
            "default_body": null,
        }),
    )
}
