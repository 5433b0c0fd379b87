//! Endpoints as the attribute takes them.

use std::collections::BTreeMap;

use super::build::BodyOf;
use crate::diagnostic::Warnings;
use crate::model::{Body, Resource, Route};
use crate::names::{Claim, Names, assign};
use crate::words::{is_keyword, pascal, snake};

/// The kind of an endpoint, by method and path shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EndpointKind {
    List,
    Get,
    Create,
    Update,
    Delete,
    Method(String),
    /// It needs a name and a response.
    Other,
}

impl EndpointKind {
    pub(crate) fn of(route: &Route) -> Self {
        let skipped = skipped(&route.path);
        let rest: Vec<&str> = route.path.split('/').skip(skipped).collect();
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

/// Returns whether the attribute derives names and responses for routes of this family.
fn is_derived(path: &str) -> bool {
    path.starts_with("/unified/") || path.starts_with("/proxy/")
}

/// The number of segments up to and with the resource, the empty one in front included.
fn skipped(path: &str) -> usize {
    if path.starts_with("/unified/") {
        4
    } else if path.starts_with("/proxy/") || path.starts_with("/custom/") {
        3
    } else {
        2
    }
}

/// The part of a path before its resource.
pub(super) fn prefix(model: &str) -> String {
    match model {
        "proxy" | "custom" => format!("/{model}/"),
        crate::read::route::OWN => "/".to_owned(),
        model => format!("/unified/{model}/"),
    }
}

/// A route with its function.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) route: &'a Route,
    pub(crate) kind: EndpointKind,
    /// The attribute derives name and response from this shape.
    pub(crate) derived: bool,
    /// The attribute needs `name = …`.
    pub(crate) named: bool,
    /// The method in paths of the config.
    pub(crate) method: String,
    pub(crate) function: String,
}

/// The routes of a resource that can be declared, each with a unique function name.
pub(crate) fn calls<'a>(
    resource: &'a Resource,
    locked: &BTreeMap<String, String>,
    warnings: &mut Warnings,
) -> Vec<Call<'a>> {
    let mut routes: Vec<(u8, &Route, EndpointKind)> = Vec::new();
    for route in &resource.routes {
        let put = route.verb == "PUT" && !route.path.starts_with("/unified/");
        if !put && !["GET", "POST", "PATCH", "DELETE"].contains(&route.verb.as_str()) {
            let message = format!(
                "`{} {}` is left out: Truto's routes are GET, POST, PATCH and DELETE",
                route.verb, route.path
            );
            warnings.add(message, &[&route.place]);
            continue;
        }
        let kind = EndpointKind::of(route);
        routes.push((kind.method("").0, route, kind));
    }
    routes.sort_by(|a, b| (a.0, &a.1.path, &a.1.verb).cmp(&(b.0, &b.1.path, &b.1.verb)));
    let wires: Vec<String> =
        routes.iter().map(|(_, route, _)| format!("{} {}", route.verb, route.path)).collect();
    let claims: Vec<Claim<'_>> = wires
        .iter()
        .zip(&routes)
        .map(|(wire, (_, route, kind))| Claim { wire, wanted: function(kind, route) })
        .collect();
    // `new` is the constructor of a record.
    let mut names = Names::default();
    names.take("new");
    let (functions, renamed) = assign(&claims, Some(locked), &mut names);
    for renamed in renamed {
        let message = format!(
            "`{}` is called `{}`; `{}` is taken",
            renamed.wire, renamed.chosen, renamed.wanted
        );
        warnings.add(message, &[]);
    }
    let call = |((_, route, kind), function): ((u8, &'a Route, EndpointKind), String)| {
        let derived = is_derived(&route.path) && kind != EndpointKind::Other;
        // The name that the attribute derives from a segment is that segment.
        let plain = match &kind {
            EndpointKind::Method(method) => {
                method.replace('-', "_") == function && !is_keyword(&function)
            }
            EndpointKind::Other => false,
            kind => function == kind.function(route),
        };
        Call {
            route,
            method: kind.method(&function).1,
            named: !(plain && derived),
            function,
            kind,
            derived,
        }
    };
    routes.into_iter().zip(functions).map(call).collect()
}

fn function(kind: &EndpointKind, route: &Route) -> String {
    match kind.function(route) {
        name if name == "new" => "new_".to_owned(),
        name => name,
    }
}

impl<'a> Call<'a> {
    /// The name of the type of its query or body; a query beside a possible body says that it is one.
    pub(crate) fn type_name(&self, one: &str, many: &str, query: bool) -> String {
        let name = match self.kind {
            EndpointKind::List => format!("List{many}"),
            _ => format!("{}{one}", pascal(&self.function, "Call")),
        };
        let takes_body = !["GET", "DELETE"].contains(&self.route.verb.as_str());
        if query && takes_body { format!("{name}Query") } else { name }
    }

    /// The body as far as it is known and can be sent.
    pub(crate) fn body(&self, warnings: &mut Warnings) -> BodyOf<'a> {
        let (route, what) = (self.route, format!("{} {}", self.route.verb, self.route.path));
        if ["GET", "DELETE"].contains(&route.verb.as_str()) {
            if matches!(route.body, Body::Fields(_)) {
                let message = format!("the body of `{what}` is left out: Truto takes none there");
                warnings.add(message, &[&route.place]);
            }
            return BodyOf::Nothing;
        }
        if matches!(route.body, Body::Unknown) {
            let message = format!("the body of `{what}` is not known; it takes any JSON");
            warnings.add(message, &[&route.place]);
        }
        BodyOf::of(&route.body)
    }
}
