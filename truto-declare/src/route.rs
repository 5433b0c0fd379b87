//! Verbs and paths, as the sources write them and as a declaration has them.

use truto_route::{Family, Route, Segment};

use crate::names::Names;

/// A method of a resource, in the order in which declarations list them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Method {
    List,
    Get,
    Create,
    Update,
    Delete,
    Custom(String),
}

impl Method {
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "list" => Self::List,
            "get" => Self::Get,
            "create" => Self::Create,
            "update" => Self::Update,
            "delete" => Self::Delete,
            other => Self::Custom(other.to_owned()),
        }
    }

    /// The verb and path of the method.
    pub(crate) fn route(&self, model: &str, resource: &str) -> (&'static str, String) {
        let base = match model {
            "proxy" | "custom" => format!("/{model}/{resource}"),
            OWN => format!("/{resource}"),
            model => format!("/unified/{model}/{resource}"),
        };
        match self {
            Self::List => ("GET", base),
            Self::Create => ("POST", base),
            Self::Get => ("GET", format!("{base}/<id>")),
            Self::Update => ("PATCH", format!("{base}/<id>")),
            Self::Delete => ("DELETE", format!("{base}/<id>")),
            Self::Custom(name) => ("POST", format!("{base}/{name}")),
        }
    }
}

/// The kind of an endpoint, by method and path shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EndpointKind {
    List,
    Get,
    Create,
    Update,
    Delete,
    Method(String),
    /// The attribute needs a name and a response.
    Other,
}

impl EndpointKind {
    pub(crate) fn of(verb: &str, path: &str) -> Self {
        let Ok(parsed) = Route::parse(path) else { return Self::Other };
        match (verb, parsed.tail()) {
            ("GET", []) => Self::List,
            ("POST", []) => Self::Create,
            ("GET", [Segment::Parameter(_)]) => Self::Get,
            ("PATCH", [Segment::Parameter(_)]) => Self::Update,
            ("DELETE", [Segment::Parameter(_)]) => Self::Delete,
            ("POST", [Segment::Literal(method)]) => Self::Method((*method).to_owned()),
            _ => Self::Other,
        }
    }

    /// The name that the attribute derives.
    pub(crate) fn function(&self, verb: &str, path: &str) -> String {
        match self {
            Self::List => "list".to_owned(),
            Self::Get => "get".to_owned(),
            Self::Create => "create".to_owned(),
            Self::Update => "update".to_owned(),
            Self::Delete => "delete".to_owned(),
            Self::Method(method) => crate::words::snake(method, "method"),
            Self::Other => {
                let mut segments = path.split('/');
                let last = segments.rfind(|segment| !segment.starts_with('<'));
                // With the verb, since several endpoints may have this path.
                crate::words::snake(&format!("{verb}_{}", last.unwrap_or_default()), "call")
            }
        }
    }

    /// The sort key of the endpoint, and the name of its method in the config.
    pub(crate) fn method(&self, function: &str) -> (u8, String) {
        match self {
            Self::List => (0, "list".to_owned()),
            Self::Get => (1, "get".to_owned()),
            Self::Create => (2, "create".to_owned()),
            Self::Update => (3, "update".to_owned()),
            Self::Delete => (4, "delete".to_owned()),
            Self::Method(method) => (5, method.clone()),
            Self::Other => (6, function.to_owned()),
        }
    }
}

/// The part of a wire path that names an endpoint: `list` of `GET /unified/crm/users`.
pub(crate) fn endpoint(verb: &str, path: &str) -> String {
    // Sources may write the verb in lower case.
    let verb = verb.to_ascii_uppercase();
    let kind = EndpointKind::of(&verb, path);
    let function = kind.function(&verb, path);
    kind.method(&function).1
}

/// The model of Truto's own routes, such as `/integrated-account`.
pub(crate) const OWN: &str = "truto";

/// Returns whether the text is usable as a segment of a declared path.
pub(crate) fn is_segment(text: &str) -> bool {
    text.len() <= 128 && matches!(Segment::parse(text, Family::Unified), Ok(Segment::Literal(_)))
}

/// A path with its placeholders as `<id>`, from `{id}`, `<id>` or `:id`. The error is the reason why the
/// path cannot be declared.
pub(crate) fn path(written: &str) -> Result<String, String> {
    let written = written.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let Some(rest) = written.strip_prefix('/') else {
        return Err(format!("`{written}` is not a path"));
    };
    let (mut path, mut names) = (String::new(), Names::default());
    for segment in rest.split('/') {
        path.push('/');
        match placeholder(segment) {
            Some((name, suffix)) => {
                let name = parameter(name, &mut names);
                path.push_str(&format!("<{name}>{suffix}"));
            }
            None => path.push_str(segment),
        }
    }
    let route = Route::parse(&path).map_err(|error| error.to_string())?;
    if !route.has_resource() {
        return Err(format!("`{written}` names no resource"));
    }
    // The segments up to the resource are fixed.
    let fixed = &route.segments()[..route.family().resource_segments()];
    if fixed.iter().any(|segment| segment.name().is_some()) {
        return Err(format!("`{written}` has a placeholder for its model or resource"));
    }
    Ok(path)
}

