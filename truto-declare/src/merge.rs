//! Merges the descriptions of a resource from several sources; each fills gaps of the others.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet, btree_map};

use crate::diagnostic::Warnings;
use crate::model::{Body, Field, FieldIndex, Form, Format, Place, Resource, Route, Shape, Text};
use crate::read::coverage::common;
use crate::route::{Method, endpoint};

/// Returns one resource per model and segment, sorted by both.
pub(crate) fn merge(mut resources: Vec<Resource>, warnings: &mut Warnings) -> Vec<Resource> {
    // The most precise source first, so that the order of arguments does not matter.
    resources.sort_by(|a, b| b.rank.cmp(&a.rank));
    let mut merged: BTreeMap<(String, String), Merged> = BTreeMap::new();
    // Coverage pages have labels only, so all other resources must be known first.
    let first = resources.iter().position(|resource| resource.rank.form == Form::Coverage);
    let coverage = first.map(|first| resources.split_off(first)).unwrap_or_default();
    for mut resource in resources {
        let key = (resource.model.clone(), resource.segment.clone());
        match merged.entry(key) {
            btree_map::Entry::Occupied(exact) => {
                Merge { warnings }.resource(exact.into_mut(), resource);
            }
            btree_map::Entry::Vacant(first) => {
                let routes = std::mem::take(&mut resource.routes);
                let merged = first.insert(Merged::new(resource));
                // Merged with itself: one source may list a route twice.
                Merge { warnings }.routes(merged, routes);
            }
        }
    }
    add_coverage(&mut merged, coverage, warnings);
    merged.into_values().map(|merged| merged.resource).collect()
}

/// A resource, with the positions of what it already has: one source may list it many times.
struct Merged {
    resource: Resource,
    record: FieldIndex,
    routes: HashMap<String, RouteIndex>,
}

#[derive(Default)]
struct RouteIndex {
    at: usize,
    query: FieldIndex,
    body: FieldIndex,
}

impl RouteIndex {
    fn new(at: usize) -> Self {
        Self { at, ..Self::default() }
    }
}

impl Merged {
    fn new(resource: Resource) -> Self {
        Self { resource, record: FieldIndex::default(), routes: HashMap::new() }
    }
}

/// Adds the methods of coverage pages to the resources that their labels match.
fn add_coverage(
    merged: &mut BTreeMap<(String, String), Merged>,
    coverage: Vec<Resource>,
    warnings: &mut Warnings,
) {
    // By label and model, and by label alone: `None` if several models have it.
    let mut exact: HashMap<(String, String), (String, String)> = HashMap::new();
    let mut only: HashMap<String, Option<(String, String)>> = HashMap::new();
    for key in merged.keys() {
        let (model, label) = (common(&key.0), common(&key.1));
        exact.entry((model, label.clone())).or_insert_with(|| key.clone());
        only.entry(label).and_modify(|only| *only = None).or_insert_with(|| Some(key.clone()));
    }
    for page in coverage {
        let (model, label) = (common(&page.model), common(&page.segment));
        // Without a model the label decides, if a single resource has it.
        let only = || only.get(&label).filter(|_| model.is_empty()).and_then(Option::as_ref);
        let found = exact.get(&(model.clone(), label.clone())).or_else(only);
        let Some(merged) = found.and_then(|key| merged.get_mut(key)) else {
            // Its model may be unknown.
            let name = format!("{}/{}", page.model, page.segment);
            let name = name.trim_start_matches('/');
            let message = format!("no other source has the resource `{name}`; it is skipped");
            let place = page.routes.first().map(|route| route.place.clone());
            // A label without methods has no route whose line could be named.
            let place = place.unwrap_or_else(|| Place::new(&page.rank.file, 1));
            warnings.add(message, &[&place]);
            continue;
        };
        let base = |of: &Resource| Method::List.route(&of.model, &of.segment).1;
        let (from, to) = (base(&page), base(&merged.resource));
        for mut route in page.routes {
            route.path = format!("{to}{}", route.path.strip_prefix(&from).unwrap_or_default());
            if let Entry::Vacant(new) = merged.routes.entry(key(&route)) {
                new.insert(RouteIndex::new(merged.resource.routes.len()));
                merged.resource.routes.push(route);
            }
        }
    }
}

struct Merge<'a> {
    warnings: &'a mut Warnings,
}

