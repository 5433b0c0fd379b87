//! A table of keys and wrong forms of values.

use super::{beside, errors, only_error};
use crate::dialect::Dialect;

/// A text that each key takes, the forms in which a text is written wrongly, and other ones.
const TEXTS: [(&str, &str, &str); 4] = [
    ("method", "DELETE", "verb"),
    ("path", "/unified/crm/deals/<id>", "url"),
    ("name", "find_deal", "func"),
    ("doc", "Finds a deal.", "summary"),
];
const TYPES: [(&str, &str, &str); 3] = [
    ("query", "Vec<ListDeals>", "query_params"),
    ("body", "api::NewDeal", "requestBody"),
    ("response", "Vec<Deal>", "returns"),
];

/// An argument in forms that the attribute does not take: `$k` is the key, `$a` another name for it,
/// `$v` the value.
const ARGUMENTS: [&str; 18] = [
    "$a = $v",
    "$k: $v",
    "$k => $v",
    "$k == $v",
    "$k := $v",
    "$k -> $v",
    "$k($v)",
    "$k[$v]",
    "$k{$v}",
    "$k $v",
    "$a($v)",
    "$a: $v",
    "let $k = $v",
    "@$k = $v",
    "\"$k\": $v",
    "--$k = $v",
    "$k: &str = $v",
    "let $k: &'static str = $v",
];

/// A text in forms that are not a string literal.
const TEXT_VALUES: [&str; 18] = [
    "(\"$t\")",
    "[\"$t\"]",
    "{\"$t\"}",
    "&\"$t\"",
    "b\"$t\"",
    "c\"$t\"",
    "\"$t\"s",
    "r#\"$t\"#s",
    "String::from(\"$t\")",
    "Some(\"$t\")",
    "\"$t\".to_string()",
    "\"$t\".into()",
    "format!(\"$t\")",
    "concat!(\"\", \"$t\")",
    "\"\" + \"$t\"",
    "(((\"$t\")))",
    "Some(String::from(\"$t\"))",
    "&\"$t\".to_owned()",
];

/// A type in quotes.
const TYPE_VALUES: [&str; 6] =
    ["\"$t\"", "b\"$t\"", "(\"$t\")", "\"$t\"s", "String::from(\"$t\")", "\" $t \""];

fn filled(form: &str, key: &str, alias: &str, value: &str) -> String {
    form.replace("$k", key).replace("$a", alias).replace("$v", value)
}

/// The argument has one error, whose help is the argument as it should be.
#[track_caller]
fn is_suggested(key: &str, wrong: &str, right: &str) {
    for args in [format!("{wrong}, {}", beside(key)), format!("{}, {wrong}", beside(key))] {
        let (_, help) = only_error(Dialect::Unified, &args);
        let help = help.trim_end_matches(", without quotes").trim_end_matches(", or leave it out");
        assert_eq!(help, format!("write `{right}`"), "{args}");
    }
    let fed_back = format!("{right}, {}", beside(key));
    assert_eq!(errors(Dialect::Unified, &fed_back), [""; 0], "{fed_back}");
}

#[test]
fn suggests_the_written_text() {
    for (key, text, alias) in TEXTS {
        let right = format!("{key} = \"{text}\"");
        let literal = format!("\"{text}\"");
        for argument in ARGUMENTS {
            is_suggested(key, &filled(argument, key, alias, &literal), &right);
        }
        for argument in ["$k = $v"].iter().chain(&ARGUMENTS) {
            for value in TEXT_VALUES {
                let value = value.replace("$t", text);
                is_suggested(key, &filled(argument, key, alias, &value), &right);
            }
        }
    }
}

#[test]
fn suggests_a_string_for_a_character() {
    for wrong in ["name = 'f'", "name = b'f'"] {
        is_suggested("name", wrong, "name = \"f\"");
    }
}

#[test]
fn suggests_the_written_type() {
    for (key, ty, alias) in TYPES {
        let right = format!("{key} = {ty}");
        for argument in ARGUMENTS {
            is_suggested(key, &filled(argument, key, alias, ty), &right);
        }
        for argument in ["$k = $v"].iter().chain(&ARGUMENTS) {
            for value in TYPE_VALUES {
                let value = value.replace("$t", ty);
                is_suggested(key, &filled(argument, key, alias, &value), &right);
            }
        }
    }
    for (wrong, right) in [
        ("query = ListDeals::default()", "query = ListDeals"),
        ("query = api::ListDeals::new()", "query = api::ListDeals"),
        ("query = ListDeals {}", "query = ListDeals"),
        ("query = ListDeals { status: None }", "query = ListDeals"),
        ("query = HashMap<String, u64> x", "query = HashMap<String, u64>"),
        ("query = &ListDeals::new(\"x\")", "query = ListDeals"),
        ("query = ListDeals { status: \"x\" }", "query = ListDeals"),
        ("query = Query(ListDeals)", "query = ListDeals"),
        ("query <Deal as Listed>::Query", "query = <Deal as Listed>::Query"),
        ("query = ListDeals[]", "query = Vec<ListDeals>"),
        ("query = Vec[ListDeals]", "query = Vec<ListDeals>"),
    ] {
        is_suggested("query", wrong, right);
    }
}

