//! Warnings of a run, and the error that ends it.

use std::fmt;

use crate::model::Place;

/// A gap in a source, or a contradiction between two sources.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Warning {
    pub(crate) message: String,
    pub(crate) places: Vec<Place>,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for (index, place) in self.places.iter().enumerate() {
            let between = if index == 0 { " (" } else { ", " };
            write!(f, "{between}{place}")?;
        }
        if self.places.is_empty() {
            return Ok(());
        }
        f.write_str(")")
    }
}

/// The warnings of a run, in the order in which they were found, each once.
#[derive(Debug, Default)]
pub(crate) struct Warnings {
    all: Vec<Warning>,
    /// The number of schemas that references have added in this run; limited, since they can multiply.
    pub(crate) unfolded: usize,
    /// The number of schemas read in this run; it keeps their definitions apart.
    pub(crate) schemas: usize,
}

impl Warnings {
    pub(crate) fn add(&mut self, message: impl Into<String>, places: &[&Place]) {
        let warning = Warning {
            message: crate::text::visible(&message.into()),
            places: places.iter().map(|&place| place.clone()).collect(),
        };
        self.all.push(warning);
    }

    /// The warnings in the order in which they were found, each once; unless `all` is set, at most
    /// `PER_KIND` of each kind.
    pub(crate) fn lines(self, all: bool) -> Vec<String> {
        let mut seen = std::collections::HashSet::new();
        let mut kinds: Vec<(String, Vec<String>)> = Vec::new();
        let mut at = std::collections::HashMap::new();
        for warning in self.all {
            let text = warning.to_string();
            if !seen.insert(text.clone()) {
                continue;
            }
            let kind = kind(&warning.message);
            // Grouped by kind, so that the limit applies to each kind and not to the run.
            let index = *at.entry(kind.clone()).or_insert(kinds.len());
            if index == kinds.len() {
                kinds.push((kind, Vec::new()));
            }
            kinds[index].1.push(text);
        }
        let mut lines = Vec::new();
        for (_, mut warnings) in kinds {
            let more = warnings.len().saturating_sub(PER_KIND);
            if !all && more > 0 {
                warnings.truncate(PER_KIND);
                warnings.push(format!("{more} more of this kind; `--verbose` prints them"));
            }
            lines.append(&mut warnings);
        }
        lines
    }
}

/// Warnings of one kind that are printed without `--verbose`.
const PER_KIND: usize = 20;

/// The message without its parts in backticks, the commas between these, and its numbers.
fn kind(message: &str) -> String {
    let (mut kind, mut rest) = (String::new(), message);
    while let Some((before, quoted)) = rest.split_once('`') {
        if before != ", " {
            kind.push_str(before);
        }
        // A name may have backticks, too: the one that ends it is followed by a space or a sign.
        let is_end =
            |after: &str| !after.starts_with(|c: char| c == '`' || c == '_' || c.is_alphanumeric());
        let end =
            quoted.match_indices('`').map(|(at, _)| &quoted[at + 1..]).find(|after| is_end(after));
        rest = end.unwrap_or_default();
    }
    kind.push_str(rest);
    kind.retain(|c| !c.is_ascii_digit());
    kind
}

/// An error that ends the run before anything is written.
#[derive(Debug, Clone)]
pub(crate) struct SourceError {
    pub(crate) place: Option<Place>,
    pub(crate) message: String,
    pub(crate) expected: Option<String>,
}

impl SourceError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { place: None, message: crate::text::visible(&message.into()), expected: None }
    }

    pub(crate) fn at(place: &Place, message: impl Into<String>) -> Self {
        Self { place: Some(place.clone()), ..Self::new(message) }
    }

    pub(crate) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.message)?;
        match &self.expected {
            Some(expected) => write!(f, "\n  expected {expected}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for SourceError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_that_differ_in_names_and_numbers_are_of_one_kind() {
        let mut warnings = Warnings::default();
        for n in 0..3 * PER_KIND {
            let listed = vec!["`a`"; 1 + n % 12].join(", ");
            let message = format!("`users.f{n}` has {n} more values than {listed}");
            warnings.add(message, &[]);
        }
        // A name may have a backtick itself.
        for name in ["a`b", "`", "``c", "d`", "e`_f`1"] {
            warnings.add(format!("`{name}` has 2 more values than `{name}`, `a`"), &[]);
        }
        warnings.add("another", &[]);
        let lines = warnings.lines(false);
        assert_eq!(lines.len(), PER_KIND + 2);
        assert_eq!(lines[PER_KIND], "45 more of this kind; `--verbose` prints them");
    }
}
