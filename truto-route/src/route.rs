//! A whole path.

use std::fmt;

use crate::{Derived, Family, Method, Role, Segment, SegmentError, snake_case};

/// A parsed path: its family and its segments.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Route<'a> {
    family: Family,
    segments: Vec<Segment<'a>>,
}

/// The reason why a text is not the path of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RouteError<'a> {
    /// The path does not begin with `/`.
    NoSlash,
    /// An invalid segment, and the reason.
    Segment(&'a str, SegmentError),
    /// `<name..>` with segments after it.
    RestNotLast(&'a str),
}

impl<'a> Route<'a> {
    /// Reads a path such as `/unified/crm/contacts/<id>`.
    ///
    /// # Errors
    ///
    /// The first mistake in the path.
    ///
    /// ```
    /// use truto_route::{Route, RouteError, SegmentError};
    ///
    /// assert!(Route::parse("/custom/v1.0/me/<path..>").is_ok());
    /// let error = Route::parse("/unified//contacts").unwrap_err();
    /// assert_eq!(error, RouteError::Segment("", SegmentError::Empty));
    /// ```
    pub fn parse(path: &'a str) -> Result<Self, RouteError<'a>> {
        let relative = path.strip_prefix('/').ok_or(RouteError::NoSlash)?;
        let first = relative.split('/').next().unwrap_or_default();
        let family = Family::from_segment(first);
        let mut segments: Vec<Segment<'a>> = Vec::new();
        for text in relative.split('/') {
            if let Some(Segment::Rest(name)) = segments.last() {
                return Err(RouteError::RestNotLast(name));
            }
            let segment = Segment::parse(text, family);
            segments.push(segment.map_err(|error| RouteError::Segment(text, error))?);
        }
        Ok(Self { family, segments })
    }

    /// The family that its first segment selects.
    #[must_use]
    pub const fn family(&self) -> Family {
        self.family
    }

    /// All segments, the first one included.
    #[must_use]
    pub fn segments(&self) -> &[Segment<'a>] {
        &self.segments
    }

    /// The names of the placeholders, in path order.
    pub fn parameters(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.segments.iter().filter_map(|segment| segment.name())
    }

    /// True if the path is long enough to name its resource.
    #[must_use]
    pub fn has_resource(&self) -> bool {
        self.segments.len() >= self.family.resource_segments()
    }

    /// The model of a unified route, unless it is a placeholder.
    #[must_use]
    pub fn model(&self) -> Option<&'a str> {
        match (self.family, self.segments.get(1)) {
            (Family::Unified, Some(Segment::Literal(model))) => Some(model),
            _ => None,
        }
    }

    /// The resource, unless it is a placeholder.
    #[must_use]
    pub fn resource(&self) -> Option<&'a str> {
        match self.segments.get(self.family.resource_segments() - 1) {
            Some(Segment::Literal(resource)) => Some(resource),
            _ => None,
        }
    }

    /// The segments after the resource.
    #[must_use]
    pub fn tail(&self) -> &[Segment<'a>] {
        self.segments.get(self.family.resource_segments()..).unwrap_or_default()
    }

    /// The endpoint of the route with a method: its role and, if they can be derived, its function name
    /// and output.
    #[must_use]
    pub fn derive(&self, method: Method) -> Derived {
        let role = match self.family {
            Family::Custom => Role::Custom,
            Family::Admin => Role::Admin,
            Family::Unified | Family::Proxy if self.has_resource() => {
                Role::of_tail(method, self.tail())
            }
            Family::Unified | Family::Proxy => Role::Other,
        };
        let name = match (role, self.tail()) {
            // Only directly below the resource: two methods deeper down may have the same last segment.
            (Role::Method, [Segment::Literal(name)]) => Some(snake_case(name)),
            _ => role.name().map(str::to_owned),
        };
        // A shape without a name has no output either: a declaration states both.
        let output = name.as_ref().and_then(|_| role.output());
        Derived { role, name, output }
    }
}