/// The name of an argument for a placeholder; the language and the attribute reserve some words.
fn parameter(placeholder: &str, taken: &mut Names) -> String {
    let mut name = crate::words::snake(placeholder, "id");
    if name.ends_with('_') {
        name.push_str("id");
    } else if ["query", "body"].contains(&name.as_str()) {
        name.push_str("_id");
    }
    if taken.take(&name) { name } else { taken.take_numbered(&name) }
}

/// The name of a placeholder and the text after it.
fn placeholder(segment: &str) -> Option<(&str, &str)> {
    let between = |open, close| segment.strip_prefix(open)?.split_once(close);
    between('{', '}')
        .or_else(|| between('<', '>'))
        .or_else(|| segment.strip_prefix(':').map(|name| (name, "")))
}

/// The model and the resource of a declared path; `proxy`, `custom` and [`OWN`] count as models.
pub(crate) fn model_and_resource(path: &str) -> Option<(&str, &str)> {
    let route = Route::parse(path).ok()?;
    let model = match route.family() {
        Family::Unified => route.model()?,
        family => family.segment().unwrap_or(OWN),
    };
    Some((model, route.resource()?))
}

/// Returns whether a declared path is one of the resource.
pub(crate) fn is_of(path: &str, model: &str, segment: &str) -> bool {
    model_and_resource(path) == Some((model, segment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_have_the_name_of_their_method_in_wire_paths() {
        for (verb, path, name) in [
            ("GET", "/unified/crm/users", "list"),
            ("get", "/unified/crm/users/<id>", "get"),
            ("POST", "/proxy/users", "create"),
            ("PATCH", "/unified/crm/users/<id>", "update"),
            ("POST", "/unified/crm/users/merge-all", "merge-all"),
            ("GET", "/unified/crm/users/<id>/photo", "get_photo"),
        ] {
            assert_eq!(endpoint(verb, path), name, "{verb} {path}");
        }
    }

    #[test]
    fn models_and_resources_of_each_family() {
        for (path, expected) in [
            ("/unified/crm/users/<id>", Some(("crm", "users"))),
            ("/unified/crm", None),
            ("/proxy/users", Some(("proxy", "users"))),
            ("/custom/users/<id>", Some(("custom", "users"))),
            ("/integrated-account/<id>", Some((OWN, "integrated-account"))),
            ("unified/crm/users", None),
        ] {
            assert_eq!(model_and_resource(path), expected, "{path}");
        }
    }

    /// Comparing each name with all earlier ones would take cubic time.
    #[test]
    fn many_equal_placeholders_are_numbered_in_linear_time() {
        let read = path(&format!("/unified/a/b{}", "/{id}".repeat(20_000))).expect("a path");
        assert!(read.ends_with("/<id_19999>/<id_20000>"), "{}", &read[read.len() - 80..]);
    }

    #[test]
    fn reads_placeholders_in_any_form() {
        for (written, declared) in [
            ("/unified/a/b", Ok("/unified/a/b")),
            ("/unified/a/b/{id}", Ok("/unified/a/b/<id>")),
            ("/unified/a/b/:userId/c", Ok("/unified/a/b/<user_id>/c")),
            ("/unified/a/b/{query}", Ok("/unified/a/b/<query_id>")),
            ("/unified/a/b/{id}/{id}", Ok("/unified/a/b/<id>/<id_2>")),
            ("/unified/a/b/{id}/{id}/{id_2}/{id}", Ok("/unified/a/b/<id>/<id_2>/<id_2_2>/<id_3>")),
            ("/unified/a/b/{type}", Ok("/unified/a/b/<type_id>")),
            ("/unified/a", Err(())),
            ("/unified/{a}/b", Err(())),
            ("/proxy/a", Ok("/proxy/a")),
            ("/proxy/a/{id}", Ok("/proxy/a/<id>")),
            ("/integrated-account/:id", Ok("/integrated-account/<id>")),
            ("/proxy/{a}", Err(())),
            ("/proxy/v1.0/me/messages:send", Ok("/proxy/v1.0/me/messages:send")),
            ("/proxy/users/{id}.json", Ok("/proxy/users/<id>.json")),
            ("/proxy/tickets/{ticketId}:close", Ok("/proxy/tickets/<ticket_id>:close")),
            ("/unified/a/b.json", Err(())),
            ("/unified/a/b/{id}.json", Err(())),
            ("/unified//b", Err(())),
            ("/unified/a/../c", Err(())),
            ("/unified/a/b/", Ok("/unified/a/b")),
            ("/custom/{a}", Err(())),
            ("/custom/v2/x/{user-name}", Ok("/custom/v2/x/<user_name>")),
            ("unified/a/b", Err(())),
            ("/unified/a/b c", Err(())),
        ] {
            let read = path(written);
            assert_eq!(read.as_deref().map_err(|_| ()), declared, "{written}");
        }
    }
}
