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