#[test]
fn suggests_the_written_flag_or_crate() {
    for form in ARGUMENTS {
        is_suggested("safe", &filled(form, "safe", "readOnly", "true"), "safe = true");
        let wrong = filled(form, "crate", "crate_path", "api::truto_core");
        is_suggested("crate", &wrong, "crate = api::truto_core");
    }
    for wrong in
        ["\"true\"", "True", "TRUE", "yes", "1", "b\"true\"", "(true)", "\"true\"s", "false"]
    {
        is_suggested("safe", &format!("safe = {wrong}"), "safe = true");
    }
    for wrong in
        ["truto-core", "\"truto-core\"", "b\"truto_core\"", "(\"truto_core\")", "\"truto_core\"s"]
    {
        is_suggested("crate", &format!("crate = {wrong}"), "crate = truto_core");
    }
}

#[test]
fn quotes_unquoted_values() {
    for (key, wrong, right) in [
        ("method", "DELETE", "DELETE"),
        ("method", "delete", "DELETE"),
        ("method", "Method::DELETE", "DELETE"),
        ("method", "http::Method::Delete", "DELETE"),
        ("method", "Method.DELETE", "DELETE"),
        ("method", "Method::delete()", "DELETE"),
        ("method", "PUT", "PATCH"),
        ("method", "DELTE", "DELETE"),
        ("path", "/unified/crm/deals/<id>", "/unified/crm/deals/<id>"),
        ("path", "/unified/e-signature/users", "/unified/e-signature/users"),
        ("path", "/unified/crm/deals/{id}", "/unified/crm/deals/<id>"),
        ("path", "/unified/crm/deals/:id", "/unified/crm/deals/<id>"),
        ("path", "unified/crm/deals", "/unified/crm/deals"),
        ("path", "/unified/crm/deals?body=1&data=2", "/unified/crm/deals"),
        ("path", "format!(\"/unified/crm/deals/{}\", id)", "/unified/crm/deals/<id>"),
        ("name", "find_deal", "find_deal"),
        ("name", "Deal::find", "find"),
        ("name", "\"Deal::find\".into()", "find"),
        ("name", "findDeal", "find_deal"),
        ("name", "find-deal", "find_deal"),
        ("doc", "Finds a deal", "Finds a deal"),
    ] {
        let right = format!("{key} = \"{right}\"");
        is_suggested(key, &format!("{key} = {wrong}"), &right);
        is_suggested(key, &format!("{key}({wrong})"), &right);
        is_suggested(key, &format!("{key}: {wrong}"), &right);
    }
}

#[test]
fn shows_an_example_for_unclear_values() {
    for (dialect, wrong, help) in [
        (
            Dialect::Unified,
            "path = USERS",
            "for example `path = \"/unified/e-signature/users/<id>\"`",
        ),
        (Dialect::Any, "path = USERS", "for example `path = \"/proxy/tickets/<id>\"`"),
        (Dialect::Any, "path = env!(\"USERS\")", "cannot evaluate expressions"),
        (Dialect::Any, "path = route!(crm/deals)", "cannot evaluate expressions"),
        (Dialect::Unified, "path = <>/<>", "cannot evaluate expressions"),
        (Dialect::Any, "path = \"/proxy/\" + ID", "cannot evaluate expressions"),
        (Dialect::Any, "path = concat!(\"/proxy/\", ID)", "cannot evaluate expressions"),
        (Dialect::Any, "path: ID", "cannot evaluate expressions"),
        (Dialect::Any, "path = 7", "write `path = \"/proxy/tickets/<id>\"`"),
        (Dialect::Any, "path = b\"x\"", "write `path = \"/proxy/tickets/<id>\"`"),
        (Dialect::Any, "path: 7", "write `path = \"/proxy/tickets/<id>\"`"),
        (Dialect::Any, "path", "write `path = \"/proxy/tickets/<id>\"`"),
        (Dialect::Any, "url = ", "write `path = \"/proxy/tickets/<id>\"`"),
    ] {
        let args = format!("method = \"GET\", {wrong}");
        let (_, found) = only_error(dialect, &args);
        assert!(found.contains(help), "{args}: {found}");
    }
    for (wrong, help) in [
        ("method = 7", "write `method = \"GET\"`"),
        ("method = FOO", "write `method = \"GET\"`"),
        ("verb = 7", "write `method = \"GET\"`"),
    ] {
        let args = format!("path = \"/unified/m/r\", {wrong}");
        assert_eq!(only_error(Dialect::Unified, &args).1, help, "{args}");
    }
    for (wrong, help) in [
        ("query = 7", "write `query = ListUsers`"),
        ("query(status: String, id: u64)", "write `query = ListUsers`"),
        ("body = json!({\"a\": 1})", "write `body = NewUser`"),
        ("response = Vec<Option<Deal>", "write `response = Vec<Option<Deal>>`"),
        ("response = [Deal]", "write `response = Vec<Deal>`"),
        ("response = &Deal", "write `response = Deal`"),
        ("response = &'static str", "write `response = String`"),
        ("response = &[Deal]", "write `response = Vec<Deal>`"),
        ("query = _", "write `query = ListUsers`"),
        ("data = 7", "write `body = NewUser`"),
        ("name = 7", "write `name = \"find_user\"`"),
        ("crate = 7", "write `crate = \"my_crate::truto_core\"`"),
    ] {
        let args = format!("method = \"POST\", path = \"/unified/m/r\", {wrong}");
        assert_eq!(only_error(Dialect::Unified, &args).1, help, "{args}");
    }
}

