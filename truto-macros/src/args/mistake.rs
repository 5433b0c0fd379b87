//! One mistake in one argument, before its help is known.

use proc_macro2::Span;

/// A mistake in the key, the separator or the value of an argument.
///
/// Its help is the argument as it should have been written, which is known only when the key and the
/// value have been read; `help` is set only where that would not be enough.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Mistake {
    pub(super) fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
