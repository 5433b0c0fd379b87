use truto_route::{Method, Route};

use super::*;

mod placeholders;

fn context(dialect: Dialect) -> Context {
    Context { dialect, method: Some(Method::Get), has_name: false, has_response: false }
}

/// The intended path and the messages.
fn read(dialect: Dialect, text: &str) -> (Option<String>, Vec<PathError>) {
    let read = parse(context(dialect), text);
    (read.value, read.errors)
}

#[test]
fn accepts_paths_of_the_attribute() {
    for (dialect, text, parameters) in [
        (Dialect::Unified, "/unified/e-signature/users", vec![]),
        (Dialect::Unified, "/unified/e-signature/users/<id>", vec!["id"]),
        (Dialect::Unified, "/unified/file-storage/drive-items/<type>", vec!["type"]),
        (Dialect::Unified, "/unified/ats/applications/move-stage", vec![]),
        (Dialect::Unified, "/unified/M/R/<a>/x/<b>", vec!["a", "b"]),
        (Dialect::Unified, "/unified/a_1/B2/<userId>", vec!["userId"]),
        (Dialect::Unified, "/unified/custom/proxy/<self_>", vec!["self_"]),
        (Dialect::Any, "/proxy/Contact/<id>", vec!["id"]),
        (Dialect::Any, "/proxy/tickets/<id>.json", vec!["id"]),
        (Dialect::Any, "/custom/a/<b>/c", vec!["b"]),
        (Dialect::Any, "/custom/v1.0/me/messages", vec![]),
        (Dialect::Any, "/custom/api/v2/search.json", vec![]),
        (Dialect::Any, "/custom/v4/spreadsheets/<id>:batchUpdate", vec!["id"]),
        (Dialect::Any, "/custom/<path..>", vec!["path"]),
        (Dialect::Any, "/integrated-account", vec![]),
        (Dialect::Any, "/unified-model/<id>", vec!["id"]),
        (Dialect::Any, "/customer/<id>", vec!["id"]),
        (Dialect::Any, "/vendors/proxy", vec![]),
        (Dialect::Any, "/other/proxy", vec![]),
    ] {
        let (value, errors) = read(dialect, text);
        assert!(errors.is_empty(), "{text}: {errors:?}");
        let route = value.expect(text);
        let route = Route::parse(&route).expect(text);
        assert_eq!(route.parameters().collect::<Vec<_>>(), parameters, "{text}");
    }
}

