//! Endpoints in the form that the attribute accepts.

use std::collections::BTreeMap;

use truto_route::{Derived, Method};

use crate::diagnostic::Warnings;
use crate::model::{Body, Field, Resource, Route};
use crate::names::{Claim, Names, assign};
use crate::route::{self, EndpointKind};
use crate::words::pascal;

/// The role, name and output that the attribute derives; `None` for a method that its family does not
/// accept.
fn derived(route: &Route) -> Option<Derived> {
    let parsed = truto_route::Route::parse(&route.path).ok()?;
    let method = Method::from_name(&route.verb)?;
    parsed.family().takes(method).then(|| parsed.derive(method))
}

/// The part of a path before its resource.
pub(super) fn prefix(model: &str) -> String {
    match model {
        "proxy" | "custom" => format!("/{model}/"),
        crate::route::OWN => "/".to_owned(),
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
    let mut routes: Vec<(&Route, EndpointKind, Derived)> = Vec::new();
    for route in &resource.routes {
        let Some(derived) = derived(route) else {
            let message = format!(
                "`{} {}` is left out: Truto's routes are GET, POST, PATCH and DELETE",
                route.verb, route.path
            );
            warnings.add(message, &[&route.place]);
            continue;
        };
        routes.push((route, EndpointKind::of(&route.verb, &route.path), derived));
    }
    let order = |kind: &EndpointKind| kind.method("").0;
    // Sorted before names are chosen, so that names do not depend on the order of sources.
    routes.sort_by(|a, b| {
        (order(&a.1), &a.0.path, &a.0.verb).cmp(&(order(&b.1), &b.0.path, &b.0.verb))
    });
    // A catalog may list a route of another resource, which must not take a name from the resource's
    // own routes.
    let is_own = |route: &Route| route::is_of(&route.path, &resource.model, &resource.segment);
    let wires: Vec<String> =
        routes.iter().map(|(route, ..)| format!("{} {}", route.verb, route.path)).collect();
    let claims: Vec<Claim<'_>> = wires
        .iter()
        .zip(&routes)
        .map(|(wire, (route, kind, _))| Claim {
            wire,
            wanted: function(kind, route),
            is_last: !is_own(route),
        })
        .collect();
    // `new` is the constructor of a record.
    let mut names = Names::default();
    names.take("new");
    let (functions, renamed) =
        assign(&claims, |route| locked.get(route).map(String::as_str), &mut names);
    for renamed in renamed {
        let message = format!(
            "`{}` is called `{}`; `{}` is taken",
            renamed.wire, renamed.chosen, renamed.wanted
        );
        warnings.add(message, &[&routes[renamed.claim].0.place]);
    }
    let call =
        |((route, kind, derived), function): ((&'a Route, EndpointKind, Derived), String)| Call {
            route,
            method: kind.method(&function).1,
            named: derived.name.as_deref() != Some(&*function),
            derived: derived.output.is_some(),
            function,
            kind,
        };
    routes.into_iter().zip(functions).map(call).collect()
}

fn function(kind: &EndpointKind, route: &Route) -> String {
    match kind.function(&route.verb, &route.path) {
        name if name == "new" => "new_".to_owned(),
        name => name,
    }
}

impl<'a> Call<'a> {
    /// The name of the type of its query or body; the name of a query ends in `Query` if the endpoint
    /// can have a body, too.
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
                let message = format!("the body of `{what}` is left out: Truto accepts none there");
                warnings.add(message, &[&route.place]);
            }
            return BodyOf::Nothing;
        }
        if matches!(route.body, Body::Unknown) {
            let message = format!("the body of `{what}` is unknown; it accepts any JSON");
            warnings.add(message, &[&route.place]);
        }
        BodyOf::of(&route.body)
    }
}

/// The body of an endpoint, as far as it can be sent.
pub(super) enum BodyOf<'a> {
    Nothing,
    Open,
    Fields(&'a [Field]),
}

impl<'a> BodyOf<'a> {
    pub(super) fn of(body: &'a Body) -> Self {
        match body {
            Body::Nothing => Self::Nothing,
            Body::Unknown | Body::Open => Self::Open,
            Body::Fields(fields) => Self::Fields(fields),
        }
    }
}
