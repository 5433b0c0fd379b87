//! Requests as other clients write them.

use serde_json::{Value, json};
use truto_core::{Deleted, Request};
use truto_sandbox::{Fault, Sandbox};

use super::{body, create, list, path, raw, sandbox, status};

/// Two contacts of the query `query`, by their names.
async fn names(sandbox: &Sandbox, query: &str) -> Vec<String> {
    let contacts = path(sandbox, "/unified/crm/contacts", query);
    let response = raw(sandbox, &format!("GET {contacts}"), "", "").await;
    assert_eq!(status(&response), 200, "{query}: {response}");
    let result = body(&response)["result"].take();
    let records = result.as_array().expect("a list");
    let names = records.iter().map(|record| record["name"].as_str());
    names.map(|name| name.unwrap_or("-").to_owned()).collect()
}

async fn contacts() -> Sandbox {
    let sandbox = sandbox().await;
    for (id, name, group, at) in [
        ("1", "Ada L", json!({"id": "g"}), "2026-01-05T00:00:00Z"),
        ("2", "Bob", json!({"id": "h"}), "2026-03-05T00:00:00Z"),
    ] {
        let record = json!({"id": id, "name": name, "group": group, "created_at": at, "x": 1});
        sandbox.insert("crm", "contacts", record);
    }
    sandbox
}

