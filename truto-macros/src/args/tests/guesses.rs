//! Words that are not keys.

use super::{beside, errors, only_error};
use crate::dialect::Dialect;

/// The help for a wrong argument beside the rest of its attribute.
#[track_caller]
fn help(wrong: &str, key: &str) -> String {
    only_error(Dialect::Unified, &format!("{wrong}, {}", beside(key))).1
}

#[test]
fn counts_known_aliases_as_their_key() {
    for (wrong, key, right) in [
        ("verb = \"GET\"", "method", "method = \"GET\""),
        ("httpMethod = \"GET\"", "method", "method = \"GET\""),
        ("http_method = \"get\"", "method", "method = \"GET\""),
        ("uri = \"/unified/a/b\"", "path", "path = \"/unified/a/b\""),
        ("route = \"/unified/a/b/:id\"", "path", "path = \"/unified/a/b/<id>\""),
        ("endpoint = \"/unified/a/b\"", "path", "path = \"/unified/a/b\""),
        ("func = \"find\"", "name", "name = \"find\""),
        ("function = find", "name", "name = \"find\""),
        ("fn = \"find\"", "name", "name = \"find\""),
        ("fn_name = \"findAll\"", "name", "name = \"find_all\""),
        ("query_params = Filter", "query", "query = Filter"),
        ("queryParams = Filter", "query", "query = Filter"),
        ("params = Filter", "query", "query = Filter"),
        ("request_body = New", "body", "body = New"),
        ("payload = New", "body", "body = New"),
        ("data = \"New\"", "body", "body = New"),
        ("json = New", "body", "body = New"),
        ("resp = Deal", "response", "response = Deal"),
        ("return = Deal", "response", "response = Deal"),
        ("returns = Deal", "response", "response = Deal"),
        ("response_type = Deal", "response", "response = Deal"),
        ("output = Deal", "response", "response = Deal"),
        ("type = Deal", "response", "response = Deal"),
        ("summary = \"Finds.\"", "doc", "doc = \"Finds.\""),
        ("read_only = true", "safe", "safe = true"),
    ] {
        assert_eq!(help(wrong, key), format!("write `{right}`"), "{wrong}");
    }
}

#[test]
fn guesses_a_key_only_if_the_value_fits() {
    for (wrong, key, right) in [
        ("metod = \"GET\"", "method", "method = \"GET\""),
        ("Method = \"GET\"", "method", "method = \"GET\""),
        ("PATH = \"/unified/a/b\"", "path", "path = \"/unified/a/b\""),
        ("paht = \"/unified/a/b\"", "path", "path = \"/unified/a/b\""),
        ("patch = \"/unified/a/b\"", "path", "path = \"/unified/a/b\""),
        ("post = \"/unified/a/b\"", "path", "path = \"/unified/a/b\""),
        ("page = \"/unified/a/b\"", "path", "path = \"/unified/a/b\""),
        ("at = /unified/a/b", "path", "path = \"/unified/a/b\""),
        ("respnse = Deal", "response", "response = Deal"),
        ("qurey = Deal", "query", "query = Deal"),
        ("nane = \"find\"", "name", "name = \"find\""),
    ] {
        assert_eq!(help(wrong, key), format!("write `{right}`"), "{wrong}");
    }
    for wrong in
        ["page = 1", "mode = \"x\"", "date = 7", "nane = 7", "bodyy = 3", "qurey = \"x y\"", "foo"]
    {
        let (message, found) =
            only_error(Dialect::Unified, &format!("{wrong}, {}", beside("name")));
        let word = wrong.split(' ').next().expect("a word");
        assert_eq!(message, format!("unknown key `{word}`"));
        assert!(found.starts_with("the keys are `method`, `path`"), "{wrong}: {found}");
    }
}

#[test]
fn guesses_path_only_for_routes() {
    let (message, _) =
        only_error(Dialect::Unified, &format!("foo = \"/unified/a/b\", {}", beside("name")));
    assert_eq!(message, "unknown key `foo`");
    let found = errors(Dialect::Unified, "foo = \"x\", method = \"GET\"");
    assert!(found.iter().any(|error| error.starts_with("unknown key `foo`\n")), "{found:?}");
}

