//! The Markdown twins of Truto's documentation: object pages, method pages, index pages.
//!
//! The grammar is one of lines, so a line parser reads it; a Markdown parser would lose the
//! indentation that nests the properties.

use std::sync::Arc;

use super::properties::properties;
use crate::diagnostic::{SourceError, Warnings};
use crate::model::{Body, Field, Form, Place, Rank, Resource, Route};
use crate::route;

/// Returns whether the text is a page of Truto's API reference.
pub(crate) fn is_page(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let titled = lines.next().is_some_and(|line| line.starts_with("# "));
    titled
        && lines.take(3).any(|line| line.starts_with("> Source:") || line.starts_with("Base URL:"))
        || text.contains("\nBase URL: `https://api.truto.one/")
        || route_line(text).is_some() && text.contains("\nResource: **")
}

/// The line with the verb and path of a method page.
fn route_line(text: &str) -> Option<(usize, &str, &str)> {
    text.lines().enumerate().find_map(|(index, line)| {
        let inside = line.trim().strip_prefix('`')?.strip_suffix('`')?;
        let (verb, path) = inside.split_once(' ')?;
        let is_verb = !verb.is_empty() && verb.bytes().all(|b| b.is_ascii_uppercase());
        (is_verb && path.starts_with('/')).then_some((index + 1, verb, path))
    })
}

/// A part of a page below a heading `## …`.
struct Section<'a> {
    title: &'a str,
    lines: Vec<(usize, &'a str)>,
}

impl Section<'_> {
    /// Compares titles without case: newer pages write `Query Parameters`.
    fn is(&self, title: &str) -> bool {
        self.title.eq_ignore_ascii_case(title)
    }
}

/// Headings of pages, besides those that this module reads.
const OTHER_HEADINGS: [&str; 14] = [
    "",
    "Path parameters",
    "Supported integrations",
    "Query parameters",
    "Request body",
    "Response body",
    "Properties",
    "Methods",
    "Resources",
    "Example request",
    "Example response",
    "Errors",
    "Notes",
    "Overview",
];

fn sections(text: &str) -> Vec<Section<'_>> {
    let mut sections = vec![Section { title: "", lines: Vec::new() }];
    for (index, line) in text.lines().enumerate() {
        match (line.strip_prefix("## "), sections.last_mut()) {
            (Some(title), _) => sections.push(Section { title: title.trim(), lines: Vec::new() }),
            (None, Some(section)) => section.lines.push((index + 1, line)),
            (None, None) => {}
        }
    }
    sections
}

pub(crate) fn read(
    text: &str,
    file: &Arc<str>,
    warnings: &mut Warnings,
) -> Result<Vec<Resource>, SourceError> {
    let sections = sections(text);
    let titled = |title: &str| sections.iter().find(|section| section.is(title));
    if super::coverage::is_coverage(text) {
        return Ok(super::coverage::read(text, file, warnings));
    }
    let mut page = Page { file, warnings, about: subject(text, &sections) };
    page.warn_of_unknown(&sections);
    if let Some((line, verb, path)) = route_line(text) {
        return page.method(&sections, line, verb, path);
    }
    if let Some(resources) = titled("Resources") {
        return Ok(page.routes(resources));
    }
    match (titled("Properties"), titled("Methods")) {
        (Some(record), methods) => page.object(record, methods),
        (None, Some(methods)) => Ok(page.routes(methods)),
        (None, None) => {
            Err(SourceError::at(&page.place(1), "a page without a route or properties").expected(
                "an object page, a method page or an index page of Truto's API reference",
            ))
        }
    }
}