impl fmt::Display for Route<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.segments.iter().try_for_each(|segment| write!(f, "/{segment}"))
    }
}

impl fmt::Display for RouteError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSlash => f.write_str("the path does not begin with `/`"),
            Self::Segment(text, error) => write!(f, "the path segment `{text}` {error}"),
            Self::RestNotLast(name) => {
                write!(f, "the placeholder `<{name}..>` is not the last segment")
            }
        }
    }
}

impl std::error::Error for RouteError<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Output;

    #[test]
    fn routes_round_trip_through_text() {
        for path in [
            "/unified/e-signature/users",
            "/unified/crm/contacts/<id>",
            "/unified/<model>/<resource>/<id>",
            "/proxy/Contact/<id>",
            "/proxy/users/<id>/search.json",
            "/custom/v1.0/me/messages",
            "/custom/spreadsheets:batchUpdate",
            "/custom/v4/spreadsheets/<id>:batchUpdate",
            "/proxy/tickets/<id>.json",
            "/custom/<path..>",
            "/integrated-account/<id>/capabilities",
        ] {
            assert_eq!(Route::parse(path).expect(path).to_string(), path);
        }
    }

    #[test]
    fn refuses_the_first_wrong_segment() {
        use SegmentError::{Character, Dots, Empty, Name, Part, Rest};
        for (path, segment, error) in [
            ("/", "", Empty),
            ("/unified/m/r/", "", Empty),
            ("/unified/m/..", "..", Dots),
            ("/custom/a/./b", ".", Dots),
            ("/custom/../unified", "..", Dots),
            ("/unified/m/r.json", "r.json", Character('.')),
            ("/link.token", "link.token", Character('.')),
            ("/unified/m/r?x=1", "r?x=1", Character('?')),
            ("/custom/a%2Fb", "a%2Fb", Character('%')),
            ("/unified/m/{id}", "{id}", Character('{')),
            ("/unified/m/é", "é", Character('é')),
            ("/unified/m/r/<>", "<>", Name),
            ("/unified/m/r/<a-b>", "<a-b>", Name),
            ("/custom/<..>", "<..>", Name),
            ("/unified/m/r/<id", "<id", Character('<')),
            ("/unified/m/r/<path..>", "<path..>", Rest),
            ("/custom/:id", ":id", Character(':')),
            ("/custom/user-<id>", "user-<id>", Character('<')),
            ("/custom/<id>x", "<id>x", Part),
            ("/custom/<a>.<b>", "<a>.<b>", Character('<')),
            ("/custom/<path..>.json", "<path..>.json", Part),
            ("/unified/m/r/<id>.json", "<id>.json", Part),
            ("/link-token/<path..>", "<path..>", Rest),
        ] {
            let refused = Route::parse(path).expect_err(path);
            assert_eq!(refused, RouteError::Segment(segment, error), "{path}");
        }
        assert_eq!(Route::parse(""), Err(RouteError::NoSlash));
        assert_eq!(Route::parse("unified/m/r"), Err(RouteError::NoSlash));
        let rest = Route::parse("/custom/<path..>/x");
        assert_eq!(rest, Err(RouteError::RestNotLast("path")));
    }

    #[test]
    fn derives_role_and_function_from_method_and_shape() {
        use Method::{Delete, Get, Patch, Post, Put};
        let page = Some(("list", Output::Page));
        for (method, path, role, derived) in [
            (Get, "/unified/m/r", Role::List, page),
            (Get, "/unified/m/r/<id>", Role::Get, Some(("get", Output::Record))),
            (Post, "/unified/m/r", Role::Create, Some(("create", Output::Record))),
            (Post, "/unified/m/r/move-stage", Role::Method, Some(("move_stage", Output::Record))),
            (Post, "/unified/m/r/<id>/merge", Role::Method, None),
            (Patch, "/unified/m/r/<id>", Role::Update, Some(("update", Output::Record))),
            (Delete, "/unified/m/r/<id>", Role::Delete, Some(("delete", Output::Deleted))),
            (Get, "/unified/m/r/<id>/parts", Role::Other, None),
            (Post, "/unified/m/r/<id>", Role::Other, None),
            (Patch, "/unified/m/r", Role::Other, None),
            (Delete, "/unified/m/r", Role::Other, None),
            (Put, "/unified/m/r/<id>", Role::Other, None),
            (Get, "/unified/m", Role::Other, None),
            (Get, "/proxy/Contact", Role::List, page),
            (Get, "/proxy/Contact/<path..>", Role::Other, None),
            (Get, "/proxy/Contact/<id>.json", Role::Other, None),
            (Post, "/proxy/Contact/<id>:merge", Role::Other, None),
            (Get, "/proxy", Role::Other, None),
            (Put, "/custom/x/<id>", Role::Custom, None),
            (Get, "/integrated-account", Role::Admin, None),
            (Post, "/batch-request", Role::Admin, None),
        ] {
            let found = Route::parse(path).expect(path).derive(method);
            assert_eq!(found.role, role, "{method} {path}");
            let found = found.name.as_deref().zip(found.output);
            assert_eq!(found, derived, "{method} {path}");
        }
    }

    #[test]
    fn names_model_and_resource() {
        for (path, model, resource) in [
            ("/unified/crm/contacts/<id>", Some("crm"), Some("contacts")),
            ("/unified/<model>/<resource>", None, None),
            ("/unified/crm", Some("crm"), None),
            ("/proxy/Contact", None, Some("Contact")),
            ("/link-token", None, Some("link-token")),
        ] {
            let route = Route::parse(path).expect(path);
            assert_eq!((route.model(), route.resource()), (model, resource), "{path}");
        }
    }

    #[test]
    fn separates_the_tail_from_the_resource() {
        for (path, segments, parameters, has_resource, tail) in [
            ("/unified/crm/contacts/<id>/merge", 5, &["id"][..], true, "<id>/merge"),
            ("/unified/<model>/<resource>", 3, &["model", "resource"], true, ""),
            ("/unified/crm", 2, &[], false, ""),
            ("/proxy/tickets/<id>.json", 3, &["id"], true, "<id>.json"),
            ("/custom/v1/<path..>", 3, &["path"], true, "<path..>"),
            ("/custom", 1, &[], false, ""),
            ("/link-token", 1, &[], true, ""),
        ] {
            let route = Route::parse(path).expect(path);
            assert_eq!(route.segments().len(), segments, "{path}");
            assert_eq!(route.parameters().collect::<Vec<_>>(), parameters, "{path}");
            assert_eq!(route.has_resource(), has_resource, "{path}");
            let found: Vec<_> = route.tail().iter().map(ToString::to_string).collect();
            assert_eq!(found.join("/"), tail, "{path}");
        }
    }

    #[test]
    fn errors_name_the_segment_and_the_reason() {
        for (path, message) in [
            ("users", "the path does not begin with `/`"),
            ("/custom/<path..>/x", "the placeholder `<path..>` is not the last segment"),
            ("/unified/", "the path segment `` is empty"),
            ("/custom/..", "the path segment `..` would address another route"),
            ("/unified/m/a\n", "the path segment `a\n` has the character `\\n`"),
            (
                "/unified/m/<>",
                "the path segment `<>` is a placeholder whose name must consist of letters, digits and `_`",
            ),
            (
                "/unified/m/<path..>",
                "the path segment `<path..>` covers several segments, which only `/proxy/` and \
                 `/custom/` allow",
            ),
            (
                "/unified/m/<id>.json",
                "the path segment `<id>.json` has text next to a placeholder; only \
                 `/proxy/` and `/custom/` allow `<id>:verb` and `<id>.json`",
            ),
        ] {
            assert_eq!(Route::parse(path).expect_err(path).to_string(), message);
        }
    }

    #[test]
    fn long_paths_are_read_in_linear_time() {
        let path = "/".repeat(1_000_000);
        assert_eq!(Route::parse(&path), Err(RouteError::Segment("", SegmentError::Empty)));
    }
}
