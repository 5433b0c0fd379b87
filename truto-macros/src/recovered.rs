//! A value that was read from source with mistakes in it.

/// The result of reading a value: both fields are set if a mistake leaves no doubt about the intended
/// value. The expansion continues with that value, so calls do not cause further errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recovered<T, E = syn::Error> {
    /// The value as written, or as it was intended; `None` where the intention is unclear.
    pub(crate) value: Option<T>,
    /// The mistakes; empty if the value is as written.
    pub(crate) errors: Vec<E>,
}

impl<T, E> Recovered<T, E> {
    /// A value without mistakes.
    pub(crate) fn good(value: T) -> Self {
        Self { value: Some(value), errors: Vec::new() }
    }

    /// A mistake, and the intended value where it is clear.
    pub(crate) fn wrong(value: Option<T>, error: E) -> Self {
        Self { value, errors: vec![error] }
    }
}