impl Merge<'_> {
    fn resource(&mut self, merged: &mut Merged, other: Resource) {
        let exact = &mut merged.resource;
        if exact.description.is_none() {
            exact.description = other.description;
        }
        match (&mut exact.record, other.record) {
            (Some(fields), Some(others)) => {
                let path = format!("{}/{}", exact.model, exact.segment);
                self.fields(fields, others, &mut merged.record, &path);
            }
            (record @ None, Some(others)) => *record = Some(others),
            (_, None) => {}
        }
        self.routes(merged, other.routes);
    }

    fn routes(&mut self, merged: &mut Merged, others: Vec<Route>) {
        let Resource { model, segment, routes: known, .. } = &mut merged.resource;
        let path = format!("{model}/{segment}");
        for mut other in others {
            other.verb.make_ascii_uppercase();
            match merged.routes.entry(key(&other)) {
                Entry::Occupied(mut index) => {
                    let index = index.get_mut();
                    self.route(&mut known[index.at], other, index, &path);
                }
                Entry::Vacant(new) => {
                    new.insert(RouteIndex::new(known.len()));
                    known.push(other);
                }
            }
        }
    }

    fn route(&mut self, exact: &mut Route, other: Route, index: &mut RouteIndex, resource: &str) {
        let path = format!("{resource}.{}", endpoint(&exact.verb, &exact.path));
        self.fields(&mut exact.query, other.query, &mut index.query, &format!("{path}.query"));
        // `false` may only mean that the source does not state it, as in pages and models.
        exact.file |= other.file;
        exact.body = match (std::mem::replace(&mut exact.body, Body::Unknown), other.body) {
            (Body::Fields(mut fields), Body::Fields(others)) => {
                self.fields(&mut fields, others, &mut index.body, &format!("{path}.body"));
                Body::Fields(fields)
            }
            (Body::Unknown, body) | (Body::Open, body @ Body::Fields(_)) => body,
            (Body::Nothing, body @ (Body::Fields(_) | Body::Open)) => {
                let message = format!("`{path}` has a body in one source and none in another");
                self.warnings.add(message, &[&exact.place, &other.place]);
                body
            }
            (exact, _) => exact,
        };
    }

    fn fields(
        &mut self,
        exact: &mut Vec<Field>,
        others: Vec<Field>,
        index: &mut FieldIndex,
        path: &str,
    ) {
        for other in others {
            match index.find(exact, &other.name) {
                Some(at) => self.field(&mut exact[at], other, index.below(at), path),
                None => exact.push(other),
            }
        }
    }

    fn field(&mut self, exact: &mut Field, other: Field, below: &mut FieldIndex, path: &str) {
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
        self.shape(&mut exact.shape, other.shape, below, &path, &places);
    }

    fn shape(
        &mut self,
        exact: &mut Shape,
        other: Shape,
        index: &mut FieldIndex,
        path: &str,
        places: &(Place, Place),
    ) {
        match (&mut *exact, other) {
            (Shape::Open, other) => *exact = other,
            (Shape::Text(exact), Shape::Text(other)) => self.text(exact, other, path, places),
            (Shape::Array(exact), Shape::Array(other))
            | (Shape::Nullable(exact), Shape::Nullable(other))
            | (Shape::Map(exact), Shape::Map(other)) => {
                self.shape(exact, *other, index, path, places);
            }
            // Pages do not state whether items may be null.
            (Shape::Nullable(exact), other) => self.shape(exact, other, index, path, places),
            (Shape::Object(exact), Shape::Object(others)) => {
                self.fields(&mut exact.fields, others.fields, index, path);
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
                // Saturates: the number of omitted words is whatever the page states.
                let total = exact.words.len().saturating_add(exact.cut);
                let new = other.words.iter().filter(|word| !own.contains(*word));
                exact.words = exact.words.iter().chain(new).cloned().collect();
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
    use crate::model::INDEXED;
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

    /// A catalog that lists one resource many times, each time with the next field.
    fn catalog(count: usize) -> Source {
        let entry = |n: usize| {
            let field = |name: &str| format!(r#"{{"name": "{name}{n}", "type": "string"}}"#);
            let nested =
                format!(r#"{{"name": "all", "type": "object", "fields": [{}]}}"#, field("nested_"));
            format!(
                r#"{{"segment": "users", "schema": [{}, {nested}], "methods": [{{"http": "POST",
                "path": "/unified/m/users", "query": [{}], "body": [{}]}}]}}"#,
                field("record_"),
                field("query_"),
                field("body_")
            )
        };
        let entries: Vec<String> = (0..count).map(entry).collect();
        let text = format!(
            r#"{{"format": "truto-unified-model/1", "model": "m", "resources": [{}]}}"#,
            entries.join(",")
        );
        Source { name: "m.json".into(), text, about: None, found: false }
    }

    #[test]
    fn each_field_of_a_resource_that_is_listed_often_is_indexed_once() {
        const COUNT: usize = 10_000;
        let mut warnings = Warnings::default();
        let resources = read(&catalog(COUNT), &mut warnings).expect("a catalog");
        assert_eq!(resources.len(), COUNT);
        let before = INDEXED.get();
        let merged = merge(resources, &mut warnings);
        let indexed = INDEXED.get() - before;
        let [Resource { record: Some(record), routes, .. }] = &*merged else {
            panic!("{merged:?}")
        };
        let [Route { query, body: Body::Fields(body), .. }] = &**routes else {
            panic!("{routes:?}")
        };
        let nested = record.iter().find_map(|field| match &field.shape {
            Shape::Object(all) => Some(all.fields.len()),
            _ => None,
        });
        assert_eq!(nested, Some(COUNT));
        assert_eq!((record.len(), query.len(), body.len()), (COUNT + 1, COUNT, COUNT));
        assert!(indexed <= 4 * COUNT + 1, "{indexed}");
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
