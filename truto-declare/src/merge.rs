//! Merges the descriptions of a resource from several sources; each fills gaps of the others.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::diagnostic::Warnings;
use crate::model::{Body, Field, Form, Format, Place, Resource, Route, Shape, Text};
use crate::read::coverage::common;
use crate::route::Method;

/// Returns one resource per model and segment, sorted by both.
pub(crate) fn merge(mut resources: Vec<Resource>, warnings: &mut Warnings) -> Vec<Resource> {
    // The most precise source first, so that the order of arguments does not matter.
    resources.sort_by(|a, b| b.rank.cmp(&a.rank));
    let mut merged: BTreeMap<(String, String), Resource> = BTreeMap::new();
    // Coverage pages have labels only, so all other resources must be known first.
    let first = resources.iter().position(|resource| resource.rank.form == Form::Coverage);
    let coverage = first.map(|first| resources.split_off(first)).unwrap_or_default();
    for resource in resources {
        let key = (resource.model.clone(), resource.segment.clone());
        if let Some(exact) = merged.get_mut(&key) {
            Merge { warnings }.resource(exact, resource);
        } else {
            let mut first = resource;
            let routes = std::mem::take(&mut first.routes);
            // Merged with itself: one source may list a route twice.
            Merge { warnings }.routes(&mut first, routes);
            merged.insert(key, first);
        }
    }
    add_coverage(&mut merged, coverage, warnings);
    merged.into_values().collect()
}

/// Adds the methods of coverage pages to the resources that their labels match.
fn add_coverage(
    merged: &mut BTreeMap<(String, String), Resource>,
    coverage: Vec<Resource>,
    warnings: &mut Warnings,
) {
    let mut by_label: HashMap<String, Vec<(String, String)>> = HashMap::new();
    for key in merged.keys() {
        by_label.entry(common(&key.1)).or_default().push(key.clone());
    }
    for page in coverage {
        let (model, label) = (common(&page.model), common(&page.segment));
        let keys = by_label.get(&label).map(Vec::as_slice).unwrap_or_default();
        let same = keys.iter().find(|(other, _)| common(other) == model);
        // Without a model the label decides, if a single resource has it.
        let only = if keys.len() == 1 && model.is_empty() { keys.first() } else { None };
        let Some(resource) = same.or(only).and_then(|key| merged.get_mut(key)) else {
            let message =
                format!("no other source has the resource `{}`; it is skipped", page.segment);
            let place = page.routes.first().map(|route| &route.place);
            warnings.add(message, &place.into_iter().collect::<Vec<_>>());
            continue;
        };
        let base = |of: &Resource| Method::List.route(&of.model, &of.segment).1;
        let (from, to) = (base(&page), base(resource));
        let known: HashSet<String> = resource.routes.iter().map(key).collect();
        for mut route in page.routes {
            route.path = format!("{to}{}", route.path.strip_prefix(&from).unwrap_or_default());
            if !known.contains(&key(&route)) {
                resource.routes.push(route);
            }
        }
    }
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
        self.routes(exact, other.routes);
    }

    fn routes(&mut self, exact: &mut Resource, others: Vec<Route>) {
        let known = exact.routes.iter().enumerate();
        let mut at: HashMap<String, usize> = known.map(|(at, route)| (key(route), at)).collect();
        for mut other in others {
            other.verb.make_ascii_uppercase();
            match at.entry(key(&other)) {
                Entry::Occupied(at) => self.route(&mut exact.routes[*at.get()], other),
                Entry::Vacant(new) => {
                    new.insert(exact.routes.len());
                    exact.routes.push(other);
                }
            }
        }
    }

    fn route(&mut self, exact: &mut Route, other: Route) {
        let what = format!("{} {}", exact.verb, exact.path);
        self.fields(&mut exact.query, other.query, &what);
        // `false` may only mean that the source does not state it, as in pages and models.
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
        let at: HashMap<String, usize> =
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
            let (first, second) =
                if exact.required { ("required", "optional") } else { ("optional", "required") };
            let message =
                format!("`{path}` is {first} in one source, {second} in another; {first} is used");
            self.warnings.add(message, &[&places.0, &places.1]);
        }
        // Either source may be right, and a type that takes `null` decodes both.
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
            // Pages do not state whether items may be null.
            (Shape::Nullable(exact), other) => self.shape(exact, other, path, places),
            (Shape::Object(exact), Shape::Object(others)) => {
                self.fields(&mut exact.fields, others.fields, path);
            }
            // A page lists the values of an integer enum as strings.
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
                    "`{path}` is `{one}` in one source, `{other}` in another; `{one}` is used"
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
                    format!("`{path}` has another format in another source; the first is used");
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
            // The complete list replaces the truncated one.
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
                    "`{path}` lists other values in another source; the first list is used (only in the first: {}; only in the second: {})",
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
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

/// Verb and path of a route, without the names of its placeholders, which do not distinguish routes.
fn key(route: &Route) -> String {
    let mut key = route.verb.clone();
    for segment in route.path.split('/') {
        key.push('/');
        key.push_str(if segment.starts_with('<') { "<>" } else { segment });
    }
    key
}

#[cfg(test)]
mod rule_tests;
#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{Source, read};

    fn merged(pages: &[&str]) -> (Vec<Resource>, Vec<String>) {
        let (mut resources, mut warnings) = (Vec::new(), Warnings::default());
        for (index, text) in pages.iter().enumerate() {
            let name = format!("{index}.md").into();
            let source = Source { name, text: (*text).to_owned(), about: None, found: false };
            resources.extend(read(&source, &mut warnings).expect("a page"));
        }
        (merge(resources, &mut warnings), warnings.lines(true))
    }

    fn page(allowed: &str) -> String {
        format!(
            "# U\n\n> Source: x\n\n`GET /unified/m/users`\n\n## Response body\n\n\
             - **`state`** _(string)_\n  Allowed: {allowed}\n"
        )
    }

    #[test]
    fn counts_of_omitted_words_do_not_overflow() {
        for (one, other) in [
            ("`w1` (+18446744073709551615 more)", "`w2` (+18446744073709551615 more)"),
            ("`w1` (+18446744073709551615 more)", "`w1`, `w2` (+1 more)"),
            ("`w1` (+99999999999999999999 more)", "`w2` (+1 more)"),
        ] {
            for pages in [[one, other], [other, one]] {
                let pages = pages.map(page);
                let (resources, warnings) = merged(&[&pages[0], &pages[1]]);
                let record = resources[0].record.as_ref().expect("a record");
                let Shape::Text(text) = &record[0].shape else { panic!("{record:?}") };
                assert!(text.words.contains(&"w1".to_owned()), "{text:?} {warnings:?}");
            }
        }
    }

    #[test]
    fn names_of_placeholders_do_not_distinguish_routes() {
        let page = |path: &str| format!("# U\n\n> Source: x\n\n`GET {path}`\n");
        let pages = ["/unified/m/users/{id}", "/unified/m/users/:userId", "/unified/m/users/me"];
        let pages = pages.map(page);
        let (resources, _) = merged(&[&pages[0], &pages[1], &pages[2]]);
        let paths: Vec<&str> = resources[0].routes.iter().map(|route| &*route.path).collect();
        assert_eq!(paths.len(), 2, "{paths:?}");
        assert!(paths.contains(&"/unified/m/users/me"));
    }
}