/// The written path, the intended path, a part of the message.
#[test]
fn repairs_paths() {
    for (text, meant, message) in [
        ("unified/m/r", "/unified/m/r", "does not begin with `/`"),
        ("/tenant/unified/m/r", "/unified/m/r", "unexpected `/tenant`"),
        ("/crm/custom/x", "/unified/crm/custom/x", "not under `/unified/`"),
        ("/unified/m/r?x={id}", "/unified/m/r", "query `?x={id}`"),
        ("/unified/m/r{?limit,cursor}", "/unified/m/r", "query `{?limit,cursor}`"),
        ("/unified/m/r{#part}", "/unified/m/r", "fragment `{#part}`"),
        ("/unified/m/r/<id>{?expand*}", "/unified/m/r/<id>", "query `{?expand*}`"),
        ("/unified/m/r/{id}{&expand}", "/unified/m/r/<id>", "placeholder syntax `{id}`"),
        ("/unified/m/r{/id}", "/unified/m/r/<id>", "placeholder syntax `{id}`"),
        ("/unified/m/a  b", "/unified/m/a-b", "character ` `"),
        ("\\unified/m\\r", "/unified/m/r", "`\\` in the path"),
        ("curl 'https://api.truto.one/unified/m/r' -H x", "/unified/m/r", "full URL"),
        ("/unified/m/r/", "/unified/m/r", "ends with `/`"),
        ("/unified//m//r", "/unified/m/r", "empty segment"),
        ("/unified/m/./r", "/unified/m/r", "another route"),
        ("/unified/m", "/unified/m/users", "no resource"),
        ("/unified/m/", "/unified/m/users", "no resource"),
        ("/unified", "/unified/e-signature/users", "no resource"),
        ("/unified/m/r?x=1", "/unified/m/r", "query `?x=1`"),
        ("/unified/m/r/?", "/unified/m/r", "query `?`"),
        ("/unified/m/r#x", "/unified/m/r", "fragment `#x`"),
        ("/unified/m/r%20s", "/unified/m/r-s", "percent escape"),
        ("/unified/m/r/%7Bid%7D", "/unified/m/r/<id>", "placeholder syntax"),
        ("/unified/m/a b", "/unified/m/a-b", "character ` `"),
        ("/unified/m/résumé", "/unified/m/resume", "character `é`"),
        ("/unified/m/名前", "/unified/m/items", "character `名`"),
        ("/unified/m/r.json", "/unified/m/r", "character `.`"),
        ("/unified/m/v1.0", "/unified/m/v1-0", "character `.`"),
        ("/unified/m/r:search", "/unified/m/r/search", "character `:`"),
        ("/unified/m/r:id", "/unified/m/r/<id>", "character `:`"),
        ("/unified/m/r:a:b", "/unified/m/r-a-b", "character `:`"),
        ("/unified/m/r:", "/unified/m/r", "character `:`"),
        ("/Unified/m/r", "/unified/m/r", "kind of route `/Unified/`"),
        ("/unifed/m/r", "/unified/m/r", "kind of route `/unifed/`"),
        ("/unfiied/m/r", "/unified/m/r", "kind of route"),
        ("/unified-api/m/r", "/unified/m/r", "kind of route"),
        ("/unify/m/r", "/unified/m/r", "kind of route"),
        ("/api/unified/m/r", "/unified/m/r", "unexpected `/api`"),
        ("/api/v1/unified/m/r", "/unified/m/r", "unexpected `/api/v1`"),
        ("/v1/unified/m/r/{id}", "/unified/m/r/<id>", "unexpected `/v1`"),
        ("{{base_url}}/unified/m/r", "/unified/m/r", "does not begin with `/`"),
        ("/m/r/<id>", "/unified/m/r/<id>", "not under `/unified/`"),
        ("https://api.truto.one/unified/m/r", "/unified/m/r", "full URL"),
        ("https://api.truto.one/unified/m/r/{id}?x=1", "/unified/m/r/<id>", "full URL"),
        ("//api.truto.one/unified/m/r", "/unified/m/r", "full URL"),
        ("api.truto.one/unified/m/r/:id", "/unified/m/r/<id>", "full URL"),
        ("localhost:3000/unified/m/r", "/unified/m/r", "full URL"),
        (
            "curl -X GET 'https://api.truto.one/unified/m/r?a=b' \\\n -H x",
            "/unified/m/r",
            "full URL",
        ),
        ("GET /unified/m/r", "/unified/m/r", "method `GET` in the path"),
        ("'/unified/m/r'", "/unified/m/r", "quotes around"),
        ("\"/unified/m/r\"", "/unified/m/r", "quotes around"),
        (" /unified/m/r ", "/unified/m/r", "white space around"),
        ("/unified/m/r\n", "/unified/m/r", "invisible character"),
        ("/unified/m/r\u{a0}", "/unified/m/r", "invisible character"),
        ("/unified/m/\tr", "/unified/m/r", "invisible character"),
        ("/unified/m/\u{200b}r", "/unified/m/r", "invisible character"),
        ("\u{feff}/unified/m/r", "/unified/m/r", "invisible character"),
        ("\\unified\\m\\r", "/unified/m/r", "`\\` in the path"),
        ("/unified/<m>/r", "/unified/e-signature/r", "in place of the model"),
        ("/unified/m/{id}", "/unified/m/users/<id>", "in place of the resource"),
        ("/unified/{unified_model}/{resource}/{id}", "/unified/e-signature/users/<id>", "model"),
        ("/unified/m/r/<id>/<id>", "/unified/m/r/<id>/<id_2>", "appears twice"),
        ("/unified/m/r/<userId>/<user_id>", "/unified/m/r/<userId>/<user_id_2>", "appears twice"),
    ] {
        let (value, errors) = read(Dialect::Unified, text);
        assert_eq!(value.as_deref(), Some(meant), "{text:?}: {errors:?}");
        assert!(errors[0].message.contains(message), "{text:?}: {errors:?}");
        assert!(errors[0].help.contains(&format!("`{meant}`")), "{text:?}: {errors:?}");
    }
}

