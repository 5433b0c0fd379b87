//! The grammar of paths: text to segments, without tokens.

mod family;
mod segment;

pub(crate) use self::family::Family;
use self::family::check_family;
use self::segment::{Meant, SegmentRead};
use crate::dialect::Dialect;

/// A segment of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// Sent as written.
    Literal(String),
    /// `<name>`, an argument of the function.
    Parameter(String),
}

/// What is wrong with a path, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathError {
    pub(crate) message: String,
    pub(crate) help: String,
    /// The part of the text that is wrong, in bytes.
    pub(crate) at: (usize, usize),
}

/// A path as far as it could be read: with errors the segments are what was meant.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) segments: Option<Vec<Segment>>,
    pub(crate) errors: Vec<PathError>,
}

/// Reads a path; all its errors are returned, with the segments that were meant where that is clear.
pub(crate) fn parse(dialect: Dialect, text: &str) -> Parsed {
    let (relative, mut errors) = relative(dialect, text);
    let Some(relative) = relative else {
        return Parsed { segments: None, errors };
    };
    let offset = relative.as_ptr() as usize - text.as_ptr() as usize;
    let mut segments = Some(Vec::new());
    let mut as_written = Vec::new();
    let mut start = offset;
    let count = relative.split('/').count();
    for (index, segment) in relative.split('/').enumerate() {
        let at = (start, start + segment.len());
        start = at.1 + 1;
        let read = match segment.is_empty() && index + 1 == count && count > 1 {
            true => SegmentRead::nothing(
                "the path ends with `/`",
                format!("write `{}`", text.trim_end_matches('/')),
            ),
            false => segment::parse(segment),
        };
        match read.meant {
            Meant::Segment(mut meant) => {
                let taken = segments.as_ref().is_some_and(|all| all.contains(&meant));
                if let (Segment::Parameter(name), Some(_), true) = (&mut meant, &read.wrong, taken)
                {
                    // A name that we made up repeats none.
                    *name = format!("{name}_{index}");
                }
                if let Some(all) = &mut segments {
                    all.push(meant);
                    as_written.push(read.wrong.is_none());
                }
            }
            Meant::Nothing => {}
            Meant::Unclear => segments = None,
        }
        let at = if segment.is_empty() { (at.0.saturating_sub(1), at.0) } else { at };
        errors.extend(read.wrong.map(|(message, help)| PathError { message, help, at }));
    }
    if let Some(segments) = &mut segments {
        // Of a path that is wrong as a whole nothing more is told.
        let is_whole = errors.iter().any(|error| error.at == (0, text.len()));
        if !is_whole {
            errors.extend(check_family(dialect, text, segments, &as_written, !errors.is_empty()));
        }
    }
    // Without a resource there is no shape.
    let named = |segments: &Vec<Segment>| segments.len() >= Family::of(segments).head();
    Parsed { segments: segments.filter(named), errors }
}

/// The path behind its first `/`, or what was meant as such, and what is wrong with it.
fn relative(dialect: Dialect, text: &str) -> (Option<&str>, Vec<PathError>) {
    let whole =
        |message: String, help: String| vec![PathError { message, help, at: (0, text.len()) }];
    if text.is_empty() {
        let help = format!("write the path of the endpoint, for example `{}`", dialect.record());
        return (None, whole("empty path".into(), help));
    }
    let scheme = text.split_once("://").filter(|(scheme, _)| !scheme.contains(['/', '?']));
    if let Some((_, rest)) = scheme {
        let path = rest.find('/').map_or("", |at| &rest[at..]);
        let path = path.split(['?', '#']).next().unwrap_or(path);
        let shown = match path.len() {
            0 | 1 => dialect.record(),
            _ => path,
        };
        let help =
            format!("write the path alone, for example `{shown}`; the client knows the host");
        let meant = path.strip_prefix('/').filter(|path| !path.is_empty());
        return (meant, whole("the path is a full URL".into(), help));
    }
    if let Some(at) = text.find('?').filter(|&at| !text[..at].contains('#')) {
        let error = PathError {
            message: format!("query `{}` in the path", &text[at..]),
            help: "declare the endpoint's parameters with `query = T`, or add them to a call with `Request::query`".into(),
            at: (at, text.len()),
        };
        return (text[..at].strip_prefix('/'), vec![error]);
    }
    if let Some(at) = text.find('#') {
        let error = PathError {
            message: format!("fragment `{}` in the path", &text[at..]),
            help: format!("fragments are not sent: write `{}`", &text[..at]),
            at: (at, text.len()),
        };
        return (text[..at].strip_prefix('/'), vec![error]);
    }
    if let Some(relative) = text.strip_prefix('/') {
        return (Some(relative), Vec::new());
    }
    let message = format!("path `{text}` does not begin with `/`");
    match text.find("unified/") {
        Some(at) => {
            let help = format!("write `/{}`", &text[at..]);
            (Some(&text[at..]), whole(message, help))
        }
        None => {
            let help =
                format!("write the path of the endpoint, for example `{}`", dialect.record());
            (None, whole(message, help))
        }
    }
}

