//! The traits of `truto_core::resource` for endpoints of derived shape.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, format_ident, quote};
use syn::{Lifetime, WherePredicate, parse_quote};
use truto_route::Role;

use crate::check::Function;
use crate::item::Head;
use crate::tokens::{endpoint, output};

/// The function and the trait of a role, if it has one.
fn names(role: Role) -> Option<(&'static str, &'static str)> {
    Some(match role {
        Role::List => ("list", "List"),
        Role::Get => ("get", "Get"),
        Role::Create => ("create", "Create"),
        Role::Update => ("update", "Update"),
        Role::Delete => ("delete", "Delete"),
        Role::Method | Role::Custom | Role::Admin | Role::Other => return None,
    })
}

/// The trait that an endpoint implements: of several of its role, only the one with the derived name.
pub(crate) fn role_trait(function: &Function, all: &[Function]) -> Option<Ident> {
    let (name, role_trait) = names(function.role)?;
    let is_candidate = |other: &&Function| other.role == function.role && other.is_derived;
    let is_alone = all.iter().filter(is_candidate).count() == 1;
    (function.is_derived && (is_alone || function.name == name))
        .then(|| format_ident!("{role_trait}"))
}

/// The implementation of the trait. Its function does not call the inherent one, so that an unused
/// inherent function is still reported as dead code.
///
/// An associated type has to be as visible as the struct (E0446), which `query` and `body` need not be.
/// So a private marker carries them: the implementation names only a parameter that equals them. That
/// also makes an implementation whose types cannot be encoded not apply instead of an error.
pub(crate) fn implementation(head: &Head, function: &Function, role_trait: &Ident) -> TokenStream {
    let Head { ident, generics, .. } = head;
    let (own_generics, type_generics, own_where) = generics.split_for_impl();
    let krate = function.runtime();
    let private = quote!(#krate::__private);
    let takes_body = matches!(function.role, Role::Create | Role::Update);
    let hidden = |name: &str| Ident::new(name, Span::mixed_site());
    let marker = hidden(&format!("__Truto{role_trait}"));

    let mut generics = generics.clone();
    let (mut types, mut declared, mut equal) = (Vec::new(), Vec::new(), Vec::new());
    let mut bounds: Vec<WherePredicate> = Vec::new();
    let endpoint = endpoint(function);
    let this_endpoint = quote!(<Self as #krate::resource::#role_trait>::ENDPOINT);
    let id = &function.arguments;
    let mut parameters: Vec<TokenStream> =
        id.iter().map(|id| quote!(#id: &dyn ::core::fmt::Display)).collect();
    let mut request = quote!(#private::request(#this_endpoint, &[#(#id),*]));
    let query = (&function.query, "Query", "query", "QueryParameters");
    let body = (&function.body, "Body", "body", "RequestBody");
    for (ty, associated, add, bound) in
        [Some(query), takes_body.then_some(body)].into_iter().flatten()
    {
        let (argument, add, bound) =
            (hidden(add), format_ident!("{add}"), format_ident!("{bound}"));
        // Names of types are not hygienic, and a struct may be called `Query`.
        let parameter = hidden(&format!("__Truto{associated}"));
        let associated = format_ident!("{associated}");
        let Some(ty) = ty else {
            types.push(quote!(type #associated = ();));
            declared.push(quote!(type #associated = ();));
            parameters.push(quote!(_: &Self::#associated));
            continue;
        };
        types.push(quote!(type #associated = #parameter;));
        let given = with_static(ty.to_token_stream());
        declared.push(quote!(type #associated = #given;));
        equal.push(quote!(#associated = #parameter));
        generics.params.push(parse_quote!(#parameter));
        bounds.push(parse_quote!(#parameter: #krate::#bound));
        parameters.push(quote!(#argument: &#parameter));
        request = quote!(#private::#add::<#parameter, _>(#request, #argument));
    }
    let mut declaration = TokenStream::new();
    if !equal.is_empty() {
        if !takes_body {
            declared.push(quote!(
                type Body = ();
            ));
        }
        declaration = quote! {
            struct #marker;
            impl #own_generics #private::Declares<#marker> for #ident #type_generics #own_where {
                #(#declared)*
            }
        };
        bounds.push(parse_quote!(Self: #private::Declares<#marker, #(#equal),*>));
        generics.make_where_clause().predicates.extend(bounds);
    }
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let name = names(function.role).map(|(name, _)| format_ident!("{name}"));
    let output = output(function);
    quote! {
        #declaration
        impl #impl_generics #krate::resource::#role_trait for #ident #type_generics #where_clause {
            #(#types)*
            const ENDPOINT: &'static #krate::Endpoint = &#endpoint;
            fn #name(#(#parameters),*) -> #krate::Request<#output> {
                #request
            }
        }
    }
}

/// The type with `'static` for each lifetime that is left out: `&str`, `Cow<'_, str>`. A parameter may
/// leave them out, an associated type may not; through the trait the type then holds static data.
fn with_static(ty: TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    let mut tokens = ty.into_iter().peekable();
    let is_mark =
        |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == '\'');
    let mut is_lifetime = false;
    while let Some(token) = tokens.next() {
        let is_own_lifetime = std::mem::replace(&mut is_lifetime, is_mark(&token));
        let next_is_lifetime = tokens.peek().is_some_and(is_mark);
        match token {
            TokenTree::Punct(reference) if reference.as_char() == '&' && !next_is_lifetime => {
                let span = reference.span();
                out.extend([TokenTree::Punct(reference)]);
                out.extend(Lifetime::new("'static", span).into_token_stream());
            }
            TokenTree::Ident(elided) if is_own_lifetime && elided == "_" => {
                out.extend([TokenTree::Ident(Ident::new("static", elided.span()))]);
            }
            // Not the expressions of constants.
            TokenTree::Group(group) if group.delimiter() != Delimiter::Brace => {
                let mut inner = Group::new(group.delimiter(), with_static(group.stream()));
                inner.set_span(group.span());
                out.extend([TokenTree::Group(inner)]);
            }
            other => out.extend([other]),
        }
    }
    out
}
