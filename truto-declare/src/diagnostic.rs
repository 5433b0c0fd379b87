//! What a run has to say beside its files: warnings, and the error that ends it.

use std::fmt;

use crate::model::Place;

/// Something that a source leaves open, or that two sources say differently.
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
pub(crate) struct Warnings(Vec<Warning>);

impl Warnings {
    pub(crate) fn add(&mut self, message: impl Into<String>, places: &[&Place]) {
        let warning = Warning {
            message: crate::text::visible(&message.into()),
            places: places.iter().map(|&place| place.clone()).collect(),
        };
        self.0.push(warning);
    }

    pub(crate) fn take(self) -> Vec<Warning> {
        let mut seen = std::collections::HashSet::new();
        let new = |warning: &Warning| seen.insert(warning.to_string());
        self.0.into_iter().filter(new).collect()
    }
}

/// Why nothing was written: the source cannot be read, or does not say what it is about.
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
