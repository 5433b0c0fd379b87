//! The names under which the expansion imports the runtime.

use proc_macro2::Span;
use quote::{ToTokens as _, format_ident};
use syn::{Ident, Path};

/// Names each path to the runtime; endpoints of one stack may name several. Functions with the same path
/// get the same alias.
pub(crate) fn of_paths<'p>(paths: impl Iterator<Item = Option<&'p Path>>) -> Vec<Ident> {
    let mut known: Vec<String> = Vec::new();
    let number = |path: Option<&Path>| {
        let path = path.to_token_stream().to_string();
        known.iter().position(|known| *known == path).unwrap_or_else(|| {
            known.push(path);
            known.len() - 1
        })
    };
    paths.map(number).map(name).collect()
}

pub(crate) fn name(number: usize) -> Ident {
    let span = Span::mixed_site();
    match number {
        0 => Ident::new("__truto", span),
        number => format_ident!("__truto{number}", span = span),
    }
}
