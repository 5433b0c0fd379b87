//! MCP servers of an account, and their tools: the methods of its resources.

use serde_json::{Map, Value, json};

use super::AdminCall;
use super::accounts::lacking;
use super::capabilities::methods;
use super::collections::location;
use crate::query::Query;
use crate::reply::Reply;
use crate::resource::{self, object};
use crate::shape::ResourceCall;
use crate::state::SandboxState;
use crate::store::Location;

/// The revision of the MCP specification, whatever revision the client asks for.
const PROTOCOL: &str = "2024-11-05";

pub(super) fn route(
    state: &mut SandboxState,
    call: &AdminCall<'_>,
    owner: &str,
    rest: &[&str],
) -> Option<Reply> {
    if !state.knows(owner) {
        return Some(Reply::not_found());
    }
    Some(match (call.method, rest) {
        ("GET", []) => {
            let servers: Vec<Value> = servers(state, owner).into_iter().map(shown).collect();
            Reply::json(200, json!({"result": servers, "next_cursor": null}))
        }
        ("POST", []) => create(state, call, owner),
        ("GET", [id]) => found(server(state, owner, id)),
        ("PATCH", [id]) => update(state, call, owner, id),
        ("DELETE", [id]) => match server(state, owner, id) {
            Some(_) => {
                state.admin.remove(location("mcp"), id);
                Reply::json(200, json!({"id": id}))
            }
            None => Reply::not_found(),
        },
        _ => return None,
    })
}

fn servers(state: &SandboxState, owner: &str) -> Vec<Map<String, Value>> {
    let records = state.admin.records(location("mcp")).into_iter();
    let all = records.flat_map(|records| records.after(0)).map(|(_, server)| server.clone());
    all.filter(|server| server.get("integrated_account_id") == Some(&json!(owner))).collect()
}

fn server(state: &SandboxState, owner: &str, id: &str) -> Option<Map<String, Value>> {
    servers(state, owner).into_iter().find(|server| server.get("id") == Some(&json!(id)))
}

/// A server as responses show it: only the response to its creation has the token and the URL.
fn shown(mut server: Map<String, Value>) -> Value {
    server.remove("token");
    server.remove("url");
    Value::Object(server)
}

fn found(server: Option<Map<String, Value>>) -> Reply {
    match server {
        Some(server) => Reply::json(200, shown(server)),
        None => Reply::not_found(),
    }
}

fn create(state: &mut SandboxState, call: &AdminCall<'_>, owner: &str) -> Reply {
    let mut server = match object(&call.received.body) {
        Ok(body) => body,
        Err(refused) => return refused,
    };
    if let Some(refused) = lacking(&server, &["name", "config"]) {
        return refused;
    }
    let token = uuid::Uuid::new_v4().simple().to_string();
    let now = jiff::Timestamp::now().to_string();
    for (key, value) in [
        ("id", uuid::Uuid::new_v4().hyphenated().to_string()),
        ("integrated_account_id", owner.to_owned()),
        ("url", format!("/mcp/{token}")),
        ("token", token),
        ("created_at", now.clone()),
        ("updated_at", now),
    ] {
        server.insert(key.to_owned(), json!(value));
    }
    Reply::json(201, state.admin.insert(location("mcp"), Value::Object(server)))
}

fn update(state: &mut SandboxState, call: &AdminCall<'_>, owner: &str, id: &str) -> Reply {
    let Some(mut server) = server(state, owner, id) else {
        return Reply::not_found();
    };
    match object(&call.received.body) {
        Ok(mut changes) => {
            // The other fields, such as the token, are fixed.
            changes.retain(|key, _| matches!(key.as_str(), "name" | "config" | "expires_at"));
            server.extend(changes);
            found(Some(state.admin.insert(location("mcp"), Value::Object(server))))
        }
        Err(refused) => refused,
    }
}

/// A tool: one method of one resource.
struct Tool {
    model: String,
    resource: String,
    method: String,
}

impl Tool {
    fn name(&self) -> String {
        let Self { model, resource, method } = self;
        let name = match model.as_str() {
            "proxy" => format!("{method}_{resource}"),
            _ => format!("{method}_{model}_{resource}"),
        };
        name.to_ascii_lowercase().replace('-', "_")
    }
}