#[test]
fn drops_the_id_before_a_custom_method() {
    let post = Context { method: Some(Method::Post), ..context(Dialect::Unified) };
    for text in
        ["/unified/m/r/{id}:archive", "/unified/m/r/<id>:archive", "/unified/m/r/:id:archive"]
    {
        let Recovered { value, errors } = parse(post, text);
        assert_eq!(value.as_deref(), Some("/unified/m/r/archive"), "{text}");
        assert_eq!(errors.len(), 1, "{text}: {errors:?}");
        assert_eq!(errors[0].message, "custom method `:archive` after a placeholder", "{text}");
        // Other methods have none.
        assert_eq!(read(Dialect::Unified, text).0.as_deref(), Some("/unified/m/r/<id>"), "{text}");
    }
}

#[test]
fn repairs_paths_of_providers() {
    for (text, meant) in [
        ("/custom/v4/sheets/{id}:batchUpdate", "/custom/v4/sheets/<id>:batchUpdate"),
        ("/proxy/tickets/{id}.json", "/proxy/tickets/<id>.json"),
        ("/custom/:id", "/custom/<id>"),
        ("/custom/*path", "/custom/<path..>"),
        ("/custom/[...path]", "/custom/<path..>"),
        ("/custom/<path:rest>", "/custom/<rest..>"),
        ("/custom/<path:path>", "/custom/<path..>"),
        ("/custom/{file_path:path}", "/custom/<file_path..>"),
        ("/custom/{path:string}", "/custom/<path>"),
        ("/custom/<path..>/x", "/custom/<path>/x"),
        ("/Proxy/tickets", "/proxy/tickets"),
        ("/porxy/tickets", "/proxy/tickets"),
        ("/proxies/tickets", "/proxy/tickets"),
        ("/custom-api/a", "/custom/a"),
        ("/api/proxy/tickets", "/proxy/tickets"),
        ("/v1/custom/a", "/custom/a"),
        ("/v1.2/proxy/tickets", "/proxy/tickets"),
        ("/custom/x:go/{id}", "/custom/x:go/<id>"),
        ("/proxy/", "/proxy/tickets"),
        ("/custom", "/custom/tickets"),
        ("/<base>/tickets", "/proxy/tickets"),
        ("link-token", "/link-token"),
    ] {
        let (value, errors) = read(Dialect::Any, text);
        if text.starts_with('/') {
            assert_eq!(value.as_deref(), Some(meant), "{text}: {errors:?}");
        }
        assert_eq!(errors.len(), 1, "{text}: {errors:?}");
    }
}

#[test]
fn names_the_other_attribute() {
    for (dialect, text, other) in [
        (Dialect::Unified, "/proxy/Contact", "write `#[endpoint(...)]`"),
        (Dialect::Unified, "/Proxy/Contact", "write `#[endpoint(path = \"/proxy/Contact\", ...)]`"),
        (Dialect::Unified, "/custom/x", "`name = \"find_user\"` and `response = T`"),
        (Dialect::Unified, "/link-token", "write `#[endpoint(...)]`"),
        (Dialect::Any, "/unified/m/r", "write `#[unified_endpoint(...)]`"),
        (Dialect::Any, "/Unified/m/r", "write `#[unified_endpoint(path = \"/unified/m/r\", ...)]`"),
        (Dialect::Any, "/unifed/m/r", "write `#[unified_endpoint(path = \"/unified/m/r\", ...)]`"),
        (
            Dialect::Any,
            "/api/unified/m/r",
            "write `#[unified_endpoint(path = \"/unified/m/r\", ...)]`",
        ),
    ] {
        let (_, errors) = read(dialect, text);
        assert_eq!(errors.len(), 1, "{text}: {errors:?}");
        assert!(errors[0].help.contains(other), "{text}: {errors:?}");
    }
}

