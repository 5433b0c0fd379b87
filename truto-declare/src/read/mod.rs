//! Reads sources of any form; independent of Rust.

mod catalog;
pub(crate) mod coverage;
pub(crate) mod meta;
mod page;
mod properties;
mod schema;
mod unified_model;

use std::collections::HashSet;
use std::sync::Arc;

use crate::diagnostic::{SourceError, Warnings};
use crate::json::{Json, Node};
use crate::model::{Place, Resource};
use meta::About;

/// A text to read, and its name in messages.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) name: Arc<str>,
    pub(crate) text: String,
    /// Model, resource and method of a meta response, from `MODEL/RESOURCE/METHOD=FILE`.
    pub(crate) about: Option<About>,
    /// Found in a folder rather than named: it is skipped if its form is unknown.
    pub(crate) found: bool,
}

const FORMS: &str = "the response of `GET /unified-model` or of a `meta` route, a page of Truto's API reference \
     (`.md`), or a catalog with `\"format\": \"truto-unified-model/1\"`";

/// The resources of a source.
pub(crate) fn read(source: &Source, warnings: &mut Warnings) -> Result<Vec<Resource>, SourceError> {
    let (file, text) = (&source.name, source.text.trim_start_matches('\u{feff}'));
    let place = Place::new(file, 1);
    let begins_json = text.trim_start().starts_with(['{', '[']);
    if begins_json || has_extension(file, "json") {
        let json = Json::parse(text).map_err(|error| {
            let place = Place { line: error.line, ..place.clone() };
            SourceError::at(&place, error.message).expected("JSON")
        })?;
        // First: with a stated route, a saved error would pass for a meta response.
        if let Some(status) = error_status(&json) {
            let message = format!("a saved error of Truto ({status}), not a schema");
            if source.found {
                warnings.add(format!("{message}; it is skipped"), &[&place]);
                return Ok(Vec::new());
            }
            return Err(SourceError::at(&place, message).expected(FORMS));
        }
        if catalog::is_catalog(&json) {
            return catalog::read(&json, file, warnings);
        }
        if source.about.is_some() || meta::is_meta(&json) {
            let resource = meta::read(&json, file, source.about.as_ref(), warnings)?;
            return Ok(vec![resource]);
        }
        if unified_model::is_unified_model(&json) {
            return unified_model::read(&json, file, warnings);
        }
    } else if page::is_page(text) {
        return page::read(text, file, warnings);
    }
    if source.found {
        warnings.add("not a known kind of source; it is skipped", &[&place]);
        return Ok(Vec::new());
    }
    Err(SourceError::at(&place, "this is not a known kind of source").expected(FORMS))
}

/// Returns whether the name ends with the extension, in any case.
fn has_extension(file: &str, extension: &str) -> bool {
    let own = std::path::Path::new(file).extension();
    own.is_some_and(|own| own.eq_ignore_ascii_case(extension))
}

/// The status of a saved error body, `{"statusCode":401,…}`.
fn error_status(json: &Json) -> Option<String> {
    let schema = ["schema", "resources", "result", "query_schema", "request_body_schema"];
    if schema.iter().any(|key| json.get(key).is_some()) {
        return None;
    }
    match json.get("statusCode").or_else(|| json.get("status_code")).map(|json| &json.node) {
        Some(Node::Number(status)) => Some(status.clone()),
        _ => None,
    }
}

/// The words of an enum of texts, each once: two variants for one value would be ambiguous.
fn enum_words(
    listed: &[Json],
    path: &str,
    file: &Arc<str>,
    warnings: &mut Warnings,
) -> Vec<String> {
    let mut words = Vec::with_capacity(listed.len());
    let mut seen = HashSet::new();
    for word in listed {
        match &word.node {
            Node::Text(text) if seen.insert(text) => words.push(text.clone()),
            Node::Text(_) | Node::Null => {}
            _ => {
                let message =
                    format!("a value of `enum` of `{path}` is {}; it is left out", word.kind());
                warnings.add(message, &[&Place::new(file, word.line)]);
            }
        }
    }
    words
}

#[cfg(test)]
mod form_tests;
#[cfg(test)]
mod rule_tests;
