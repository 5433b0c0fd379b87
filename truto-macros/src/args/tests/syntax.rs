//! Arguments that are not `key = value`, separated by commas.

use super::{beside, errors, only_error};
use crate::dialect::Dialect;

const BOTH: &str = "write `method = \"GET\", path = \"/unified/m/r\"`";

#[test]
fn reports_wrong_separators_as_one_error() {
    for args in [
        "method = \"GET\"; path = \"/unified/m/r\"",
        "method = \"GET\"; path = \"/unified/m/r\"; doc = \"x\";",
        "method = \"GET\" & path = \"/unified/m/r\"",
        "method = \"GET\" && path = \"/unified/m/r\"",
        "method = \"GET\" and path = \"/unified/m/r\"",
        "method = \"GET\" | path = \"/unified/m/r\"",
    ] {
        let (message, _) = only_error(Dialect::Unified, args);
        assert!(message.starts_with("expected `,` between two arguments, found `"), "{message}");
    }
    for args in [
        "method = \"GET\" path = \"/unified/m/r\"",
        "query = Vec<User> method = \"GET\", path = \"/unified/m/r\"",
        "path = \"/unified/m/r\" method = \"GET\"",
    ] {
        let (message, help) = only_error(Dialect::Unified, args);
        assert_eq!(message, "expected `,` between two arguments", "{args}");
        assert!(help.starts_with("add a comma before `"), "{help}");
    }
    for args in [
        ",method = \"GET\", path = \"/unified/m/r\"",
        "method = \"GET\",,, path = \"/unified/m/r\",,",
    ] {
        let (message, help) = only_error(Dialect::Unified, args);
        assert_eq!((&*message, &*help), ("unexpected `,`", "remove this `,`"), "{args}");
    }
}

#[test]
fn reports_tokens_before_a_key_as_one_error() {
    for prefix in [
        "@", "--", "-", ".", "$", "&", "?", "!", ":", "%", "let ", "let mut ", "const ", "pub ",
        "static ", "var ",
    ] {
        let (message, help) = only_error(
            Dialect::Unified,
            &format!("{prefix}method = \"GET\", {}", beside("method")),
        );
        assert_eq!(message, format!("expected a key, found `{}`", prefix.trim()));
        assert_eq!(help, "write `method = \"GET\"`");
    }
    let (_, help) = only_error(
        Dialect::Unified,
        &format!("pub const METHOD: &'static str = \"GET\", {}", beside("method")),
    );
    assert_eq!(help, "write `method = \"GET\"`");
    let (_, help) =
        only_error(Dialect::Unified, &format!("type Query = Filter, {}", beside("query")));
    assert_eq!(help, "write `query = Filter`");
}

#[test]
fn reports_comments_and_attributes_as_one_error() {
    for args in [
        "method = \"GET\", /// Lists the users.\n path = \"/unified/m/r\"",
        "/// Lists the users.\n method = \"GET\", path = \"/unified/m/r\"",
        "method = \"GET\", path = \"/unified/m/r\" /// Lists the users.\n",
        "method = \"GET\", path = \"/unified/m/r\", /// Lists\n /// the users.\n",
        "method = \"GET\", path = \"/unified/m/r\", /** Lists the users. */",
        "method = \"GET\", //! Lists the users.\n path = \"/unified/m/r\"",
    ] {
        let (message, help) = only_error(Dialect::Unified, args);
        assert_eq!(message, "doc comments are not allowed between arguments", "{args}");
        assert!(help.starts_with("write `doc = \"Lists the users.\"` to"), "{args}: {help}");
    }
    let args = "doc = \"x\", /// y\n method = \"GET\", path = \"/unified/m/r\"";
    assert!(only_error(Dialect::Unified, args).1.starts_with("write a plain comment"));
    let args = "#[cfg(test)] method = \"GET\", path = \"/unified/m/r\"";
    assert!(only_error(Dialect::Unified, args).1.contains("cfg_attr"));
    let args = "#[cfg = \"x\"] method = \"GET\", path = \"/unified/m/r\"";
    assert!(only_error(Dialect::Unified, args).1.contains("cfg_attr"));
}

