//! Coverage pages: the methods that each integration supports.
//!
//! ```text
//! # CRM Integration Coverage
//! > Source: https://truto.one/docs/api-reference/unified-crm-api/coverage
//! ## HubSpot (`hubspot`)
//! - **Contacts**: list (partial), get, create
//! ```
//!
//! The page has labels instead of segments, and neither model nor resource follows from a label
//! (`unified-e-commerce-api` documents `/unified/ecommerce`). Its methods are therefore only added to
//! resources that another source names.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostic::Warnings;
use crate::model::{Form, Place, Rank, Resource};
use crate::route;

/// Returns whether the page is about coverage.
pub(super) fn is_coverage(text: &str) -> bool {
    text.lines()
        .find(|line| line.starts_with("# "))
        .is_some_and(|line| line.trim_end().ends_with("Coverage"))
}

/// The resources of the page, with labels in place of model and segment.
pub(super) fn read(text: &str, file: &Arc<str>, warnings: &mut Warnings) -> Vec<Resource> {
    let model = model(text);
    let mut resources = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some((label, methods)) =
            line.trim().strip_prefix("- **").and_then(|rest| rest.split_once("**:"))
        else {
            continue;
        };
        let mut resource = Resource {
            model: model.clone(),
            segment: label.trim().to_owned(),
            rank: Rank::new(Form::Coverage, file),
            description: None,
            record: None,
            routes: Vec::new(),
        };
        // `list (partial)` counts as a supported method.
        let names = methods.split(',').filter_map(|method| method.split_whitespace().next());
        let names: BTreeSet<String> = names.map(str::to_lowercase).collect();
        for name in names.iter().filter(|name| route::is_segment(name)) {
            resource.add_method(name);
        }
        for route in &mut resource.routes {
            route.place.line = index + 1;
        }
        resources.push(resource);
    }
    if resources.is_empty() && !text.contains("_No integration coverage data available._") {
        let message = "a coverage page without lines like `- **Contacts**: list, get`";
        warnings.add(message, &[&Place::new(file, 1)]);
    }
    resources
}

/// The model as the page spells it, from a route or else from the URL of its source.
fn model(text: &str) -> String {
    let segment = |rest: &str| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
        rest[..end.unwrap_or(rest.len())].to_owned()
    };
    if let Some((_, rest)) = text.split_once("/unified/") {
        return segment(rest);
    }
    let source = text.lines().find_map(|line| line.strip_prefix("> Source:")).unwrap_or_default();
    let parts = source.trim().trim_end_matches(".md").rsplit('/');
    let mut slugs = parts.filter_map(|part| part.strip_prefix("unified-"));
    // The folder `unified-apis` is not a model.
    let slug = slugs.find(|slug| *slug != "apis").unwrap_or_default();
    slug.trim_end_matches("-api").to_owned()
}

/// The form of a name that labels, slugs and segments have in common: `ecommerce` for `E-Commerce`.
pub(crate) fn common(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_comes_from_a_route_or_a_slug() {
        for (text, expected) in [
            ("> Source: https://truto.one/docs/api-reference/unified-crm-api/coverage.md", "crm"),
            ("> Source: https://truto.one/docs/unified-e-commerce-api/coverage", "e-commerce"),
            ("> Source: https://x/y\n\n`GET /unified/sso/users`", "sso"),
            ("> Source: https://truto.one/unified-apis/coverage", ""),
            ("", ""),
        ] {
            assert_eq!(model(text), expected, "{text}");
        }
    }
}
