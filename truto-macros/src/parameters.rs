//! Renames parameters that would clash with constants in types.

use std::collections::HashSet;

use proc_macro2::{Ident, Spacing, TokenStream, TokenTree};
use quote::ToTokens as _;

use crate::check::{Function, Output};
use crate::item::Head;

/// Renames parameters called like a constant in a type: `<id>` beside `query = [u8; id]` becomes `id_`. A
/// parameter would hide the constant, and one called like a const parameter would be a pattern of it.
pub(crate) fn rename(functions: &mut [Function], head: Option<&Head>) {
    let used = used_names(functions, head);
    for function in functions {
        let mut taken: HashSet<String> = function.parameters().map(ToString::to_string).collect();
        let Function { arguments, query_parameter, body_parameter, .. } = function;
        for name in arguments.iter_mut().chain([query_parameter, body_parameter]) {
            let old = name.to_string();
            if !used.contains(old.trim_start_matches("r#")) {
                continue;
            }
            let mut new = old.trim_start_matches("r#").to_owned();
            while used.contains(&new) || taken.contains(&new) {
                new.push('_');
            }
            *name = Ident::new(&new, name.span());
            taken.insert(new);
        }
    }
}

/// Names that may be constants in the types of the functions and in the head of the struct.
fn used_names(functions: &[Function], head: Option<&Head>) -> HashSet<String> {
    let mut names = HashSet::new();
    for function in functions {
        let response = match &function.output {
            Output::Given(ty) => Some(&**ty),
            Output::Page | Output::Record | Output::Deleted => None,
        };
        for ty in [&function.query, &function.body].into_iter().flatten().chain(response) {
            add_names(ty.to_token_stream(), &mut names);
        }
    }
    if let Some(head) = head {
        add_names(head.generics.to_token_stream(), &mut names);
        add_names(head.generics.where_clause.to_token_stream(), &mut names);
    }
    names
}

/// Adds each identifier that is neither part of a longer path nor a lifetime.
fn add_names(tokens: TokenStream, names: &mut HashSet<String>) {
    let mut tokens = tokens.into_iter().peekable();
    let mut is_own = true;
    while let Some(token) = tokens.next() {
        // `name::`; a single colon follows the name of a const parameter.
        let is_qualifier = matches!(
            tokens.peek(),
            Some(TokenTree::Punct(mark)) if mark.as_char() == ':' && mark.spacing() == Spacing::Joint
        );
        let was_own = std::mem::replace(&mut is_own, true);
        match token {
            TokenTree::Ident(word) if was_own && !is_qualifier => {
                names.insert(word.to_string().trim_start_matches("r#").to_owned());
            }
            TokenTree::Punct(mark) => is_own = !":'".contains(mark.as_char()),
            TokenTree::Group(group) => add_names(group.stream(), names),
            _ => {}
        }
    }
}