#[test]
fn reports_wrapped_arguments_as_one_error() {
    for args in [
        "{\"method\": \"GET\", \"path\": \"/unified/m/r\"}",
        "{\"path\": \"/unified/m/r\", \"method\": \"GET\"}",
        "{method: \"GET\", path: \"/unified/m/r\"}",
        "{ method = \"GET\", path = \"/unified/m/r\" }",
        "(method = \"GET\", path = \"/unified/m/r\")",
        "[method = \"GET\", path = \"/unified/m/r\"]",
        "[\"GET\", \"/unified/m/r\"]",
        "((method = \"GET\", path = \"/unified/m/r\"))",
        "Unified { method: \"GET\", path: \"/unified/m/r\" }",
        "truto::Unified { verb: Method::GET, url: \"/unified/m/r\" }",
    ] {
        let (message, help) = only_error(Dialect::Unified, args);
        assert!(message.starts_with("expected `key = value`, found `"), "{args}: {message}");
        assert_eq!(help, BOTH, "{args}");
    }
    let json =
        "{\"method\": \"POST\", \"path\": \"/proxy/tickets\", \"body\": \"New\", \"safe\": true}";
    assert_eq!(
        only_error(Dialect::Any, json).1,
        "write `method = \"POST\", path = \"/proxy/tickets\", body = New, safe = true`"
    );
    assert_eq!(
        only_error(Dialect::Any, "{}").1,
        "write `method = \"GET\", path = \"/proxy/tickets\"`"
    );
}

#[test]
fn splits_arguments_after_generics_and_unclosed_brackets() {
    let taken = "query = std::collections::HashMap<String, Vec<User>>, method = \"GET\", path = \"/unified/m/r\"";
    assert_eq!(errors(Dialect::Unified, taken), [""; 0]);
    let taken = "query = Box<dyn Service<Request, Response = User>>, method = \"GET\", path = \"/unified/m/r\"";
    assert_eq!(errors(Dialect::Unified, taken), [""; 0]);
    let args = "query = Vec<User, method = \"GET\", path = \"/unified/m/r\"";
    let (message, _) = only_error(Dialect::Unified, args);
    assert_eq!(message, "the value of `query` must be a type, found `Vec<User`");
}

#[test]
fn closes_only_types_whose_arguments_are_complete() {
    for (value, ty) in [
        ("Vec<User", "Vec<User>"),
        ("Option<Vec<User>", "Option<Vec<User>>"),
        ("HashMap<String, Vec<[u8; 2]", "HashMap<String,Vec<[u8; 2]>>"),
        ("Vec<", "ListUsers"),
        ("Option<Vec::<", "ListUsers"),
        ("Vec<'a", "ListUsers"),
        ("Vec<User,", "ListUsers"),
        ("HashMap<String", "ListUsers"),
        ("HashMap<String,", "ListUsers"),
    ] {
        let args = format!("{}, query = {value}", beside("query"));
        let (_, help) = only_error(Dialect::Unified, &args);
        assert_eq!(help.replace(", ", ","), format!("write `query = {ty}`"), "{value}");
    }
}

#[test]
fn extends_unquoted_prose_only_by_words() {
    let messages = |args: &str| -> Vec<String> {
        let found = errors(Dialect::Unified, &format!("{}, {args}", beside("doc")));
        found.iter().map(|error| error.lines().next().unwrap_or_default().to_owned()).collect()
    };
    let prose = "the value of `doc` must be a string literal, found ";
    assert_eq!(messages("doc = Lists users, page"), [format!("{prose}`Lists users, page`")]);
    for (args, second) in [
        ("doc = Lists users, safe", "key `safe` has no value"),
        ("doc = Lists users, foo = 1", "unknown key `foo`"),
    ] {
        assert_eq!(messages(args), [format!("{prose}`Lists users`"), second.to_owned()], "{args}");
    }
    assert_eq!(messages("doc = \"x\", foo"), ["unknown key `foo`"]);
    let name = "the value of `name` must be a string literal, found `find`";
    assert_eq!(messages("name = find, foo"), [name, "unknown key `foo`"]);
}

#[test]
fn detects_missing_commas_before_any_form_of_argument() {
    let helps = |args: &str| errors(Dialect::Unified, args).join("\n");
    for (args, next) in [
        ("method: \"GET\" path: \"/unified/m/r\"", "path"),
        ("method(\"GET\") path(\"/unified/m/r\")", "path"),
        ("query = Vec<User> method \"GET\", path = \"/unified/m/r\"", "method"),
    ] {
        let found = helps(args);
        assert!(found.contains(&format!("add a comma before `{next}`")), "{args}: {found}");
    }
    for args in [
        "query = User<method::Get>, method = \"GET\", path = \"/unified/m/r\"",
        "query = fn(name: u8) -> u8, method = \"GET\", path = \"/unified/m/r\"",
        "response = Path<[u8; 2]>, method = \"GET\", path = \"/unified/m/r\"",
    ] {
        assert_eq!(helps(args), "", "{args}");
    }
}

#[test]
fn accepts_undelimited_macro_fragments() {
    let args = "method = \"GET\", path = \"/unified/m/r\"".parse().expect("tokens");
    let group = proc_macro2::Group::new(proc_macro2::Delimiter::None, args);
    let args = proc_macro2::TokenTree::Group(group).into();
    let expanded = crate::endpoints(Dialect::Unified, args, "struct User;".parse().expect("item"));
    assert!(!expanded.to_string().contains("compile_error"), "{expanded}");
}

