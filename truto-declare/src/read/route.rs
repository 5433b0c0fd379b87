//! Verbs and paths, as the sources write them and as a declaration has them.

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

/// The model of Truto's own routes, such as `/integrated-account`.
pub(crate) const OWN: &str = "truto";

/// Returns whether the text is usable as a segment of a declared path.
pub(crate) fn is_segment(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    !text.is_empty() && text.len() <= 128 && text.bytes().all(allowed)
}

/// A path with its placeholders as `<id>`, from `{id}`, `<id>` or `:id`; why not, if it cannot be declared.
pub(crate) fn path(written: &str) -> Result<String, String> {
    let written = written.split(['?', '#']).next().unwrap_or_default();
    let Some(rest) = written.strip_prefix('/') else {
        return Err(format!("`{written}` is no path"));
    };
    let mut path = String::new();
    let mut names: Vec<String> = Vec::new();
    // The segments up to the resource are fixed.
    let fixed = match rest.split('/').next() {
        Some("unified") => 3,
        Some("proxy" | "custom") => 2,
        _ => 1,
    };
    for (index, segment) in rest.trim_end_matches('/').split('/').enumerate() {
        path.push('/');
        let Some(placeholder) = placeholder(segment) else {
            if !is_segment(segment) {
                return Err(format!("`{segment}` cannot be a segment of a path"));
            }
            path.push_str(segment);
            continue;
        };
        if index < fixed {
            return Err(format!("`{written}` has a placeholder for its model or resource"));
        }
        let mut name = crate::words::snake(placeholder, "id");
        // Words that the language or the attribute keeps for itself.
        if name.ends_with('_') {
            name.push_str("id");
        } else if ["query", "body"].contains(&name.as_str()) {
            name.push_str("_id");
        }
        while names.contains(&name) {
            name.push_str("_2");
        }
        path.push_str(&format!("<{name}>"));
        names.push(name);
    }
    if path.split('/').count() <= fixed {
        return Err(format!("`{written}` names no resource"));
    }
    Ok(path)
}

fn placeholder(segment: &str) -> Option<&str> {
    let between = |open, close| segment.strip_prefix(open)?.strip_suffix(close);
    between('{', '}').or_else(|| between('<', '>')).or_else(|| segment.strip_prefix(':'))
}

/// The model and the resource of a declared path; `proxy`, `custom` and [`OWN`] take the place of models.
pub(crate) fn model_and_resource(path: &str) -> Option<(&str, &str)> {
    let mut segments = path.split('/').skip(1);
    match segments.next()? {
        "unified" => Some((segments.next()?, segments.next()?)),
        family @ ("proxy" | "custom") => Some((family, segments.next()?)),
        resource => Some((OWN, resource)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_in_any_form() {
        for (written, declared) in [
            ("/unified/a/b", Ok("/unified/a/b")),
            ("/unified/a/b/{id}", Ok("/unified/a/b/<id>")),
            ("/unified/a/b/:userId/c", Ok("/unified/a/b/<user_id>/c")),
            ("/unified/a/b/{query}", Ok("/unified/a/b/<query_id>")),
            ("/unified/a/b/{id}/{id}", Ok("/unified/a/b/<id>/<id_2>")),
            ("/unified/a/b/{type}", Ok("/unified/a/b/<type_id>")),
            ("/unified/a", Err(())),
            ("/unified/{a}/b", Err(())),
            ("/proxy/a", Ok("/proxy/a")),
            ("/proxy/a/{id}", Ok("/proxy/a/<id>")),
            ("/integrated-account/:id", Ok("/integrated-account/<id>")),
            ("/proxy/{a}", Err(())),
            ("unified/a/b", Err(())),
            ("/unified/a/b c", Err(())),
        ] {
            let read = path(written);
            assert_eq!(read.as_deref().map_err(|_| ()), declared, "{written}");
        }
    }
}