/// The name in snake case, as arguments and functions are named.
pub(crate) fn snake_case(text: &str) -> String {
    let mut out = String::new();
    let mut before = '_';
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let word_ends = characters.peek().is_some_and(char::is_ascii_lowercase);
        let starts_word = c.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || (before.is_ascii_uppercase() && word_ends));
        if (starts_word || c == '-' || c == '_') && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        if c != '-' && c != '_' {
            out.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    out.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepted() {
        for (text, parameters) in [
            ("/unified/e-signature/users", vec![]),
            ("/unified/e-signature/users/<id>", vec!["id"]),
            ("/unified/file-storage/drive-items/<type>", vec!["type"]),
            ("/unified/ats/applications/move-stage", vec![]),
            ("/unified/M/R/<a>/x/<b>", vec!["a", "b"]),
            ("/unified/a_1/B2/<userId>", vec!["userId"]),
        ] {
            let parsed = parse(Dialect::Unified, text);
            assert!(parsed.errors.is_empty(), "{text}: {parsed:?}");
            let segments = parsed.segments.expect(text);
            let found: Vec<_> = segments
                .iter()
                .filter_map(|segment| match segment {
                    Segment::Parameter(name) => Some(name.as_str()),
                    Segment::Literal(_) => None,
                })
                .collect();
            assert_eq!(found, parameters, "{text}");
        }
    }

    #[test]
    fn refused_with_the_part_that_is_wrong() {
        for (text, message) in [
            ("", "empty path"),
            ("unified/m/r", "does not begin with `/`"),
            ("/unified/m/r/", "ends with `/`"),
            ("/unified//r", "empty segment"),
            ("https://api.truto.one/unified/m/r", "full URL"),
            ("/proxy/m/r", "not under `/unified/`"),
            ("/Unified/m/r", "not under `/unified/`"),
            ("/unified/m", "no resource"),
            ("/", "empty segment"),
            ("/unified/m/r/{id}", "unsupported placeholder syntax `{id}`"),
            ("/unified/m/r/:id", "unsupported placeholder syntax `:id`"),
            ("/unified/m/r/<id", "unclosed"),
            ("/unified/m/r/id>", "unopened"),
            ("/unified/m/r/<>", "no name"),
            ("/unified/m/r/<1d>", "not an identifier"),
            ("/unified/m/r/<a b>", "not an identifier"),
            ("/unified/m/r/<self>", "cannot name an argument"),
            ("/unified/m/r/<id..>", "several segments"),
            ("/unified/m/r/<id: String>", "has a type"),
            ("/unified/m/r/user-<id>", "only a part"),
            ("/unified/m/r/<id>.json", "only a part"),
            ("/unified/m/r/<id>/<id>", "appears twice"),
            ("/unified/m/r?x=1", "query `?x=1`"),
            ("/unified/m/r#x", "fragment `#x`"),
            ("/unified/m/r%20", "percent escape"),
            ("/unified/m/a b", "character ` `"),
            ("/unified/m/é", "character `\\u{e9}`"),
            ("/unified/m/..", "another route"),
            ("/unified/m/./r", "another route"),
            ("/unified/<m>/r", "stands for the model"),
        ] {
            let errors = parse(Dialect::Unified, text).errors;
            assert!(!errors.is_empty(), "{text}");
            assert!(errors[0].message.contains(message), "{text}: {errors:?}");
        }
        let both = parse(Dialect::Unified, "/unified/m/r/{id}/<").errors;
        assert_eq!(both.len(), 2);
        let three = parse(Dialect::Unified, "/unified/<model>/<resource>/{id}").errors;
        assert_eq!(three.len(), 3, "{three:?}");
    }

    #[test]
    fn what_was_meant_is_recovered() {
        for (text, meant) in [
            ("/unified/m/r/{id}", Some("m/r/<id>")),
            ("/unified/m/r/:id", Some("m/r/<id>")),
            ("/unified/m/r/<id", Some("m/r/<id>")),
            ("/unified/m/r/{id", Some("m/r/<id>")),
            ("/unified/m/r/<self>", Some("m/r/<id>")),
            ("/unified/m/r/<a b>/", Some("m/r/<a_b>")),
            ("/unified//m/r", Some("m/r")),
            ("/unified/m/r?x=1", Some("m/r")),
            ("/unified/m/é", Some("m/é")),
            ("https://api.truto.one/unified/m/r", Some("m/r")),
            ("unified/m/r", Some("m/r")),
            ("/unified/m/r/<id>/<id>", Some("m/r/<id>/<id_4>")),
            ("/unified/m/../r", None),
            ("/unified/m", None),
            ("", None),
        ] {
            let parsed = parse(Dialect::Unified, text);
            assert!(!parsed.errors.is_empty(), "{text}");
            let shown = parsed.segments.map(|segments| {
                let shown = segments[1..].iter().map(|segment| match segment {
                    Segment::Literal(text) => text.clone(),
                    Segment::Parameter(name) => format!("<{name}>"),
                });
                shown.collect::<Vec<_>>().join("/")
            });
            assert_eq!(shown.as_deref(), meant, "{text}");
        }
    }

    #[test]
    fn each_attribute_names_the_other() {
        for (dialect, text, other) in [
            (Dialect::Unified, "/proxy/Contact", "#[endpoint(...)]"),
            (Dialect::Unified, "/custom/x", "#[endpoint(...)]"),
            (Dialect::Unified, "/link-token", "#[endpoint(...)]"),
            (Dialect::Any, "/unified/m/r", "#[unified_endpoint(...)]"),
        ] {
            let errors = parse(dialect, text).errors;
            assert!(errors[0].help.contains(other), "{text}: {errors:?}");
        }
        for text in ["/proxy/Contact/<id>", "/custom/a/<b>/c", "/integrated-account"] {
            assert!(parse(Dialect::Any, text).errors.is_empty(), "{text}");
        }
    }

    #[test]
    fn names() {
        assert_eq!(snake_case("move-stage"), "move_stage");
        assert_eq!(snake_case("userId"), "user_id");
        assert_eq!(snake_case("getURLForID"), "get_url_for_id");
        assert_eq!(snake_case("a--b-"), "a_b");
        assert_eq!(snake_case("a__b"), "a_b");
        assert_eq!(snake_case("get_embed_url"), "get_embed_url");
        assert_eq!(segment::suggestion("a b"), "a_b");
        assert_eq!(segment::suggestion("1d"), "id");
    }
}