#[test]
fn rejects_literal_suffixes() {
    for (wrong, right) in
        [("method = \"GET\"s", "method = \"GET\""), ("method = r\"GET\"s", "method = \"GET\"")]
    {
        let (message, help) =
            only_error(Dialect::Unified, &format!("{wrong}, {}", beside("method")));
        assert_eq!(message, "suffixes on string literals are invalid");
        assert_eq!(help, format!("write `{right}`"));
    }
}

/// Each of these inputs repeats one part 20,000 times; a reading that is quadratic would take minutes.
#[test]
fn long_arguments_take_linear_time() {
    let started = std::time::Instant::now();
    for part in
        ["a = 1, ", "& ", "a & a = ", "? & body = ", "<", ", ", "; ", "#[x] ", "\"a\" + ", "let "]
    {
        let args = format!("method = {}", part.repeat(20_000)).parse().expect("tokens");
        let mut errors = crate::diag::Errors::default();
        let _ = crate::args::parse(Dialect::Unified, args, &mut errors);
        errors.discard();
    }
    assert!(started.elapsed() < std::time::Duration::from_secs(60), "{:?}", started.elapsed());
}

/// The beginnings of errors, in order.
#[track_caller]
fn begin(args: &str, beginnings: &[&str]) {
    let found = errors(Dialect::Unified, args);
    assert_eq!(found.len(), beginnings.len(), "{args}: {found:?}");
    for (found, beginning) in found.iter().zip(beginnings) {
        assert!(found.starts_with(beginning), "{args}: {found}");
    }
}

#[test]
fn unwraps_only_lists_of_arguments() {
    begin("foo(Vec<User>)", &["unknown key `foo`", "missing `method`", "missing `path`"]);
}

#[test]
fn detects_missing_commas_only_between_arguments() {
    let comma = "expected `,` between two arguments\nhelp: add a comma before `";
    let quoted = "expected a key, found the string";
    begin("\"method\": \"GET\" \"path\": \"/unified/m/r\"", &[comma, quoted, quoted]);
    begin("safe method = \"POST\", path = \"/unified/m/r\"", &[comma, "key `safe` has no value"]);
    // Other words than keys begin no argument, and neither does a lone literal.
    begin(
        "my own method = \"GET\", path = \"/unified/m/r\"",
        &["unknown key `my`", "missing `method`"],
    );
    begin("\"GET\" path = \"/unified/m/r\"", &["expected a key, found `\"GET\" path"]);
    // An operator right behind `=` begins the value.
    begin(
        "method = & path = \"/unified/m/r\"",
        &["the value of `method` must be a string literal", "missing `path`"],
    );
    // Angle brackets that stay open hold all that follows.
    begin(
        "query = Vec<User method = \"GET\", path = \"/unified/m/r\"",
        &["the value of `query` must be a type", "missing `method`"],
    );
}

#[test]
fn accepts_types_in_modules_named_like_keys() {
    for value in ["&'static query::Filter", "dyn query::Filter", "<query::Filter as Of>::Query"] {
        let args = format!("query = {value}, {}", beside("query"));
        assert_eq!(errors(Dialect::Unified, &args), [""; 0], "{value}");
    }
}

#[test]
fn keeps_brackets_and_numbers_in_prose() {
    for prose in ["Finds a deal(fast)", "Issue#7 of it", "Issue#(7)of it"] {
        let (_, help) = only_error(Dialect::Unified, &format!("doc = {prose}, {}", beside("doc")));
        assert_eq!(help, format!("write `doc = \"{prose}\"`"));
    }
}

#[test]
fn reads_words_after_other_values_as_keys() {
    for value in ["String::from(\"Finds.\")", "7"] {
        begin(
            &format!("doc = {value}, foo, {}", beside("doc")),
            &["the value of `doc` must be a string literal", "unknown key `foo`"],
        );
    }
}

#[test]
fn keeps_parentheses_before_trailing_tokens() {
    let (_, help) = only_error(Dialect::Unified, &format!("query (A) -> B, {}", beside("query")));
    assert_eq!(help, "write `query = (A)`");
}

#[test]
fn suggests_owned_response_types() {
    for (ty, owner) in
        [("str", "String"), ("&str", "String"), ("&'static str", "String"), ("[u8]", "Vec<u8>")]
    {
        let args = format!("response = {ty}, {}", beside("query"));
        let (message, help) = only_error(Dialect::Unified, &args);
        assert_eq!(message, format!("a response must own its data, found `{ty}`"));
        assert_eq!(help, format!("write `response = {owner}`"));
    }
}