#[test]
fn removes_an_alias_of_a_given_key() {
    for wrong in [
        "verb = \"GET\"",
        "get",
        "get = \"/unified/a/b\"",
        "url = \"/unified/a/b\"",
        "metod = \"GET\"",
    ] {
        for args in
            [format!("{wrong}, {}", beside("query")), format!("{}, {wrong}", beside("query"))]
        {
            let (_, help) = only_error(Dialect::Unified, &args);
            assert!(help.starts_with("remove "), "{args}: {help}");
        }
    }
    let twice = "url = \"/unified/a/b\", uri = \"/unified/a/b\", method = \"GET\"";
    let helps = errors(Dialect::Unified, twice);
    assert_eq!(helps.len(), 2);
    assert!(helps[1].contains("remove `uri`"), "{helps:?}");
}

#[test]
fn names_the_setter_of_call_settings() {
    for (wrong, place) in [
        ("headers = 1", "Request::header"),
        ("timeout = 30", "Request::timeout"),
        ("retries = 3", "Request::retry"),
        ("page_size = 3", "Request::limit"),
        ("cursor = \"x\"", "Request::next_cursor"),
        ("deprecated", "write `#[deprecated]` above the struct"),
        ("visibility = 1", "the visibility of the struct"),
        ("token = \"x\"", "ClientBuilder::token"),
        ("base_url = \"x\"", "ClientBuilder::base_url"),
        ("integrated_account_id = \"x\"", "client.account(id)?"),
    ] {
        let help = help(wrong, "name");
        assert!(help.contains(place), "{help}");
    }
}

#[test]
fn suggests_method_for_verbs() {
    let both = "write `method = \"POST\", path = \"/unified/m/r\"`";
    for wrong in [
        "post = \"/unified/m/r\"",
        "POST = \"/unified/m/r\"",
        "post(\"/unified/m/r\")",
        "POST \"/unified/m/r\"",
        "POST: \"/unified/m/r\"",
        "POST => /unified/m/r",
        "POST /unified/m/r",
        "\"POST /unified/m/r\"",
        "\"POST unified/m/r\"",
        "\"/unified/m/r\" => \"POST\"",
        "\"post\", \"/unified/m/r\"",
        "POST, \"/unified/m/r\"",
        "POST, /unified/m/r",
        "(\"POST\", \"/unified/m/r\")",
        "method = \"POST /unified/m/r\"",
        "method(\"POST /unified/m/r\")",
        "verb = \"POST /unified/m/r\"",
    ] {
        assert_eq!(only_error(Dialect::Unified, wrong).1, both, "{wrong}");
    }
    assert_eq!(
        only_error(Dialect::Unified, "post(\"/unified/m/r\", body = New, doc = \"x\")").1,
        "write `method = \"POST\", path = \"/unified/m/r\", body = New, doc = \"x\"`"
    );
    for (dialect, path) in
        [(Dialect::Unified, "/unified/e-signature/users"), (Dialect::Any, "/proxy/tickets")]
    {
        let help = format!("write `method = \"GET\", path = \"{path}\"`");
        assert_eq!(only_error(dialect, "GET").1, help);
        assert_eq!(only_error(dialect, "get = 7").1, help);
    }
    for (wrong, right) in [
        ("\"GET\"", "method = \"GET\""),
        ("GET", "method = \"GET\""),
        ("delete", "method = \"DELETE\""),
    ] {
        assert_eq!(help(wrong, "method"), format!("write `{right}`"), "{wrong}");
    }
    assert_eq!(help("\"/unified/a/b\"", "path"), "write `path = \"/unified/a/b\"`");
    assert_eq!(
        only_error(Dialect::Any, "put = \"/custom/a\", name = \"x\", response = User").1,
        "write `method = \"PUT\", path = \"/custom/a\"`"
    );
    assert_eq!(
        only_error(Dialect::Any, "put = \"/proxy/a/<id>\"").1,
        "write `method = \"PATCH\", path = \"/proxy/a/<id>\"`"
    );
    assert_eq!(
        only_error(Dialect::Unified, "put = \"/unified/a/b/<id>\"").1,
        "write `method = \"PATCH\", path = \"/unified/a/b/<id>\"`"
    );
}

