//! Brings what several sources say about a resource into one: each fills what another lacks.

use std::collections::{BTreeMap, HashSet};

use crate::diagnostic::Warnings;
use crate::model::{Body, Field, Format, Place, Resource, Route, Shape, Text};

/// One resource for each model and segment, in the order of these.
pub(crate) fn merge(mut resources: Vec<Resource>, warnings: &mut Warnings) -> Vec<Resource> {
    // The most exact first; the order of the command line does not count.
    resources.sort_by(|a, b| b.rank.cmp(&a.rank));
    let mut merged: BTreeMap<(String, String), Resource> = BTreeMap::new();
    for resource in resources {
        let key = (resource.model.clone(), resource.segment.clone());
        match merged.get_mut(&key) {
            Some(exact) => Merge { warnings }.resource(exact, resource),
            None => {
                let mut first = Resource { routes: Vec::new(), ..resource.clone() };
                Merge { warnings }.routes(&mut first, resource.routes);
                merged.insert(key, first);
            }
        }
    }
    merged.into_values().collect()
}

struct Merge<'a> {
    warnings: &'a mut Warnings,
}

impl Merge<'_> {
    fn resource(&mut self, exact: &mut Resource, other: Resource) {
        if exact.description.is_none() {
            exact.description = other.description;
        }
        match (&mut exact.record, other.record) {
            (Some(fields), Some(others)) => self.fields(fields, others, &exact.segment),
            (record @ None, Some(others)) => *record = Some(others),
            (_, None) => {}
        }
        for file in other.files {
            if !exact.files.contains(&file) {
                exact.files.push(file);
            }
        }
        self.routes(exact, other.routes);
    }

    fn routes(&mut self, exact: &mut Resource, others: Vec<Route>) {
        for mut other in others {
            other.verb.make_ascii_uppercase();
            let same = |route: &&mut Route| {
                route.verb == other.verb && is_same_path(&route.path, &other.path)
            };
            match exact.routes.iter_mut().find(same) {
                Some(route) => self.route(route, other),
                None => exact.routes.push(other),
            }
        }
    }

    fn route(&mut self, exact: &mut Route, other: Route) {
        let what = format!("{} {}", exact.verb, exact.path);
        self.fields(&mut exact.query, other.query, &what);
        exact.file |= other.file;
        exact.body = match (std::mem::replace(&mut exact.body, Body::Unknown), other.body) {
            (Body::Fields(mut fields), Body::Fields(others)) => {
                self.fields(&mut fields, others, &what);
                Body::Fields(fields)
            }
            (Body::Unknown, body) | (Body::Open, body @ Body::Fields(_)) => body,
            (Body::Nothing, body @ (Body::Fields(_) | Body::Open)) => {
                let message = format!("`{what}` has a body in one source and none in another");
                self.warnings.add(message, &[&exact.place, &other.place]);
                body
            }
            (exact, _) => exact,
        };
    }

    fn fields(&mut self, exact: &mut Vec<Field>, others: Vec<Field>, path: &str) {
        let at: std::collections::HashMap<String, usize> =
            exact.iter().enumerate().map(|(index, field)| (field.name.clone(), index)).collect();
        for other in others {
            match at.get(&other.name) {
                Some(&index) => self.field(&mut exact[index], other, path),
                None => exact.push(other),
            }
        }
    }

    fn field(&mut self, exact: &mut Field, other: Field, path: &str) {
        let path = format!("{path}.{}", exact.name);
        let places = (exact.place.clone(), other.place);
        if exact.required != other.required {
            let (first, second) = match exact.required {
                true => ("required", "optional"),
                false => ("optional", "required"),
            };
            let message =
                format!("`{path}` is {first} in one source, {second} in another; {first} counts");
            self.warnings.add(message, &[&places.0, &places.1]);
        }
        exact.nullable |= other.nullable;
        if exact.description.is_none() {
            exact.description = other.description;
        }
        self.shape(&mut exact.shape, other.shape, &path, &places);
    }

    fn shape(&mut self, exact: &mut Shape, other: Shape, path: &str, places: &(Place, Place)) {
        match (&mut *exact, other) {
            (Shape::Open, other) => *exact = other,
            (Shape::Text(exact), Shape::Text(other)) => self.text(exact, other, path, places),
            (Shape::Array(exact), Shape::Array(other))
            | (Shape::Nullable(exact), Shape::Nullable(other))
            | (Shape::Map(exact), Shape::Map(other)) => self.shape(exact, *other, path, places),
            (Shape::Nullable(exact), other) => self.shape(exact, other, path, places),
            (Shape::Object(exact), Shape::Object(others)) => {
                self.fields(&mut exact.fields, others.fields, path);
            }
            // A page shows an enum of integers as a text with words of numbers.
            (_, Shape::Open)
            | (
                Shape::Coded(_) | Shape::Unsigned,
                Shape::Text(_) | Shape::Integer | Shape::Number,
            )
            | (Shape::Back(_), Shape::Object(_))
            | (Shape::Object(_), Shape::Back(_)) => {}
            (one, other) if *one == other => {}
            (one, other) => {
                let (one, other) = (one.kind(), other.kind());
                let message = format!(
                    "`{path}` is `{one}` in one source, `{other}` in another; `{one}` counts"
                );
                self.warnings.add(message, &[&places.0, &places.1]);
            }
        }
    }

    fn text(&mut self, exact: &mut Text, other: Text, path: &str, places: &(Place, Place)) {
        let known = |format: Option<Format>| format.filter(|format| *format != Format::Other);
        match (known(exact.format), known(other.format)) {
            (None, Some(format)) => exact.format = Some(format),
            (Some(one), Some(two)) if one != two => {
                let message =
                    format!("`{path}` has another format in another source; the first counts");
                self.warnings.add(message, &[&places.0, &places.1]);
            }
            _ => exact.format = exact.format.or(other.format),
        }
        if other.words.is_empty() || exact.words == other.words {
            exact.cut = if other.words.is_empty() { exact.cut } else { exact.cut.min(other.cut) };
            return;
        }
        let set = |text: &Text| text.words.iter().cloned().collect::<HashSet<String>>();
        let (own, others) = (set(exact), set(&other));
        match (exact.words.is_empty(), exact.cut > 0, other.cut > 0) {
            (true, _, _) => (exact.words, exact.cut) = (other.words, other.cut),
            // The whole list instead of the cut one.
            (false, true, false) if own.is_subset(&others) => {
                (exact.words, exact.cut) = (other.words, 0);
            }
            (false, false, true) if others.is_subset(&own) => {}
            (false, true, _) => {
                let total = exact.words.len().saturating_add(exact.cut);
                for word in other.words {
                    if !own.contains(&word) {
                        exact.words.push(word);
                    }
                }
                exact.cut = total.saturating_sub(exact.words.len());
            }
            (false, false, _) => {
                let new = |word: &&String| !own.contains(*word);
                let gone = |word: &&String| !others.contains(*word);
                let message = format!(
                    "`{path}` lists other values in another source; the first counts (only here: {}; only there: {})",
                    listed(exact.words.iter().filter(gone)),
                    listed(other.words.iter().filter(new)),
                );
                self.warnings.add(message, &[&places.0, &places.1]);
            }
        }
    }
}

fn listed<'a>(words: impl Iterator<Item = &'a String>) -> String {
    let mut words: Vec<String> = words.map(|word| format!("`{word}`")).collect();
    let more = words.len().saturating_sub(12);
    if more > 0 {
        words.truncate(12);
        words.push(format!("{more} more"));
    }
    match words.is_empty() {
        true => "none".to_owned(),
        false => words.join(", "),
    }
}

/// Whether two paths are one but for the names of their placeholders.
fn is_same_path(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (one.split('/'), other.split('/'));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a == b || a.starts_with('<') && b.starts_with('<') => {}
            _ => return false,
        }
    }
}
