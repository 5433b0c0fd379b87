//! Where a nested type is declared.

use super::shapes::Nested;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Home {
    /// In the file of a resource.
    Resource(usize, usize),
    /// In the shared file of a model.
    Model(usize),
    /// In the shared file of all models.
    All,
}

/// The narrowest place that all uses reach.
pub(crate) fn home(nested: &Nested) -> Home {
    let Some(first) = nested.uses.first() else {
        return Home::All;
    };
    if nested.uses.iter().any(|at| at.model != first.model) {
        return Home::All;
    }
    match nested.uses.iter().any(|at| at.resource != first.resource) {
        true => Home::Model(first.model),
        false => Home::Resource(first.model, first.resource),
    }
}
