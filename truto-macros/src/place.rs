//! Places in the source at which rustc and an editor show generated code.

use proc_macro2::Span;

/// A token of the source, as the place of generated code.
///
/// rustc shows code from its first to its last token. An editor works the other way round: it finds the
/// generated tokens with the span of the token under the cursor, and offers to rename them. Therefore
/// only the function's name has that span; other code has the empty spans before and after it. A
/// compiler without empty spans gets the span of the token.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) whole: Span,
    pub(crate) start: Span,
    pub(crate) end: Span,
}

impl Place {
    pub(crate) fn new(whole: Span) -> Self {
        let (start, end) = ends(whole).unwrap_or((whole, whole));
        Self { whole, start, end }
    }

    /// The same place, marked as generated: lints are silent about it, and an editor does not rename it.
    pub(crate) fn generated(self) -> Self {
        let generated = |span| Span::mixed_site().located_at(span);
        Self {
            whole: generated(self.whole),
            start: generated(self.start),
            end: generated(self.end),
        }
    }
}

#[cfg(span_ends)]
#[expect(clippy::incompatible_msrv, reason = "the build script looked at the compiler")]
fn ends(span: Span) -> Option<(Span, Span)> {
    // Tests run without a compiler.
    proc_macro::is_available().then(|| {
        let span = span.unwrap();
        (span.start().into(), span.end().into())
    })
}

#[cfg(not(span_ends))]
fn ends(_: Span) -> Option<(Span, Span)> {
    None
}