#[tokio::test]
async fn reads_the_query_forms_of_the_official_sdks() {
    let sandbox = contacts().await;
    sandbox.allow_filter("crm", "contacts", "color");
    for (query, expected) in [
        // TypeScript (qs): an empty cursor on the first page, indices, `%20`.
        ("&next_cursor=&limit=50", &["Ada L", "Bob"][..]),
        ("&truto_exclude_fields%5B0%5D=name&truto_exclude_fields%5B1%5D=x", &["-", "-"]),
        ("&name=Ada%20L&remote_query%5Ba%5D%5B0%5D=1", &["Ada L"]),
        // Python: `+` for spaces, percent-encoded brackets.
        ("&name=Ada+L", &["Ada L"]),
        ("&truto_exclude_fields%5B%5D=name", &["-", "-"]),
        ("&created_at%5Bgte%5D=2021-01-01T00%3A00%3A00", &["Ada L", "Bob"]),
        ("&group%5Bid%5D=h&truto_ignore_remote_data=true", &["Bob"]),
        // curl, as the documentation writes it.
        ("&group[id]=g&created_at[lt]=2026-02-01", &["Ada L"]),
        ("&created_at[gt]=2026-02-01&created_at[lte]=2026-03-05T00:00:00Z", &["Bob"]),
        ("&name[in]=Bob,Carl", &["Bob"]),
        ("&truto_exclude_fields=name,x", &["-", "-"]),
        ("&limit=1&truto_ignore_limit=true", &["Ada L", "Bob"]),
        ("&sort_by=name&color=red&updated_at[gt]=2026", &["Ada L", "Bob"]),
    ] {
        assert_eq!(names(&sandbox, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn refused_requests_get_truto_error_bodies() {
    let sandbox = contacts().await;
    sandbox.allow_filter("crm", "contacts", "owner");
    let one = "/unified/crm/contacts/1";
    for (line, query, expected) in [
        ("GET /unified/crm/contacts", "&limit=abc", 400),
        ("GET /unified/crm/contacts", "&limit=-1", 400),
        ("GET /unified/crm/contacts", "&next_cursor=x", 400),
        ("GET /unified/crm/contacts", "&next_cursor=after%3D18446744073709551615", 200),
        ("GET /unified/crm/contacts", "&truto_response_format=xml", 400),
        ("GET /unified/crm/contacts", "&color=red", 400),
        ("GET /unified/crm/contacts", "&owner=1&updated_at[gt]=2026", 200),
        ("GET /unified/crm/contcats", "", 404),
        ("POST /unified/ticketing/tickts", "", 404),
        ("GET /proxy/Contact", "", 404),
        ("GET /unified/crm/contacts/", "", 404),
        ("GET /unified/crm/contacts/a/b/c", "", 404),
        ("POST /unified/crm/contacts/merge", "", 404),
        ("PUT /unified/crm/contacts/1", "", 405),
        ("PUT /proxy/contacts/1", "", 405),
        ("GET /nothing", "", 404),
    ] {
        let (method, route) = line.split_once(' ').expect("a route");
        let line = format!("{method} {}", path(&sandbox, route, query));
        let response = raw(&sandbox, &line, "", "").await;
        assert_eq!(status(&response), expected, "{line}: {response}");
        if expected >= 400 {
            let body = body(&response);
            assert_eq!(body["statusCode"], expected);
            assert!(body["error"].is_string() && body["message"].is_string(), "{body}");
        }
    }
    // Any case of the account's id is the same account.
    let upper = path(&sandbox, one, "")
        .to_uppercase()
        .replace("INTEGRATED_ACCOUNT_ID", "integrated_account_id");
    let upper = upper.replace("/UNIFIED/CRM/CONTACTS/1", one);
    assert_eq!(status(&raw(&sandbox, &format!("GET {upper}"), "", "").await), 200);
}

#[tokio::test]
async fn bodies_of_writes_are_checked() {
    let sandbox = sandbox().await;
    let contacts = path(&sandbox, "/unified/crm/contacts", "");
    for bad in ["{", "[]", "7", "\"x\"", "null", "\u{feff}{}"] {
        let json = "Content-Type: application/json\r\n";
        let refused = raw(&sandbox, &format!("POST {contacts}"), json, bad).await;
        assert_eq!(status(&refused), 400, "{bad}: {refused}");
        assert_eq!(body(&refused)["statusCode"], 400);
    }
    assert_eq!(sandbox.records("crm", "contacts"), Vec::<Value>::new());
    let account = sandbox.account();
    let new = create(&json!({"id": "1"})).idempotency_key("k");
    new.send(&account).await.expect("201");
    new.send(&account).await.expect("the first response again");
    let change = Request::<Value>::unified("PATCH", "crm", "contacts", "1");
    let changed = change.body(&json!({"id": "2", "name": "x"}));
    let changed = changed.send(&account).await.expect("200");
    assert_eq!(changed, json!({"id": "1", "name": "x"}));
    assert_eq!(sandbox.records("crm", "contacts"), [changed]);
}

#[tokio::test]
async fn a_repeated_idempotency_key_replays_a_success() {
    let sandbox = sandbox().await;
    let account = sandbox.account();
    sandbox.on_method(
        "crm",
        "contacts",
        "import",
        |received| json!({"rows": received.json()["rows"]}),
    );
    let import = |rows: u32| {
        let import = Request::<Value>::unified("POST", "crm", "contacts", "import");
        import.body(&json!({"rows": rows})).idempotency_key("k")
    };
    let acme = sandbox.account_named("acme");
    let mut rows = Vec::new();
    for (rows_sent, account) in [(1, &account), (2, &account), (3, &acme)] {
        let imported = import(rows_sent).send(account).await.expect("200");
        rows.push(imported["rows"].clone());
    }
    assert_eq!(rows, [1, 1, 3]);
    // A refusal is not stored under the key.
    let missing = Request::<Value>::unified("PATCH", "crm", "contacts", "1");
    let change = missing.body(&json!({"name": "x"})).idempotency_key("later");
    assert!(change.send(&account).await.is_err());
    sandbox.insert("crm", "contacts", json!({"id": "1"}));
    assert_eq!(change.send(&account).await.expect("200")["name"], "x");
}

#[tokio::test]
async fn response_formats_are_those_of_truto() {
    let sandbox = sandbox().await;
    sandbox.insert("crm", "contacts", json!({"id": "1", "remote_data": {"Id": 1}}));
    sandbox.insert("crm", "contacts", json!({"id": "2"}));
    let formatted = |route: &str, format: &str| {
        let query = format!("&truto_response_format={format}&limit=1");
        format!("GET {}", path(&sandbox, route, &query))
    };
    let list = "/unified/crm/contacts";
    let raw_list = raw(&sandbox, &formatted(list, "raw"), "", "").await;
    assert_eq!(body(&raw_list), json!([{"Id": 1}]));
    let raw_one = raw(&sandbox, &formatted(&format!("{list}/1"), "raw"), "", "").await;
    assert_eq!(body(&raw_one), json!({"Id": 1}));
    let debug = body(&raw(&sandbox, &formatted(list, "debug"), "", "").await);
    assert_eq!(debug["result"]["result"].as_array().map(Vec::len), Some(1));
    let more = &debug["debug"];
    assert_eq!(more["nextCursor"], debug["result"]["next_cursor"]);
    assert_eq!(
        (&more["isLooping"], &more["isEmptyResult"], &more["resultCount"]),
        (&json!(false), &json!(false), &json!(1))
    );
}

#[tokio::test]
async fn uploads_need_passthrough() {
    let sandbox = sandbox().await;
    let pdf = "Content-Type: application/pdf\r\n";
    let documents = |query: &str| format!("POST {}", path(&sandbox, "/unified/crm/files", query));
    let lost = raw(&sandbox, &documents(""), pdf, "%PDF").await;
    assert_eq!(status(&lost), 400);
    assert!(lost.contains("truto_body_passthrough"), "{lost}");
    let passed = raw(&sandbox, &documents("&truto_body_passthrough=true"), pdf, "%PDF").await;
    assert_eq!(status(&passed), 201, "{passed}");
    assert_eq!(sandbox.records("crm", "files").len(), 1);
}

#[tokio::test]
async fn a_scripted_429_has_a_retry_after() {
    let sandbox = sandbox().await;
    let contacts = format!("GET {}", path(&sandbox, "/unified/crm/contacts", ""));
    sandbox.fail_next(Fault::status(429));
    let limited = raw(&sandbox, &contacts, "", "").await.to_lowercase();
    for header in [
        "\r\nretry-after: 10\r\n",
        "\r\nratelimit-limit: 500;w=10\r\n",
        "\r\nratelimit-remaining: 0\r\n",
        "\r\nratelimit-reset: 10\r\n",
    ] {
        assert!(limited.contains(header), "{header:?} in {limited}");
    }
    sandbox.fail_next(Fault::status(429).header("Retry-After", "1"));
    let limited = raw(&sandbox, &contacts, "", "").await.to_lowercase();
    assert_eq!(limited.matches("retry-after").count(), 1, "{limited}");
    assert!(limited.contains("retry-after: 1\r\n"), "{limited}");
}

#[tokio::test]
async fn deleting_while_iterating_skips_nothing() {
    let sandbox = sandbox().await;
    let account = sandbox.account();
    sandbox.seed("crm", "contacts", 5, |number| json!({"id": number.to_string()}));
    let mut seen = Vec::new();
    let mut items = list().limit(2).items(&account);
    while let Some(contact) = items.next().await {
        let id = contact.expect("a record")["id"].as_str().expect("text").to_owned();
        let delete = Request::<Deleted<Value>>::unified("DELETE", "crm", "contacts", &*id);
        delete.send(&account).await.expect("200");
        seen.push(id);
    }
    assert_eq!(seen, ["0", "1", "2", "3", "4"]);
}

#[tokio::test]
async fn limits_are_enforced_if_asked_for() {
    let sandbox = sandbox().await;
    sandbox.enforce_rate_limits();
    let account = sandbox.account();
    for _ in 0..50 {
        list().send(&account).await.expect("within the limit");
    }
    let error = list().no_retry().send(&account).await.expect_err("one too many");
    assert_eq!(error.retry_after(), Some(std::time::Duration::from_secs(10)));
}
