//! Paths in the attribute: `truto-route` parses valid ones, this module repairs the others.
//!
//! A path is read in three steps. [`whole`] removes what does not belong to a path (a host, a query,
//! quotes, invisible characters), [`family`] settles the first segment (spelling, prefixes), and
//! [`repair`] reads the others one by one. Each step records its mistakes and continues with the
//! intended text. Helps are written at the end, when the repaired path is known: the mistakes become one
//! error that shows the whole path, so that a user needs only one round.

mod custom_method;
mod family;
mod merge;
mod placeholder;
mod repair;
mod segment;
#[cfg(test)]
mod tests;
mod whole;

use std::borrow::Cow;

use truto_route::{Family, Method, Route};

use crate::dialect::Dialect;
use crate::recovered::Recovered;

/// The longest path, in bytes, so that each diagnostic stays readable.
const MAX_BYTES: usize = 2048;

/// A mistake in a path, and the text to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathError {
    pub(crate) message: String,
    pub(crate) help: String,
    /// The part of the text that is wrong, in bytes.
    pub(crate) at: (usize, usize),
}

/// The rest of the attribute, as far as the help for a path depends on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    pub(crate) dialect: Dialect,
    pub(crate) method: Option<Method>,
    pub(crate) has_name: bool,
    pub(crate) has_response: bool,
}

/// A mistake whose help is written once the repaired path is known.
#[derive(Debug)]
struct Mistake {
    message: String,
    /// A note that follows "write `<path>`".
    note: Cow<'static, str>,
    at: (usize, usize),
}

impl Mistake {
    fn new(message: impl Into<String>, at: (usize, usize)) -> Self {
        Self { message: message.into(), note: "".into(), at }
    }

    fn note(mut self, note: impl Into<Cow<'static, str>>) -> Self {
        self.note = note.into();
        self
    }
}

/// Reads a path. The value is a path that `Route::parse` accepts: the one that was written, or the
/// intended one next to the mistakes.
pub(crate) fn parse(context: Context, text: &str) -> Recovered<String, PathError> {
    let all = (0, text.len());
    if text.len() > MAX_BYTES {
        let message = format!("the path is longer than {MAX_BYTES} bytes");
        return unclear(context, Mistake::new(message, all));
    }
    let whole = whole::clean(text);
    let mut mistakes = whole.mistakes;
    let Some(path) = whole.path else {
        let mistake = mistakes.pop().unwrap_or_else(|| Mistake::new("empty path", all));
        return unclear(context, mistake);
    };
    let repaired = repair::repair(context, &path);
    // The help of a mistake in the whole text also corrects the segments.
    if mistakes.iter().all(|mistake| mistake.at != all) {
        mistakes.extend(repaired.mistakes);
    }
    if !text.starts_with('/') && repaired.segments.len() == 1 {
        // A single word.
        return unclear(context, mistakes.swap_remove(0));
    }
    let mut read = finish(context, text, &repaired.segments, mistakes);
    if repaired.is_guess {
        read.value = None;
    }
    read
}

/// An error about a path whose intention is unknown; the help shows an example.
fn unclear(context: Context, mistake: Mistake) -> Recovered<String, PathError> {
    let example = family::example(context);
    let help = format!("write the path of the endpoint, for example `{example}`");
    Recovered::wrong(None, PathError { message: mistake.message, help, at: mistake.at })
}

/// Writes the helps, and checks that the path belongs to the attribute.
fn finish(
    context: Context,
    text: &str,
    segments: &[String],
    mistakes: Vec<Mistake>,
) -> Recovered<String, PathError> {
    let path: String = segments.iter().flat_map(|segment| ["/", segment]).collect();
    // The earlier steps return valid segments only.
    let Ok(route) = Route::parse(&path) else {
        return unclear(context, Mistake::new(format!("`{text}` is not a path"), (0, text.len())));
    };
    let is_own = is_of(context.dialect, &path);
    let error = merge::merged(mistakes).map(|Mistake { message, note, at }| {
        let help = if is_own {
            let missing = family::missing(context, &route);
            let missing = missing.map_or_else(String::new, |keys| format!("; add {keys}"));
            format!("write `{path}`{note}{missing}")
        } else {
            format!("{}{note}", family::other_attribute(context, &route, Some(&path)))
        };
        PathError { message, help, at }
    });
    let error = error.or_else(|| (!is_own).then(|| family::wrong_attribute(context, &route, text)));
    Recovered { value: Some(path), errors: error.into_iter().collect() }
}

/// True for a path of a family that the attribute accepts.
fn is_of(dialect: Dialect, path: &str) -> bool {
    let is_unified = Route::parse(path).is_ok_and(|route| route.family() == Family::Unified);
    is_unified == (dialect == Dialect::Unified)
}