#[test]
fn accepts_null_words_as_types() {
    for name in ["void", "None", "null"] {
        let args = format!("method = \"GET\", path = \"/unified/m/r\", response = {name}");
        assert!(errors(Dialect::Unified, &args).is_empty(), "{name}");
    }
}

#[test]
fn reports_two_mistakes_in_an_argument_as_one_error() {
    for (wrong, help) in [
        ("url = \"hello\"", "write `path = \"/unified/e-signature/users/<id>\"`"),
        ("path: \"hello\"", "write `path = \"/unified/e-signature/users/<id>\"`"),
        ("path: \"\"", "write `path = \"/unified/e-signature/users/<id>\"`"),
    ] {
        let args = format!("method = \"GET\", {wrong}");
        assert_eq!(only_error(Dialect::Unified, &args).1, help, "{args}");
    }
    let beside = "method = \"GET\", path = \"/unified/m/r\"";
    for (wrong, help) in [
        ("func = \"1\"", "write `name = \"find_user\"`"),
        ("name: \"\"", "write `name = \"find_user\"`"),
    ] {
        let args = format!("{beside}, {wrong}");
        assert_eq!(only_error(Dialect::Unified, &args).1, help, "{args}");
    }
    let args = "verb = \"HEAD\", path = \"/unified/m/r\"";
    assert_eq!(only_error(Dialect::Unified, args).1, "write `method = \"GET\"`");
}

#[test]
fn keeps_commas_in_unquoted_prose() {
    for (doc, quoted) in [
        ("Lists users, page by page", "Lists users, page by page"),
        ("Lists users, newest first, all of them", "Lists users, newest first, all of them"),
        ("Lists, and counts", "Lists, and counts"),
    ] {
        for after in ["", ", name = \"all\""] {
            let args = format!("method = \"GET\", path = \"/unified/m/r\", doc = {doc}{after}");
            let help = format!("write `doc = \"{quoted}\"`");
            assert_eq!(only_error(Dialect::Unified, &args).1, help, "{args}");
        }
    }
}

#[test]
fn explains_the_comment_in_an_unquoted_url() {
    for args in [
        "method = \"GET\", path = https://api.truto.one/unified/m/r,\n",
        "method = \"GET\", path = https://api.truto.one/unified/m/r,\n name = \"all\"",
        "method = \"GET\", url = http://localhost/unified/m/r,\n response = User",
    ] {
        let help = only_error(Dialect::Unified, args).1;
        assert!(help.starts_with("`//` begins a comment: write the text in quotes"), "{help}");
    }
}

#[test]
fn does_not_guess_the_value_of_expressions() {
    for (key, value) in [
        ("doc", "include_str!(\"x.md\")"),
        ("path", "env!(\"/unified/m/r\")"),
        ("doc", "TEXT"),
        ("path", "PATH"),
        ("path", "a-b"),
        ("path", "ftp:"),
        ("doc", "1-2"),
        ("doc", "text!(X)"),
    ] {
        let (_, help) = only_error(Dialect::Unified, &format!("{}, {key} = {value}", beside(key)));
        assert!(help.starts_with("an attribute cannot evaluate expressions: "), "{value}: {help}");
    }
}

#[test]
fn shows_an_example_for_lists_and_calls() {
    for (key, value, example) in [
        ("doc", "[\"a\", \"b\"]", "Lists the users."),
        ("method", "Method::delete(x)", "GET"),
        ("method", "Method::delete[]", "GET"),
    ] {
        let (_, help) = only_error(Dialect::Unified, &format!("{key} = {value}, {}", beside(key)));
        assert_eq!(help, format!("write `{key} = \"{example}\"`"), "{value}");
    }
}

#[test]
fn suggests_the_type_before_call_arguments() {
    for (value, message) in [
        ("ListUsers(User)", "the value of `query` must be a type, found `"),
        ("ListUsers::of(User)", "the value of `query` must be a type, found `"),
        ("ListUsers | Other", "unexpected tokens after the value"),
    ] {
        let (found, help) =
            only_error(Dialect::Unified, &format!("query = {value}, {}", beside("query")));
        assert!(found.starts_with(message), "{found}");
        assert_eq!(help, "write `query = ListUsers`", "{value}");
    }
    let macro_type = format!("query = my_type!(u8), {}", beside("query"));
    assert_eq!(errors(Dialect::Unified, &macro_type), [""; 0]);
}
