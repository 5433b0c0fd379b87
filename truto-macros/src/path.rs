//! The grammar of paths: text to segments, without tokens.

/// A segment of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// Sent as written.
    Literal(String),
    /// `<name>`, an argument of the function.
    Parameter(String),
}

/// Which attribute a path is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `#[unified_endpoint]`
    Unified,
    /// `#[endpoint]`
    Any,
}

/// What a route belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Unified,
    Proxy,
    Custom,
    Admin,
}

impl Family {
    pub(crate) fn of(segments: &[Segment]) -> Self {
        match segments.first() {
            Some(Segment::Literal(first)) => match first.as_str() {
                "unified" => Self::Unified,
                "proxy" => Self::Proxy,
                "custom" => Self::Custom,
                _ => Self::Admin,
            },
            _ => Self::Admin,
        }
    }

    /// How many segments name the resource.
    fn head(self) -> usize {
        match self {
            Self::Unified => 3,
            Self::Proxy | Self::Custom => 2,
            Self::Admin => 1,
        }
    }

    /// What follows the resource; only these two have derived shapes.
    pub(crate) fn tail(self, segments: &[Segment]) -> Option<&[Segment]> {
        match self {
            Self::Unified | Self::Proxy => segments.get(self.head()..),
            Self::Custom | Self::Admin => None,
        }
    }
}

/// What is wrong with a path, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathError {
    pub(crate) message: String,
    pub(crate) help: String,
    /// The part of the text that is wrong, in bytes.
    pub(crate) at: (usize, usize),
}

const SHAPE: &str = "write it as `/unified/<model>/<resource>`, for example `/unified/e-signature/users/<id>`, \
                     with the model's own name instead of `<model>`";

