//! Endpoints as the attribute takes them.

use std::collections::HashSet;

use super::names::numbered;
use super::words::{is_keyword, pascal, snake};
use crate::diagnostic::Warnings;
use crate::model::{Body, Resource, Route};

/// What the shape of a route makes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Derived {
    List,
    Get,
    Create,
    Update,
    Delete,
    Method(String),
    /// It needs a name and a response.
    Other,
}

impl Derived {
    pub(crate) fn of(route: &Route) -> Self {
        let rest: Vec<&str> = route.path.split('/').skip(4).collect();
        let placeholder = |segment: &str| segment.starts_with('<');
        match (route.verb.as_str(), rest.as_slice()) {
            ("GET", []) => Self::List,
            ("POST", []) => Self::Create,
            ("GET", [id]) if placeholder(id) => Self::Get,
            ("PATCH", [id]) if placeholder(id) => Self::Update,
            ("DELETE", [id]) if placeholder(id) => Self::Delete,
            ("POST", [method]) if !placeholder(method) => Self::Method((*method).to_owned()),
            _ => Self::Other,
        }
    }

    /// The name that the attribute derives.
    fn function(&self, route: &Route) -> String {
        match self {
            Self::List => "list".to_owned(),
            Self::Get => "get".to_owned(),
            Self::Create => "create".to_owned(),
            Self::Update => "update".to_owned(),
            Self::Delete => "delete".to_owned(),
            Self::Method(method) => snake(method, "method"),
            Self::Other => {
                let mut segments = route.path.split('/');
                let last = segments.rfind(|segment| !segment.starts_with('<'));
                snake(&format!("{}_{}", route.verb, last.unwrap_or_default()), "call")
            }
        }
    }

    /// The name of the method in the config, and the order in which endpoints stand.
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

/// A route with its function.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) route: &'a Route,
    pub(crate) derived: Derived,
    /// The function's name, if it is not the derived one.
    pub(crate) name: Option<String>,
    pub(crate) method: String,
    pub(crate) function: String,
}

/// The routes of a resource that can be declared, each with a function name of its own.
pub(crate) fn calls<'a>(resource: &'a Resource, warnings: &mut Warnings) -> Vec<Call<'a>> {
    let mut routes: Vec<(u8, &Route, Derived)> = Vec::new();
    for route in &resource.routes {
        if !["GET", "POST", "PATCH", "DELETE"].contains(&route.verb.as_str()) {
            let message = format!(
                "`{} {}` is left out: unified routes are GET, POST, PATCH and DELETE",
                route.verb, route.path
            );
            warnings.add(message, &[&route.place]);
            continue;
        }
        let derived = Derived::of(route);
        routes.push((derived.method("").0, route, derived));
    }
    routes.sort_by(|a, b| (a.0, &a.1.path, &a.1.verb).cmp(&(b.0, &b.1.path, &b.1.verb)));
    let mut taken = HashSet::new();
    let mut calls = Vec::with_capacity(routes.len());
    for (_, route, derived) in routes {
        let wanted = derived.function(route);
        let mut function = match taken.contains(&wanted) {
            false => wanted.clone(),
            true => {
                let name = numbered(&wanted, |name| !taken.contains(name));
                let message = format!(
                    "`{} {}` is called `{name}`; `{wanted}` is taken",
                    route.verb, route.path
                );
                warnings.add(message, &[&route.place]);
                name
            }
        };
        // Readers take `new` for a constructor.
        if function == "new" {
            "new_".clone_into(&mut function);
        }
        // What the attribute derives from a segment of letters is that segment.
        let plain = match &derived {
            Derived::Method(method) => {
                method.replace('-', "_") == function && !is_keyword(&function)
            }
            Derived::Other => false,
            _ => function == wanted,
        };
        taken.insert(function.clone());
        calls.push(Call {
            route,
            method: derived.method(&function).1,
            name: (!plain).then(|| function.clone()),
            function,
            derived,
        });
    }
    calls
}

impl Call<'_> {
    /// The name of the type of its query or body.
    pub(crate) fn type_name(&self, one: &str, many: &str) -> String {
        match self.derived {
            Derived::List => format!("List{many}"),
            _ => format!("{}{one}", pascal(&self.function, "Call")),
        }
    }

    /// The body as far as it is known and can be sent.
    pub(crate) fn body(&self, warnings: &mut Warnings) -> Body {
        let (route, what) = (self.route, format!("{} {}", self.route.verb, self.route.path));
        match &route.body {
            body if ["GET", "DELETE"].contains(&route.verb.as_str()) => {
                if matches!(body, Body::Fields(_)) {
                    let message =
                        format!("the body of `{what}` is left out: Truto takes none there");
                    warnings.add(message, &[&route.place]);
                }
                Body::Nothing
            }
            Body::Unknown => {
                let message = format!("the body of `{what}` is not known; it takes any JSON");
                warnings.add(message, &[&route.place]);
                Body::Open
            }
            body => body.clone(),
        }
    }
}
