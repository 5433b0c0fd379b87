use super::*;

/// The segment, the intended placeholder, a part of the message.
#[test]
fn repairs_placeholders_with_one_error() {
    for (segment, meant, message) in [
        ("{id}", "<id>", "unsupported placeholder syntax `{id}`"),
        ("{id:int}", "<id>", "unsupported"),
        ("{id:[0-9]+}", "<id>", "unsupported"),
        ("{id:[^/]+}", "<id>", "unsupported"),
        ("{id:\\d{4}}", "<id>", "unsupported"),
        ("{userId?}", "<userId>", "unsupported"),
        ("{id=7}", "<id>", "unsupported"),
        ("{=user}", "<user>", "unsupported"),
        ("{{id}}", "<id>", "unsupported"),
        ("${id}", "<id>", "unsupported"),
        ("#{id}", "<id>", "unsupported"),
        ("$id", "<id>", "unsupported"),
        ("@id", "<id>", "unsupported"),
        (":id", "<id>", "unsupported"),
        (":id?", "<id>", "unsupported"),
        (":id(\\d+)", "<id>", "unsupported"),
        (":user-id", "<user_id>", "unsupported"),
        ("[id]", "<id>", "unsupported"),
        ("[...slug]", "<slug>", "unsupported"),
        ("(id)", "<id>", "unsupported"),
        ("*rest", "<rest>", "unsupported"),
        ("{*rest}", "<rest>", "unsupported"),
        ("%s", "<id>", "unsupported"),
        ("%d", "<id>", "unsupported"),
        ("%1$s", "<id>", "unsupported"),
        ("{}", "<id>", "unsupported"),
        ("{0}", "<id>", "unsupported"),
        ("<int:id>", "<id>", "has a type"),
        ("<uuid:id>", "<id>", "has a type"),
        ("<string:user_id>", "<user_id>", "has a type"),
        ("<id: String>", "<id>", "has a type"),
        ("<id: &str>", "<id>", "has a type"),
        ("<id:int>", "<id>", "has a type"),
        ("<path: String>", "<path>", "has a type"),
        ("<path:rest>", "<rest>", "covers several segments"),
        ("<id?>", "<id>", "not an identifier"),
        ("<id..>", "<id>", "covers several segments"),
        ("<1d>", "<id>", "not an identifier"),
        ("<a b>", "<a_b>", "not an identifier"),
        ("<user-id>", "<user_id>", "not an identifier"),
        ("<self>", "<id>", "cannot name an argument"),
        ("<SELF>", "<id>", "cannot name an argument"),
        ("<_>", "<id>", "cannot name an argument"),
        ("<>", "<id>", "no name"),
        ("<id", "<id>", "unclosed"),
        ("<", "<id>", "unclosed"),
        ("{id", "<id>", "unsupported"),
        ("id>", "<id>", "unopened"),
        ("id}", "<id>", "unsupported"),
        ("user-<id>", "<id>", "only a part"),
        ("<id>.json", "<id>", "only a part"),
        ("{id}.json", "<id>", "unsupported"),
        (":id.json", "<id>", "unsupported"),
        (":id:int", "<id>", "unsupported"),
        ("~id", "<id>", "unsupported"),
        ("!userId", "<userId>", "unsupported"),
        ("{a}-{b}", "<a_b>", "unsupported"),
        ("(key='{a}')", "<a>", "unsupported"),
    ] {
        for dialect in [Dialect::Unified, Dialect::Any] {
            let base =
                if dialect == Dialect::Unified { "/unified/m/r" } else { "/integrated-account" };
            let text = format!("{base}/{segment}/x");
            let (value, errors) = read(dialect, &text);
            assert_eq!(value, Some(format!("{base}/{meant}/x")), "{text}: {errors:?}");
            assert_eq!(errors.len(), 1, "{text}: {errors:?}");
            assert!(errors[0].message.contains(message), "{text}: {errors:?}");
            assert_eq!(&text[errors[0].at.0..errors[0].at.1], segment, "{text}");
        }
    }
}

/// A help that drops text names it, since the path without it is another route.
#[test]
fn keeps_or_names_text_next_to_placeholders() {
    for (dialect, path, help) in [
        (Dialect::Any, "/proxy/r/{id}.json", "write `/proxy/r/<id>.json`"),
        (Dialect::Any, "/custom/r/:id:archive", "write `/custom/r/<id>:archive`"),
        (Dialect::Unified, "/unified/m/r/<id>:archive", "<id>`, without `:archive`: only"),
        (Dialect::Unified, "/unified/m/r/:id.json", "<id>`, without `.json`: only"),
        (Dialect::Any, "/integrated-account/{id}.csv", "<id>`, without `.csv`: only"),
        (Dialect::Unified, "/unified/m/r.json", "/r`, without `.json`: only"),
        (Dialect::Unified, "/unified/m/r/x-{id}", "so `x-{id}` is one argument"),
        (Dialect::Any, "/proxy/r/<id>-x", "so `<id>-x` is one argument"),
        (Dialect::Any, "/custom/r(id='{id}')", "so `r(id='{id}')` is one argument"),
        (Dialect::Any, "/custom/{a},{b}", "`/custom/<a_b>`; a placeholder is a whole segment, so"),
    ] {
        let (_, errors) = read(dialect, path);
        let [error] = &*errors else { panic!("{path}: {errors:?}") };
        assert!(error.help.contains(help), "{path}: {}", error.help);
    }
}

/// All mistakes of a path are one error, since its help shows the whole repaired path.
#[test]
fn reports_all_mistakes_of_a_path_as_one_error() {
    for (dialect, path, message, help) in [
        (
            Dialect::Any,
            "/custom/{a}/{b}",
            "unsupported placeholder syntax `{a}`, `{b}`",
            "write `/custom/<a>/<b>`",
        ),
        (
            Dialect::Any,
            "/custom/{a}/<int:b>",
            "unsupported placeholder syntax `{a}`\nnote: placeholder `<int:b>` has a type",
            "write `/custom/<a>/<b>`; an argument",
        ),
        (
            Dialect::Unified,
            "unified/m/r/:id?expand=a",
            "path `unified/m/r/:id` does not begin with `/`\nnote: query `?expand=a` in the path",
            "write `/unified/m/r/<id>`; declare",
        ),
        (
            Dialect::Unified,
            "/unified/m/r/a b",
            "character ` ` in segment `a b`",
            "write `/unified/m/r/a-b`: a segment is made of",
        ),
    ] {
        let (_, errors) = read(dialect, path);
        let [error] = &*errors else { panic!("{path}: {errors:?}") };
        assert_eq!(error.message, message);
        assert!(error.help.starts_with(help), "{path}: {}", error.help);
    }
}

#[test]
fn the_help_for_a_path_names_the_missing_keys() {
    let path = "/unified/m/r/a b";
    for (has_name, has_response, keys) in [
        (false, false, Some("; add `name = \"find_user\"` and `response = T`")),
        (true, false, Some("; add `response = T`")),
        (true, true, None),
    ] {
        let read = parse(Context { has_name, has_response, ..context(Dialect::Unified) }, path);
        let help = &read.errors[0].help;
        assert_eq!(help.contains("; add "), keys.is_some(), "{help}");
        assert!(help.ends_with(keys.unwrap_or_default()), "{help}");
    }
}