/// The wire path that a page describes: of a method page `crm/users.list`, of an object page
/// `crm/users`, of an index `crm`; empty if the page names no route.
fn subject(text: &str, sections: &[Section<'_>]) -> String {
    let of = |written: &str| {
        let path = route::path(written).ok()?;
        let (model, segment) = route::model_and_resource(&path)?;
        Some((model.to_owned(), segment.to_owned(), path))
    };
    if let Some((_, verb, written)) = route_line(text) {
        return of(written).map_or_else(String::new, |(model, segment, path)| {
            format!("{model}/{segment}.{}", route::endpoint(verb, &path))
        });
    }
    let listed = |title: &str| {
        let section = sections.iter().find(|section| section.is(title))?;
        let routes = section.lines.iter().filter_map(|(_, line)| of(listed_route(line)?.1));
        let subjects = routes.map(|(model, segment, _)| (model, segment));
        most_frequent(&subjects.collect::<Vec<_>>(), title == "Resources")
    };
    match (listed("Resources"), listed("Methods")) {
        (Some((model, _)), _) => model,
        (None, Some((model, segment))) => format!("{model}/{segment}"),
        (None, None) => String::new(),
    }
}

/// The subject of most routes, and the first of equals: any route of a page may be that of another model.
fn most_frequent(routes: &[(String, String)], by_model: bool) -> Option<(String, String)> {
    let key = |at: usize| {
        let (model, segment) = &routes[at];
        (model.as_str(), if by_model { "" } else { segment.as_str() })
    };
    let mut counts = std::collections::HashMap::new();
    for at in 0..routes.len() {
        *counts.entry(key(at)).or_insert(0_usize) += 1;
    }
    let first = (0..routes.len()).rev().max_by_key(|at| counts[&key(*at)])?;
    Some(routes[first].clone())
}

struct Page<'a> {
    file: &'a Arc<str>,
    warnings: &'a mut Warnings,
    /// The wire path of the page's subject.
    about: String,
}