#[test]
fn shows_an_example_for_unclear_paths() {
    let (long, slashes) = ("/x".repeat(20_000), "/".repeat(20_000));
    for text in ["", "/", "//", "users", "?", long.as_str(), slashes.as_str(), "\u{200b}"] {
        for (dialect, example) in
            [(Dialect::Unified, "`/unified/e-signature/users`"), (Dialect::Any, "`/proxy/tickets`")]
        {
            let (value, errors) = read(dialect, text);
            assert_eq!(value, None, "{errors:?}");
            assert_eq!(errors.len(), 1, "{errors:?}");
            assert!(errors[0].help.contains(example), "{errors:?}");
        }
    }
}

/// Whatever a path holds, what the help says is accepted by the attribute that it names.
#[test]
fn accepts_its_own_suggestions() {
    let parts = [
        "/",
        "/",
        "/",
        "unified",
        "proxy",
        "custom",
        "api",
        "v1",
        "m",
        "users",
        "<id>",
        "{id}",
        ":id",
        "<",
        ">",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "?",
        "#",
        "%",
        "%20",
        "%7B",
        ".",
        "..",
        "*",
        "$",
        "@",
        " ",
        "é",
        "\u{200b}",
        "\\",
        "://",
        "'",
        "\"",
        "GET ",
        "<path..>",
        ":int",
        "=",
        "_",
        "-",
        "1",
        "self",
        "Unified",
        "localhost",
        "truto.one",
        "\n",
    ];
    let mut random = fastrand::Rng::with_seed(11);
    for _ in 0..30_000 {
        let count = random.usize(..10);
        let text: String = (0..count).map(|_| parts[random.usize(..parts.len())]).collect();
        for dialect in [Dialect::Unified, Dialect::Any] {
            let (value, errors) = read(dialect, &text);
            assert!(value.is_some() || !errors.is_empty(), "{text:?}");
            for error in &errors {
                assert!(text.get(error.at.0..error.at.1).is_some(), "{text:?}: {error:?}");
                // The path is alone or in the other attribute, or is right as it is.
                let shown = error.help.split('`').nth(1).expect("a suggestion");
                let within =
                    shown.split_once("path = \"").and_then(|(_, path)| path.split('"').next());
                let path = within.or(shown.starts_with('/').then_some(shown)).or(value.as_deref());
                let path = path.expect("a path");
                assert!(value.as_deref().is_none_or(|value| value == path), "{text:?}: {error:?}");
                let own =
                    if path.starts_with("/unified/") { Dialect::Unified } else { Dialect::Any };
                let (_, again) = read(own, path);
                assert!(again.is_empty(), "{text:?}: `{path}` is refused: {again:?}");
            }
        }
    }
}

/// `..` leads to a route that the user did not write, so the help is an example only.
#[test]
fn rejects_parent_segments() {
    for (text, example) in [
        ("/unified/m/r/x/../y", "`/unified/m/r/y`"),
        ("/unified/m/r/..", "`/unified/m/users`"),
        ("/unified/../../proxy/r", "`/unified/"),
    ] {
        let (value, errors) = read(Dialect::Unified, text);
        assert_eq!(value, None, "{text}");
        assert!(errors[0].help.contains(example), "{text}: {errors:?}");
    }
}

/// Slashes are one mistake, whose place is the slash that is one too many.
#[test]
fn points_at_the_first_extra_slash() {
    for (text, at) in [("/unified//m/r", 8), ("/unified/m/r/", 12), ("/unified//m//r/", 8)] {
        let (_, errors) = read(Dialect::Unified, text);
        let [error] = &*errors else { panic!("{text}: {errors:?}") };
        assert_eq!(error.at, (at, at + 1), "{text}");
    }
}

#[test]
fn limits_paths_to_two_kibibytes() {
    let longest = format!("/unified/m/{}", "r".repeat(MAX_BYTES - "/unified/m/".len()));
    for (text, is_taken) in [(longest.clone(), true), (format!("{longest}r"), false)] {
        let (value, errors) = read(Dialect::Unified, &text);
        assert_eq!((value.is_some(), errors.is_empty()), (is_taken, is_taken), "{}", text.len());
    }
}

#[test]
fn requires_a_name_by_family_without_a_method() {
    let context = Context { method: None, ..context(Dialect::Unified) };
    for (text, is_derived) in [("/proxy/tickets", true), ("/link-token", false)] {
        let read = parse(context, text);
        assert_eq!(read.errors[0].help.contains("`name = "), !is_derived, "{:?}", read.errors);
    }
}
