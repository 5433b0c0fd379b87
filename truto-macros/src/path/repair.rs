//! A path that begins with `/`, segment by segment.

use std::borrow::Cow;
use std::collections::HashSet;

use truto_route::{Family, Segment, snake_case};

use super::custom_method;
use super::family::{complete, head_name, is_placeholder, settle};
use super::segment;
use super::{Context, Mistake, placeholder};

/// The segments of a valid path, and the mistakes in the written one.
pub(super) struct Repaired {
    pub(super) segments: Vec<String>,
    pub(super) mistakes: Vec<Mistake>,
    /// The path contains `..`, so its intention is uncertain.
    pub(super) is_guess: bool,
}

/// A segment and its place in the path.
pub(super) struct Written<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) at: (usize, usize),
}

/// Repairs a path that begins with `/`.
pub(super) fn repair(context: Context, path: &str) -> Repaired {
    let (mut written, slashes, mut mistakes) = split(path);
    let is_guess = path.split('/').any(|segment| segment == "..");
    settle(context, path, &mut written, &mut mistakes);
    let family = Family::from_segment(written.first().map_or("", |own| &own.text));
    if family == Family::Unified {
        mistakes.extend(custom_method::separate(context, &mut written));
    }
    let mut segments = Vec::new();
    let mut names = HashSet::new();
    for (index, own) in written.iter().enumerate() {
        let is_last = index + 1 == written.len();
        // Under `/custom/` the whole path is the provider's, so every segment may be a placeholder.
        if let Some((what, example)) = head_name(family, index)
            .filter(|_| is_placeholder(&own.text) && family != Family::Custom)
        {
            let message = format!("placeholder `{}` in place of the {what}", own.text);
            mistakes.push(Mistake::new(message, own.at));
            segments.push(example.to_owned());
            // `/unified/crm/{id}` lacks the resource, `/unified/crm/{resource}` its name.
            let name = placeholder::name(&placeholder::decoded(&own.text));
            if is_last && what == "resource" && name.to_ascii_lowercase().ends_with("id") {
                names.insert(snake_case(&name));
                segments.push(format!("<{name}>"));
            }
            continue;
        }
        let read = segment::read(&own.text, family, is_last);
        let mut text = read.text;
        let is_wrong = read.wrong.is_some();
        if let Some((message, note)) = read.wrong {
            mistakes.push(Mistake::new(message, own.at).note(note));
        }
        if let Some(renamed) = renamed(&text, family, &mut names) {
            if !is_wrong {
                let message = format!("placeholder `{text}` appears twice");
                let note = ": the names of placeholders are unique";
                mistakes.push(Mistake::new(message, own.at).note(note));
            }
            text = renamed;
        }
        segments.push(text);
    }
    if segments.len() < family.resource_segments() {
        // The help shows a complete path, which also corrects the other mistakes.
        if mistakes.is_empty() {
            let message = format!("path `{path}` has no resource");
            mistakes.push(Mistake::new(message, (0, path.len())));
        }
        complete(context, &mut segments);
    } else {
        mistakes.extend(slashes);
    }
    Repaired { segments, mistakes, is_guess }
}

/// The placeholder with a name that no other has, if its own is taken.
fn renamed(segment: &str, family: Family, names: &mut HashSet<String>) -> Option<String> {
    let name = Segment::parse(segment, family).ok()?.name()?;
    if names.insert(snake_case(name)) {
        return None;
    }
    // The range has more numbers than there are names, so one of them is free.
    let free = (2..=names.len() + 2)
        .map(|number| format!("{name}_{number}"))
        .find(|free| names.insert(snake_case(free)))?;
    Some(segment.replacen(name, &free, 1))
}

/// Splits a path into segments, without empty ones and dots; returns mistakes about slashes and dots
/// separately.
fn split(path: &str) -> (Vec<Written<'_>>, Vec<Mistake>, Vec<Mistake>) {
    let (mut written, mut slashes, mut dots) = (Vec::new(), Vec::new(), Vec::new());
    let mut start = 1;
    // Including the end: a path that ends with `/` has an empty last segment.
    while start <= path.len() {
        let rest = &path[start..];
        let length = segment_length(rest);
        let (text, at) = (&rest[..length], (start, start + length));
        match text {
            "" if slashes.is_empty() && start < path.len() => {
                slashes.push(Mistake::new("empty segment `//` in the path", (start - 1, start)));
            }
            "" if slashes.is_empty() && start > 1 => {
                slashes.push(Mistake::new("the path ends with `/`", (start - 1, start)));
            }
            "" => {}
            "." | ".." => {
                let message = format!("segment `{text}` would address another route");
                dots.push(Mistake::new(message, at));
                if text == ".." && written.len() > 1 {
                    written.pop();
                }
            }
            _ => written.push(Written { text: text.into(), at }),
        }
        start = at.1 + 1;
    }
    (written, slashes, dots)
}

/// The length of the segment that the text begins with; a pattern such as `{id:[^/]+}` is one segment.
fn segment_length(rest: &str) -> usize {
    let length = rest.find('/').unwrap_or(rest.len());
    let own = &rest[..length];
    for (open, close) in [('{', '}'), ('(', ')')] {
        let is_pattern = own.contains(open) && own.contains(':') && !own.contains(close);
        if let Some(end) = rest.find(close).filter(|_| is_pattern) {
            return rest[end..].find('/').map_or(rest.len(), |slash| end + slash);
        }
    }
    length
}
