//! The cause of an error that came from a layer below.

use std::error::Error as StdError;
use std::fmt;

use super::text::OneLine;

/// The maximum number of characters of a cause that an error shows.
const MAX_CAUSE: usize = 200;

/// An error of a lower layer, as text: its chain from the outermost level to the innermost one.
///
/// `Display` shows the innermost cause, which is the specific one ("connection refused"); the levels
/// above it only add context. The text of [`Error`](crate::Error) ends with it, so `source()` returns
/// only the levels above.
pub(crate) struct Cause {
    innermost: String,
    above: Option<Box<Level>>,
}

/// One level of a chain, without the innermost one.
struct Level {
    text: String,
    below: Option<Box<Level>>,
}

impl Cause {
    pub(crate) fn new(error: &(dyn StdError + 'static)) -> Self {
        let texts = chain(error).map(|error| OneLine(&error.to_string(), MAX_CAUSE).to_string());
        // Skips errors without a text. They explain nothing, and since every text ends with an empty one, the
        // next step would remove all levels above an empty innermost text.
        let mut texts: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
        let innermost = texts.pop().unwrap_or_default();
        // Some levels repeat the text of the one below.
        texts.retain(|text| !text.ends_with(&innermost));
        texts.dedup();
        Self { innermost, above: level_of(texts.into_iter().rev()) }
    }

    /// Adds the proxy of the connection, which may have failed.
    pub(crate) fn through_proxy(mut self, proxy: Option<&str>) -> Self {
        if let Some(proxy) = proxy {
            let innermost = &mut self.innermost;
            *innermost = format!("{innermost} (through the proxy `{proxy}` of the environment)");
        }
        self
    }

    /// The chain without its innermost cause.
    pub(crate) fn above_innermost(&self) -> Option<&(dyn StdError + 'static)> {
        self.above.as_deref().map(|level| level as _)
    }
}

/// The outermost level of a chain, from the texts of its levels, the innermost first.
fn level_of(texts: impl Iterator<Item = impl Into<String>>) -> Option<Box<Level>> {
    texts.fold(None, |below, text| Some(Box::new(Level { text: text.into(), below })))
}

/// An error and the causes below it, the outermost first.
pub(crate) fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

impl From<&str> for Cause {
    fn from(text: &str) -> Self {
        Self { innermost: text.to_owned(), above: None }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.innermost)
    }
}

impl StdError for Level {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.below.as_deref().map(|level| level as _)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row: the texts of a chain, then the innermost one and those that `source()` yields.
    #[test]
    fn the_innermost_cause_is_shown_once() {
        for (texts, innermost, above) in [
            (&["refused"][..], "refused", &[][..]),
            (&["sending", "connecting", "refused"], "refused", &["sending", "connecting"]),
            (&["sending", "connecting: refused", "refused"], "refused", &["sending"]),
            (&["sending", "sending", "refused"], "refused", &["sending"]),
            (&["sending", "refused", ""], "refused", &["sending"]),
            (&["", "refused"], "refused", &[]),
            (&[""], "", &[]),
        ] {
            let top = level_of(texts.iter().rev().copied()).expect("a chain");
            let cause = Cause::new(&*top);
            assert_eq!(cause.to_string(), innermost);
            let levels: Vec<String> = cause
                .above_innermost()
                .into_iter()
                .flat_map(chain)
                .map(ToString::to_string)
                .collect();
            assert_eq!(levels, above);
            let shown = cause.above_innermost().map(|level| format!("{level:?}"));
            assert_eq!(shown.as_deref(), above.first().copied());
        }
    }
}