/// Reads a path; all its errors are returned.
pub(crate) fn parse(dialect: Dialect, text: &str) -> Result<Vec<Segment>, Vec<PathError>> {
    let relative = relative(text)?;
    let mut segments = Vec::new();
    let mut errors = Vec::new();
    let mut start = 1;
    let count = relative.split('/').count();
    for (index, segment) in relative.split('/').enumerate() {
        let at = (start, start + segment.len());
        start = at.1 + 1;
        match parse_segment(segment) {
            Ok(segment) => segments.push(segment),
            Err(_) if segment.is_empty() && index + 1 == count && count > 1 => {
                errors.push(PathError {
                    message: "the path ends with `/`".into(),
                    help: format!("write `{}`", text.trim_end_matches('/')),
                    at: (text.len() - 1, text.len()),
                });
            }
            Err((message, help)) => errors.push(PathError { message, help, at }),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    check_family(dialect, text, &segments)?;
    Ok(segments)
}

/// The path behind its first `/`, if it is a path at all.
fn relative(text: &str) -> Result<&str, Vec<PathError>> {
    let whole = |message: String, help: String| {
        Err(vec![PathError {
            message,
            help,
            at: (0, text.len()),
        }])
    };
    if text.is_empty() {
        return whole(
            "empty path".into(),
            "write the path of the endpoint, for example `/unified/e-signature/users/<id>`".into(),
        );
    }
    let scheme = text
        .split_once("://")
        .filter(|(scheme, _)| !scheme.contains(['/', '?']));
    if let Some((_, rest)) = scheme {
        let path = rest.find('/').map_or("", |at| &rest[at..]);
        let path = path.split(['?', '#']).next().unwrap_or(path);
        let path = match path.len() {
            0 | 1 => "/unified/e-signature/users/<id>",
            _ => path,
        };
        return whole(
            "the path is a full URL".into(),
            format!("write the path alone, for example `{path}`; the client knows the host"),
        );
    }
    if let Some(at) = text.find('?').filter(|&at| !text[..at].contains('#')) {
        return Err(vec![PathError {
            message: format!("query `{}` in the path", &text[at..]),
            help: "declare the endpoint's parameters with `query = T`, or add them to a call with `Request::query`".into(),
            at: (at, text.len()),
        }]);
    }
    if let Some(at) = text.find('#') {
        return Err(vec![PathError {
            message: format!("fragment `{}` in the path", &text[at..]),
            help: format!("fragments are not sent: write `{}`", &text[..at]),
            at: (at, text.len()),
        }]);
    }
    text.strip_prefix('/').map_or_else(
        || {
            whole(
            format!("path `{text}` does not begin with `/`"),
            match text.find("unified/") {
                Some(at) => format!("write `/{}`", &text[at..]),
                None => {
                    "write the path of the endpoint, for example `/unified/e-signature/users/<id>`"
                        .into()
                }
            },
        )
        },
        Ok,
    )
}

/// Whether the path belongs to the attribute, names its resource, and repeats no placeholder.
fn check_family(dialect: Dialect, text: &str, segments: &[Segment]) -> Result<(), Vec<PathError>> {
    let whole = |message: String, help: String| {
        Err(vec![PathError {
            message,
            help,
            at: (0, text.len()),
        }])
    };
    let family = Family::of(segments);
    match (dialect, family) {
        (Dialect::Unified, Family::Proxy | Family::Custom) => {
            return whole(
                format!("path `{text}` is not under `/unified/`"),
                "write `#[endpoint(...)]`, the attribute for all other routes".into(),
            );
        }
        (Dialect::Unified, Family::Admin) => {
            return whole(
                format!("path `{text}` is not under `/unified/`"),
                "unified endpoints begin with `/unified/`, in lower case, then the model and the resource; write `#[endpoint(...)]` for all other routes".into(),
            );
        }
        (Dialect::Any, Family::Unified) => {
            return whole(
                format!("path `{text}` is under `/unified/`"),
                "write `#[unified_endpoint(...)]`, the attribute for unified routes".into(),
            );
        }
        (Dialect::Unified, Family::Unified) | (Dialect::Any, _) => {}
    }
    if segments.len() < family.head() {
        let help = match family {
            Family::Unified => SHAPE,
            _ => "write the resource behind it, for example `/proxy/tickets/<id>`",
        };
        return whole(format!("path `{text}` has no resource"), help.into());
    }
    let names: &[&str] = match family {
        Family::Unified => &["model", "resource"],
        Family::Proxy => &["resource"],
        Family::Custom | Family::Admin => &[],
    };
    let mut errors = Vec::new();
    for (segment, what) in segments[1..].iter().zip(names) {
        if let Segment::Parameter(name) = segment {
            errors.push(PathError {
                message: format!("placeholder `<{name}>` stands for the {what}"),
                help: format!(
                    "write the {what}'s own name, for example `/unified/e-signature/users`"
                ),
                at: (0, text.len()),
            });
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    for (index, segment) in segments.iter().enumerate() {
        let Segment::Parameter(name) = segment else {
            continue;
        };
        if segments[..index].contains(segment) {
            return whole(
                format!("placeholder `<{name}>` appears twice"),
                "give each placeholder a name of its own".into(),
            );
        }
    }
    Ok(())
}

fn parse_segment(segment: &str) -> Result<Segment, (String, String)> {
    if segment.is_empty() {
        return Err((
            "empty segment `//` in the path".into(),
            "remove one `/`".into(),
        ));
    }
    if segment == "." || segment == ".." {
        return Err((
            format!("segment `{segment}` would address another route"),
            "write the route out".into(),
        ));
    }
    if let Some(inner) = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}')) {
        return Err((
            format!("unsupported placeholder syntax `{segment}`"),
            format!("write it as `<{}>`", suggestion(inner)),
        ));
    }
    if let Some(inner) = segment.strip_prefix(':') {
        return Err((
            format!("unsupported placeholder syntax `{segment}`"),
            format!("write it as `<{}>`", suggestion(inner)),
        ));
    }
    match (segment.find('<'), segment.find('>')) {
        (None, None) => parse_literal(segment),
        (Some(open), Some(close)) if open < close => {
            let name = &segment[open + 1..close];
            if open > 0 || close + 1 < segment.len() {
                return Err((
                    format!("placeholder `<{name}>` is only a part of segment `{segment}`"),
                    format!(
                        "a placeholder is a whole segment: write `<{}>`",
                        suggestion(name)
                    ),
                ));
            }
            parse_parameter(name)
        }
        (Some(_), _) => Err((
            format!("unclosed placeholder in segment `{segment}`"),
            format!("write it as `<{}>`", suggestion(segment)),
        )),
        (None, Some(_)) => Err((
            format!("unopened placeholder in segment `{segment}`"),
            format!("write it as `<{}>`", suggestion(segment)),
        )),
    }
}

fn parse_literal(segment: &str) -> Result<Segment, (String, String)> {
    match segment
        .chars()
        .find(|&c| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
    {
        None => Ok(Segment::Literal(segment.to_owned())),
        Some('%') => Err((
            format!("percent escape in segment `{segment}`"),
            "write plain letters, digits, `-` and `_`; values of placeholders are encoded for you".into(),
        )),
        Some(other) => Err((
            format!("character `{}` in segment `{segment}`", other.escape_default()),
            "a segment is made of ASCII letters, digits, `-` and `_`, or is a placeholder such as `<id>`".into(),
        )),
    }
}

fn parse_parameter(name: &str) -> Result<Segment, (String, String)> {
    if name.is_empty() {
        return Err((
            "placeholder `<>` has no name".into(),
            "write it as `<id>`".into(),
        ));
    }
    if let Some(word) = name.strip_suffix("..") {
        return Err((
            format!("placeholder `<{name}>` stands for several segments"),
            format!(
                "write `<{}>`, one placeholder for each segment",
                suggestion(word)
            ),
        ));
    }
    if let Some((word, _)) = name.split_once(':') {
        return Err((
            format!("placeholder `<{name}>` has a type"),
            format!(
                "write `<{}>`; every argument takes `impl Display`",
                suggestion(word.trim())
            ),
        ));
    }
    if UNUSABLE.contains(&name) {
        return Err((
            format!("placeholder `<{name}>` cannot name an argument"),
            "write another name, for example `<id>`".into(),
        ));
    }
    if !is_name(name) {
        return Err((
            format!("placeholder `<{name}>` is not an identifier"),
            format!("write it as `<{}>`", suggestion(name)),
        ));
    }
    Ok(Segment::Parameter(name.to_owned()))
}

/// Words that cannot be identifiers, not even raw ones.
const UNUSABLE: [&str; 5] = ["self", "Self", "super", "crate", "_"];

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !UNUSABLE.contains(&text)
}

/// A valid placeholder name that is near to what was written.
fn suggestion(text: &str) -> String {
    let mut name = String::new();
    for c in text.trim_matches(['<', '>', '{', '}', ':', '.']).chars() {
        let c = if c.is_ascii_alphanumeric() { c } else { '_' };
        if !(c == '_' && name.ends_with('_')) {
            name.push(c);
        }
    }
    let name = name.trim_matches('_');
    if is_name(name) {
        name.to_owned()
    } else {
        "id".to_owned()
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
            let segments = parse(Dialect::Unified, text).expect(text);
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
            let errors = parse(Dialect::Unified, text).expect_err(text);
            assert!(errors[0].message.contains(message), "{text}: {errors:?}");
        }
        let both = parse(Dialect::Unified, "/unified/m/{id}/<").expect_err("two mistakes");
        assert_eq!(both.len(), 2);
    }

    #[test]
    fn each_attribute_names_the_other() {
        for (dialect, text, other) in [
            (Dialect::Unified, "/proxy/Contact", "#[endpoint(...)]"),
            (Dialect::Unified, "/custom/x", "#[endpoint(...)]"),
            (Dialect::Unified, "/link-token", "#[endpoint(...)]"),
            (Dialect::Any, "/unified/m/r", "#[unified_endpoint(...)]"),
        ] {
            let errors = parse(dialect, text).expect_err(text);
            assert!(errors[0].help.contains(other), "{text}: {errors:?}");
        }
        for text in [
            "/proxy/Contact/<id>",
            "/custom/a/<b>/c",
            "/integrated-account",
        ] {
            assert!(parse(Dialect::Any, text).is_ok(), "{text}");
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
        assert_eq!(suggestion("a b"), "a_b");
        assert_eq!(suggestion("1d"), "id");
    }
}
