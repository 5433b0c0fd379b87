//! The import of the runtime: all generated code names it by an alias, so that a path which does not lead
//! to it is one error.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::Ident;
use syn::spanned::Spanned;

use crate::check::Function;

/// The hidden module of the runtime. rustc shows its name where `crate = …` leads to another crate.
const MODULE: &str = "truto_core_runtime";

/// The alias of a path to the runtime; endpoints of one stack may name several paths.
pub(crate) fn name(number: usize) -> Ident {
    let span = Span::mixed_site();
    match number {
        0 => Ident::new("__truto", span),
        number => format_ident!("__truto{number}", span = span),
    }
}

/// Gives functions with the same path the same alias.
pub(crate) fn assign_names(functions: &mut [Function]) {
    let mut paths: Vec<String> = Vec::new();
    for function in functions {
        let path = function.krate.to_token_stream().to_string();
        let known = paths.iter().position(|known| *known == path);
        let number = known.unwrap_or_else(|| {
            paths.push(path);
            paths.len() - 1
        });
        function.runtime = name(number);
    }
}

/// Imports the runtime, once per path.
pub(crate) fn imports(functions: &[Function]) -> TokenStream {
    let mut imports = TokenStream::new();
    let mut aliases = Vec::<&Ident>::new();
    for function in functions {
        let alias = &function.runtime;
        if aliases.contains(&alias) {
            continue;
        }
        aliases.push(alias);
        let span = function.krate.as_ref().map_or_else(Span::call_site, Spanned::span);
        let module = Ident::new(MODULE, span);
        let mut alias = alias.clone();
        alias.set_span(alias.span().located_at(span));
        let path = function.krate.as_ref().map(ToTokens::to_token_stream);
        let path = path.unwrap_or_else(|| quote!(::truto_core));
        imports.extend(quote!(use #path::#module as #alias;));
    }
    imports
}

/// Imports a function under the name of each parameter. A parameter is a pattern, so its name would be
/// that of a `const`, a `static` or a unit struct in scope; of all values, it may shadow only functions.
pub(crate) fn parameters(functions: &[Function]) -> TokenStream {
    let mut names = Vec::<Ident>::new();
    for name in functions.iter().flat_map(Function::parameters) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.sort();
    let Some(Function { runtime, .. }) = functions.first().filter(|_| !names.is_empty()) else {
        return TokenStream::new();
    };
    // The array uses the imports, so that no lint reports them.
    quote! {
        #(use #runtime::parameter as #names;)*
        let _ = [#(#names),*];
    }
}