#[test]
fn splits_method_lists_into_attributes() {
    for wrong in ["\"GET,POST\"", "\"GET | POST\"", "[\"GET\", \"POST\"]", "(\"GET\", \"POST\")"] {
        let help = help(&format!("method = {wrong}"), "method");
        assert!(help.starts_with("write one attribute per method"), "{wrong}: {help}");
    }
}

#[test]
fn suggests_secret_names_without_brackets() {
    for (wrong, right) in
        [("<a>", "a"), ("a", "a"), ("[\"a\", \"b\"]", "a, b"), ("(\"<a>\", \"<b>\")", "a, b")]
    {
        let args = format!(
            "method = \"POST\", path = \"/mcp/<a>/<b>\", name = \"x\", response = User, secret = {wrong}"
        );
        let (_, help) = only_error(Dialect::Any, &args);
        assert_eq!(help, format!("write `secret = \"{right}\"`"), "{wrong}");
    }
}

#[test]
fn suggests_unused_keys_for_a_bare_type() {
    let help = |args: &str| only_error(Dialect::Unified, args).1;
    let get = "method = \"GET\", path = \"/unified/m/r\", User";
    assert_eq!(help(get), "write `query = User` or `response = User`");
    let post = "method = \"POST\", path = \"/unified/m/r\", query = A, User, response = B";
    assert_eq!(help(post), "write `body = User`");
}

#[test]
fn guesses_methods_in_every_form() {
    for (wrong, right) in [
        ("DELTE", "DELETE"),
        ("PATHC", "PATCH"),
        ("GETS", "GET"),
        ("LIST", "GET"),
        ("get", "GET"),
        ("Get", "GET"),
    ] {
        let literal = help(&format!("method = \"{wrong}\""), "method");
        assert!(literal.ends_with(&format!("write `\"{right}\"`")), "{wrong}: {literal}");
        for form in [format!("method = {wrong}"), format!("verb: \"{wrong}\"")] {
            assert_eq!(help(&form, "method"), format!("write `method = \"{right}\"`"), "{form}");
        }
    }
}

#[test]
fn joins_route_parts() {
    let (unified, any) = (Dialect::Unified, Dialect::Any);
    for (dialect, args, keys, path) in [
        (
            unified,
            "model = \"a\", resource = \"b\", method = \"GET\"",
            "keys `model` and `resource`",
            "/unified/a/b",
        ),
        (
            unified,
            "resource = b, unifiedModel = a, method = \"GET\"",
            "keys `resource` and `unifiedModel`",
            "/unified/a/b",
        ),
        (
            unified,
            "method = \"PATCH\", model = \"a\", resource = \"b\"",
            "keys `model` and `resource`",
            "/unified/a/b/<id>",
        ),
        (unified, "resource = \"a/b\", method = \"GET\"", "key `resource`", "/unified/a/b"),
        (any, "method = \"DELETE\", resource = \"b\"", "key `resource`", "/proxy/b/<id>"),
    ] {
        let (message, help) = only_error(dialect, args);
        assert_eq!(message, format!("unknown {keys}"), "{args}");
        assert_eq!(help, format!("write `path = \"{path}\"`"), "{args}");
    }
    let (_, help) = only_error(unified, "\"crm\", \"deals\", \"create\"");
    assert_eq!(help, "write `method = \"POST\", path = \"/unified/crm/deals\"`");
    assert_eq!(help_beside("model = \"crm\""), "remove `model`: the path names it");
    // A type.
    assert_eq!(help_beside("model = Deal"), "write `response = Deal`");
}

fn help_beside(wrong: &str) -> String {
    help(wrong, "response")
}

#[test]
fn rejects_encodings_as_types() {
    for wrong in [
        "format = \"json\"",
        "request_type = \"JSON\"",
        "consumes = [\"application/json\", \"form\"]",
        "content_type(\"text/plain\")",
    ] {
        let help = help(wrong, "response");
        assert!(help.ends_with("`: requests and responses are JSON"), "{wrong}: {help}");
    }
    assert_eq!(help("func = \"form\"", "name"), "write `name = \"form\"`");
    assert_eq!(help("nmae = \"form\"", "name"), "write `name = \"form\"`");
    assert_eq!(help("request_body(content = New, x = \"json\")", "body"), "write `body = New`");
}