impl Page<'_> {
    fn place(&self, line: usize) -> Place {
        Place { file: self.file.clone(), line }
    }

    /// The subject after a noun in a message; empty if the page names no route.
    fn of_subject(&self) -> String {
        match self.about.as_str() {
            "" => String::new(),
            about => format!(" of `{about}`"),
        }
    }

    fn warn_of_unknown(&mut self, sections: &[Section<'_>]) {
        for section in sections {
            if OTHER_HEADINGS.iter().all(|title| !section.is(title)) {
                // The heading is on the line before the first one.
                let line = section.lines.first().map_or(1, |(line, _)| line.saturating_sub(1));
                let of = self.of_subject();
                let message =
                    format!("the heading `{}`{of} is unknown; it is skipped", section.title);
                let place = self.place(line);
                self.warnings.add(message, &[&place]);
            }
        }
    }

    fn resource(&self, path: &str, routes: Vec<Route>) -> Option<Resource> {
        let (model, segment) = route::model_and_resource(path)?;
        Some(Resource {
            model: model.to_owned(),
            segment: segment.to_owned(),
            rank: Rank::new(Form::Page, self.file),
            description: None,
            record: None,
            routes,
        })
    }

    fn fields(
        &mut self,
        section: Option<&Section<'_>>,
        path: String,
    ) -> Result<Vec<Field>, SourceError> {
        match section {
            Some(section) => properties(&section.lines, self.file, path, self.warnings),
            None => Ok(Vec::new()),
        }
    }

    fn method(
        &mut self,
        sections: &[Section<'_>],
        line: usize,
        verb: &str,
        written: &str,
    ) -> Result<Vec<Resource>, SourceError> {
        let place = self.place(line);
        let path = route::path(written).map_err(|why| {
            SourceError::at(&place, why).expected("a path like `/unified/<model>/<resource>`")
        })?;
        let titled = |title: &str| sections.iter().find(|section| section.is(title));
        let query = self.fields(titled("Query parameters"), format!("{}.query", self.about))?;
        let body = titled("Request body");
        let body = match self.fields(body, format!("{}.body", self.about))? {
            fields if !fields.is_empty() => Body::Fields(fields),
            _ if body.is_some() => Body::Open,
            _ => Body::Nothing,
        };
        let record = match route::model_and_resource(&path) {
            Some((model, segment)) => format!("{model}/{segment}"),
            None => self.about.clone(),
        };
        let record = self.fields(titled("Response body"), record)?;
        let route =
            Route { verb: verb.to_owned(), path: path.clone(), query, body, file: false, place };
        let resource = self.resource(&path, vec![route]).map(|resource| Resource {
            // A deletion may return the id alone, which is not the record.
            record: (!record.is_empty() && verb != "DELETE").then_some(record),
            ..resource
        });
        Ok(resource.into_iter().collect())
    }

    /// The routes that a section lists, by resource.
    fn routes(&mut self, section: &Section<'_>) -> Vec<Resource> {
        let mut resources: Vec<Resource> = Vec::new();
        let mut at = std::collections::HashMap::new();
        for &(line, text) in &section.lines {
            let Some((verb, written)) = listed_route(text) else {
                // Prose between the routes.
                continue;
            };
            let place = self.place(line);
            let path = match route::path(written) {
                Ok(path) => path,
                Err(why) => {
                    let of = self.of_subject();
                    self.warnings.add(format!("{why}; this route{of} is left out"), &[&place]);
                    continue;
                }
            };
            let route = Route {
                verb: verb.to_owned(),
                path: path.clone(),
                query: Vec::new(),
                body: Body::Unknown,
                file: false,
                place,
            };
            let Some(new) = self.resource(&path, Vec::new()) else {
                continue;
            };
            let (model, _) = self.about.split_once('/').unwrap_or((&self.about, ""));
            if new.model != model {
                let message = format!(
                    "`{verb} {path}` is not a route of `{model}`; it is declared as one of `{}/{}`",
                    new.model, new.segment
                );
                self.warnings.add(message, &[&route.place]);
            }
            let key = (new.model.clone(), new.segment.clone());
            let index = *at.entry(key).or_insert(resources.len());
            if index == resources.len() {
                resources.push(new);
            }
            resources[index].routes.push(route);
        }
        resources
    }

    fn object(
        &mut self,
        record: &Section<'_>,
        methods: Option<&Section<'_>>,
    ) -> Result<Vec<Resource>, SourceError> {
        let line = record.lines.first().map_or(1, |(line, _)| *line);
        let fields = self.fields(Some(record), self.about.clone())?;
        let mut resources = methods.map(|methods| self.routes(methods)).unwrap_or_default();
        let is_subject =
            |resource: &Resource| format!("{}/{}", resource.model, resource.segment) == self.about;
        let at = resources.iter().position(is_subject).unwrap_or_default();
        let Some(subject) = resources.get_mut(at) else {
            let message = "an object page without methods does not name its resource";
            return Err(SourceError::at(&self.place(line), message)
                .expected("`## Methods` with lines like `- [GET /unified/…](…) — …`"));
        };
        subject.record = Some(fields);
        Ok(resources)
    }
}

/// The verb and path of a line `- [VERB PATH](…) — TITLE`, also without the link.
fn listed_route(line: &str) -> Option<(&str, &str)> {
    let item = line.trim_start().strip_prefix(['-', '*', '+'])?.trim_start();
    let (inside, is_link) = match item.strip_prefix('[') {
        Some(linked) => (linked.split_once(']')?.0, true),
        None => (item, false),
    };
    let (verb, rest) = inside.trim_matches('`').split_once(' ')?;
    let path = rest.trim_start().split([' ', '`']).next().unwrap_or_default();
    // A path without its slash is reported; `- POST requests need …` is only a sentence.
    let is_verb = ["GET", "POST", "PATCH", "PUT", "DELETE"].contains(&verb);
    let is_meant = is_verb && (is_link || path.contains('/'));
    (is_meant || path.starts_with('/')).then_some((verb, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_of_lists_are_found_with_and_without_a_link() {
        for (line, expected) in [
            ("- [GET /unified/crm/users](https://x) — List", Some(("GET", "/unified/crm/users"))),
            ("  * [`GET /unified/crm/users`](x)", Some(("GET", "/unified/crm/users"))),
            ("- GET /unified/crm/users — List", Some(("GET", "/unified/crm/users"))),
            ("- `POST /unified/crm/users`: Create", Some(("POST", "/unified/crm/users"))),
            ("- [GET unified/crm/users](x)", Some(("GET", "unified/crm/users"))),
            ("- [LIST /unified/crm/users](x)", Some(("LIST", "/unified/crm/users"))),
            ("- [GET users](x)", Some(("GET", "users"))),
            ("- [Get started](x)", None),
            ("- POST requests need a body", None),
            ("- Users: GET /unified/crm/users", None),
            ("GET /unified/crm/users", None),
            ("- [GET](x)", None),
            ("-", None),
        ] {
            assert_eq!(listed_route(line), expected, "{line}");
        }
    }
}
