//! The first segment of a path: the family, and whether the attribute accepts it.

use truto_route::{Family, Method, Route, Segment};

use super::placeholder::{decoded, is_foreign};
use super::repair::Written;
use super::segment::letters;
use super::{Context, Mistake, PathError};
use crate::diag::is_one_edit;
use crate::dialect::Dialect;

const FAMILIES: [&str; 3] = ["unified", "proxy", "custom"];

/// Repairs the first segment: removes a prefix, corrects the spelling of the family, or adds it.
pub(super) fn settle(
    context: Context,
    path: &str,
    written: &mut Vec<Written<'_>>,
    mistakes: &mut Vec<Mistake>,
) {
    let Some(first) = written.first() else {
        return;
    };
    // From the most certain repair to the least: only the first that applies is reported.
    let all = (0, path.len());
    if let Some((end, family)) = prefix_end(context.dialect, written) {
        let prefix: String = written[..end].iter().flat_map(|own| ["/", &own.text]).collect();
        let message = format!("unexpected `{prefix}` before `/{family}/`");
        mistakes.push(Mistake::new(message, all));
        written.drain(..end);
        written[0].text = family.into();
    } else if let Some(family) = misspelled(&first.text) {
        let message = format!("unknown kind of route `/{}/`", first.text);
        mistakes.push(Mistake::new(message, first.at));
        written[0].text = family.into();
    } else if context.dialect == Dialect::Unified && is_without_family(written) {
        let message = format!("path `{path}` is not under `/unified/`");
        let note = "; for a route of Truto's own API write `#[endpoint(...)]`";
        mistakes.push(Mistake::new(message, all).note(note));
        let at = first.at;
        written.insert(0, Written { text: "unified".into(), at });
    } else if is_placeholder(&first.text) {
        let message = format!("placeholder `{}` in place of the kind of route", first.text);
        mistakes.push(Mistake::new(message, first.at));
        written[0].text = base(context.dialect).into();
    }
}

/// The first segment of the attribute's examples.
fn base(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Unified => "unified",
        Dialect::Any => "proxy",
    }
}

/// True for a placeholder in any notation, also if it is percent-encoded.
pub(super) fn is_placeholder(segment: &str) -> bool {
    is_foreign(&decoded(segment))
}

/// The family that a segment names, ignoring characters that no segment can have.
fn family_name(segment: &str) -> Option<&'static str> {
    let name = letters(&decoded(segment), Family::Admin);
    FAMILIES.into_iter().find(|family| name == *family && !is_placeholder(segment))
}

/// The number of segments before the family, as in `/api/v1/unified/…`, and the family.
fn prefix_end(dialect: Dialect, written: &[Written<'_>]) -> Option<(usize, &'static str)> {
    // A prefix has up to three segments, such as `/api/rest/v1`; later words are resources.
    let mut families = written.iter().take(4).map(|own| family_name(&own.text));
    let (end, family) = families.by_ref().enumerate().find_map(|(at, name)| Some((at, name?)))?;
    let is_unified = dialect == Dialect::Unified && family == "unified";
    let is_prefix = |own: &Written<'_>| {
        let name = letters(&decoded(&own.text), Family::Custom);
        let version = name.strip_prefix('v').unwrap_or_default();
        matches!(name.as_str(), "api" | "rest" | "truto" | "latest")
            || (!version.is_empty() && version.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
            || is_placeholder(&own.text)
    };
    (end > 0 && (is_unified || written[..end].iter().all(is_prefix))).then_some((end, family))
}

/// The family whose name differs from a segment by one edit or by its case.
fn misspelled(first: &str) -> Option<&'static str> {
    let lower = letters(&decoded(first), Family::Admin).to_lowercase();
    match lower.as_str() {
        "unify" | "unified-api" | "unifieds" | "unified_api" => return Some("unified"),
        "proxies" | "proxy-api" | "proxy_api" => return Some("proxy"),
        "custom-api" | "custom_api" => return Some("custom"),
        _ => {}
    }
    FAMILIES
        .into_iter()
        .filter(|family| first != *family)
        .find(|family| lower == *family || is_one_edit(&lower, family))
}

/// True if the path begins with a model and a resource.
fn is_without_family(written: &[Written<'_>]) -> bool {
    let is_literal = |own: &Written<'_>| {
        matches!(Segment::parse(&own.text, Family::Unified), Ok(Segment::Literal(_)))
    };
    match written {
        [first, second, ..] => {
            let is_known = Family::from_segment(&first.text) != Family::Admin;
            !is_known && is_literal(first) && is_literal(second)
        }
        _ => false,
    }
}

/// The meaning of a segment up to the resource, and an example.
pub(super) fn head_name(family: Family, index: usize) -> Option<(&'static str, &'static str)> {
    match (family, index) {
        (Family::Unified, 1) => Some(("model", "e-signature")),
        (Family::Unified, 2) => Some(("resource", "users")),
        (Family::Proxy | Family::Custom, 1) => Some(("resource", "tickets")),
        _ => None,
    }
}

/// Completes a path, so that it names a resource, and a record if the method acts on one.
pub(super) fn complete(context: Context, segments: &mut Vec<String>) {
    if segments.is_empty() {
        segments.push(base(context.dialect).to_owned());
    }
    let family = Family::from_segment(&segments[0]);
    while let Some((_, example)) = head_name(family, segments.len()) {
        segments.push(example.to_owned());
    }
    if matches!(context.method, Some(Method::Patch | Method::Put | Method::Delete)) {
        segments.push("<id>".to_owned());
    }
}

/// A path that the attribute accepts with the method, and for which it derives a function.
pub(super) fn example(context: Context) -> String {
    let mut segments = Vec::new();
    complete(context, &mut segments);
    segments.iter().flat_map(|segment| ["/", segment]).collect()
}

/// The error about a path that is valid in the other attribute.
pub(super) fn wrong_attribute(context: Context, route: &Route<'_>, text: &str) -> PathError {
    let place = match context.dialect {
        Dialect::Unified => "is not under `/unified/`",
        Dialect::Any => "is under `/unified/`",
    };
    PathError {
        message: format!("path `{text}` {place}"),
        help: other_attribute(context, route, None),
        at: (0, text.len()),
    }
}

/// The help that names the attribute for paths of this family.
///
/// It is the only error of such a path, so it also names the keys that the attribute will need.
pub(super) fn other_attribute(context: Context, route: &Route<'_>, path: Option<&str>) -> String {
    let arguments = path.map_or_else(|| "...".to_owned(), |path| format!("path = {path:?}, ..."));
    let mut help = match context.dialect {
        Dialect::Unified => {
            format!("write `#[endpoint({arguments})]`, the attribute for all other routes")
        }
        Dialect::Any => {
            format!("write `#[unified_endpoint({arguments})]`, the attribute for unified routes")
        }
    };
    if let Some(keys) = missing(context, route) {
        help.push_str(", with ");
        help.push_str(&keys);
    }
    help
}

/// The keys that a route without a derived function needs and that are not given.
pub(super) fn missing(context: Context, route: &Route<'_>) -> Option<String> {
    let family = route.family();
    let is_unnamed = match context.method {
        None => !family.has_derived_shapes(),
        Some(method) => {
            let method = if family.takes(method) { method } else { Method::Patch };
            route.derive(method).name.is_none()
        }
    };
    let name = (!context.has_name).then_some("`name = \"find_user\"`");
    let response = (!context.has_response).then_some("`response = T`");
    let keys: Vec<&str> = name.into_iter().chain(response).collect();
    (is_unnamed && !keys.is_empty()).then(|| keys.join(" and "))
}