/// The tools: the five usual methods of each resource. Custom methods are left out, since their
/// handlers must not run while the state is locked.
fn tools(state: &SandboxState) -> Vec<Tool> {
    let resources = state.store.resources().filter(|(model, ..)| *model != "custom");
    resources
        .flat_map(|(model, name, resource)| {
            // `methods` lists the five usual ones first.
            let usual = methods(resource).into_iter().take(5);
            usual.map(move |method| Tool {
                model: model.to_owned(),
                resource: name.to_owned(),
                method: method.to_owned(),
            })
        })
        .collect()
}

/// `GET /integrated-account/<id>/tools`.
pub(super) fn tools_route(state: &SandboxState, account: &str) -> Reply {
    if !state.knows(account) {
        return Reply::not_found();
    }
    let tools = tools(state).into_iter().map(|tool| {
        json!({
            "name": tool.name(),
            "resource": tool.resource,
            "method": tool.method,
            "description": format!("{} of {}", tool.method, tool.resource),
            "query_schema": {"type": "object", "properties": {}},
            "body_schema": {"type": "object", "properties": {}},
            "required": [],
            "tags": [],
        })
    });
    Reply::json(200, json!({"result": tools.collect::<Vec<_>>()}))
}

/// The account of the server with this token.
fn owner(state: &SandboxState, token: &str) -> Option<String> {
    let mut servers = state.admin.records(location("mcp"))?.after(0).map(|(_, server)| server);
    let server = servers.find(|server| server.get("token") == Some(&json!(token)))?;
    server.get("integrated_account_id")?.as_str().map(str::to_owned)
}

/// `POST /mcp/<token>`, as JSON-RPC.
pub(super) fn call(state: &mut SandboxState, call: &AdminCall<'_>, token: &str) -> Reply {
    let Some(owner) = owner(state, token) else {
        return Reply::error(401, "invalid MCP token");
    };
    let request = call.received.json();
    let Some(method) = request["method"].as_str() else {
        return Reply::error(400, "the body is not a JSON-RPC request");
    };
    let outcome = match method {
        "initialize" => Ok(json!({
            "protocolVersion": PROTOCOL,
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "truto-sandbox", "version": env!("CARGO_PKG_VERSION")},
        })),
        "ping" => Ok(json!({})),
        "tools/list" => {
            let tools = tools(state).into_iter().map(|tool| {
                json!({
                    "name": tool.name(),
                    "description": format!("{} of {}", tool.method, tool.resource),
                    "inputSchema": {"type": "object", "properties": {}},
                })
            });
            Ok(json!({"tools": tools.collect::<Vec<_>>()}))
        }
        "tools/call" => call_tool(state, &owner, &request["params"]),
        // A JSON-RPC notification has no id and gets no response object.
        method if method.starts_with("notifications/") => return Reply::empty().status(202),
        // JSON-RPC's code for an unknown method; `call_tool` has the one for invalid parameters.
        _ => Err((-32601, "method not found".to_owned())),
    };
    let id = &request["id"];
    Reply::json(
        200,
        match outcome {
            Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
            Err((code, message)) => {
                json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})
            }
        },
    )
}

fn call_tool(
    state: &mut SandboxState,
    owner: &str,
    params: &Value,
) -> Result<Value, (i32, String)> {
    let name = params["name"].as_str().unwrap_or_default();
    let tool = tools(state).into_iter().find(|tool| tool.name() == name);
    let tool = tool.ok_or_else(|| (-32602, format!("there is no tool `{name}`")))?;
    let arguments = &params["arguments"];
    let id = match &arguments["id"] {
        Value::String(id) => id.clone(),
        other => other.to_string(),
    };
    let reads = matches!(tool.method.as_str(), "list" | "get" | "delete");
    let query = if reads { Query::from_json(arguments) } else { Query::default() };
    let body = if arguments.is_object() { arguments.to_string() } else { String::new() };
    let one = ResourceCall {
        location: Location { account: owner, model: &tool.model, resource: &tool.resource },
        query: &query,
        body: body.as_bytes(),
        path: "/mcp",
        method: "POST",
    };
    let store = &mut state.store;
    let reply = match tool.method.as_str() {
        "list" => resource::list(store, &one),
        "get" => resource::get(store, &one, &id),
        "create" => resource::create(store, &one),
        "update" => resource::update(store, &one, &id),
        // `tools` has five methods, of which this one is left.
        _ => resource::delete(store, &one, &id),
    };
    let text = String::from_utf8_lossy(&reply.body);
    Ok(json!({
        "content": [{"type": "text", "text": text}],
        "isError": !reply.status.is_success(),
    }))
}
