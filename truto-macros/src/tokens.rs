//! Tokens that the inherent functions and the traits share.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{format_ident, quote};

use crate::check::{Function, Output};

/// The type that `send` returns.
pub(crate) fn output(function: &Function) -> TokenStream {
    let krate = &function.runtime;
    match &function.output {
        Output::Page => quote!(#krate::Page<Self>),
        Output::Record => quote!(Self),
        Output::Deleted => quote!(#krate::Deleted<Self>),
        Output::Given(ty) => quote!(#ty),
    }
}

/// The constant expression of the endpoint.
pub(crate) fn endpoint(function: &Function) -> TokenStream {
    let krate = &function.runtime;
    let method = format_ident!("{}", function.method.as_str());
    let role = format_ident!("{}", function.role.variant());
    let path = &function.path;
    let endpoint = quote!(#krate::endpoint(#krate::Method::#method, #path, #krate::Role::#role));
    let endpoint = if function.safe { quote!(#krate::safe(#endpoint)) } else { endpoint };
    if function.secret.is_empty() {
        return endpoint;
    }
    let positions = function.secret.iter().map(|position| Literal::usize_unsuffixed(*position));
    quote!(#krate::secret(#endpoint, &[#(#positions),*]))
}

/// The same tokens at another place.
pub(crate) fn at(span: Span, tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut token| {
            token.set_span(span);
            token
        })
        .collect()
}
