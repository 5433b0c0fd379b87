//! The import of the runtime. All generated code uses an alias of it, so that a wrong path causes only
//! one error.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;
use syn::spanned::Spanned;

use crate::check::Function;
use crate::manifest;

/// The hidden module of the runtime. rustc shows its name if `crate = …` names another crate.
const MODULE: &str = "truto_core_runtime";

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
        let path = manifest::path(function.krate.as_ref());
        imports.extend(quote!(use #path::#module as #alias;));
    }
    imports
}

/// Imports a function under the name of each parameter. A parameter is a pattern, so a `const`, a
/// `static` or a unit struct of the same name in scope would be matched instead of shadowed; only
/// functions can be shadowed.
pub(crate) fn parameters(functions: &[Function]) -> TokenStream {
    let mut names = Vec::<Ident>::new();
    for name in functions.iter().flat_map(Function::parameters) {
        if !names.contains(name) {
            names.push(name.clone());
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
