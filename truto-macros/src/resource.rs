//! The traits of `truto_core::resource` for endpoints of derived shape.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Generics, Lifetime, Type, parse_quote};
use truto_route::Role;

use crate::check::Function;
use crate::item::Head;
use crate::tokens::{endpoint, output};

/// An endpoint that implements the trait of its role.
pub(crate) struct Resource<'f> {
    function: &'f Function,
    /// The trait and its function.
    name: &'static str,
    call: &'static str,
    takes_body: bool,
}

impl<'f> Resource<'f> {
    /// Of several endpoints of a role, only the one with the derived name implements the trait.
    pub(crate) fn of(function: &'f Function, all: &[Function]) -> Option<Self> {
        let (name, call, takes_body) = match function.role {
            Role::List => ("List", "list", false),
            Role::Get => ("Get", "get", false),
            Role::Create => ("Create", "create", true),
            Role::Update => ("Update", "update", true),
            Role::Delete => ("Delete", "delete", false),
            Role::Method | Role::Custom | Role::Admin | Role::Other => return None,
        };
        let is_candidate = |other: &&Function| other.role == function.role && other.is_derived;
        let is_alone = all.iter().filter(is_candidate).count() == 1;
        let is_own = function.is_derived && (is_alone || function.name == call);
        is_own.then_some(Self { function, name, call, takes_body })
    }

    /// The call of the trait that the inherent function makes, with the values of its path arguments.
    ///
    /// `None` if the trait's types are `'static` and the function accepts borrowed data.
    pub(crate) fn call(&self, values: &[TokenStream]) -> Option<TokenStream> {
        let mut types = self.types().filter_map(|(_, _, ty)| ty);
        if types.clone().any(leaves_lifetimes_out) {
            return None;
        }
        // rustc shows a bound that a type does not meet at the argument, which is placed at its type.
        let argument = |name: Option<&Ident>, ty: &Option<Type>| {
            let argument = name.zip(ty.as_ref()).map(|(name, ty)| {
                let mut name = name.clone();
                name.set_span(ty.span().resolved_at(name.span()));
                name.into_token_stream()
            });
            argument.unwrap_or_else(|| quote!(&()))
        };
        let function = self.function;
        let query = argument(function.query_name(), &function.query);
        let body = self.takes_body.then(|| argument(function.body_name(), &function.body));
        let body = body.into_iter();
        let arguments = quote!(#(#values,)* #query #(, #body)*);
        Some(match types.next() {
            None => {
                let (path, call) = (self.public_trait(), word(self.call));
                quote!(<Self as #path>::#call(#arguments))
            }
            Some(ty) => {
                let path = self.private_trait();
                quote_spanned!(ty.span()=> <Self as #path>::request(#arguments))
            }
        })
    }

    /// The implementation of the trait, whose function is provided. It does not call the inherent one, so
    /// that an unused inherent function is still reported as dead code.
    pub(crate) fn implementation(&self, head: &Head) -> TokenStream {
        let public = (&self.public_trait(), self.call);
        let own = self.generics(head);
        if !self.has_types() {
            return self.implementation_of(public, head, &own, |_, _| None);
        }
        // An associated type must be as visible as the struct (E0446), but `query` and `body` need not be.
        // So they are associated types of a trait with a private marker, and the public trait's
        // implementation is generic over parameters that equal them. If a type cannot be encoded, only the
        // first implementation reports it; the second does not apply.
        let krate = &self.function.runtime;
        let (marker, with) = (self.marker(), self.with());
        let mut generics = own.clone();
        let mut equal = Vec::new();
        for (name, bound, ty) in self.types() {
            if ty.is_some() {
                let (parameter, name, bound) = (parameter(name), word(name), word(bound));
                generics.params.push(parse_quote!(#parameter: #krate::#bound));
                equal.push(quote!(#name = #parameter));
            }
        }
        let has_types = parse_quote!(Self: #krate::#with<#marker, #(#equal),*>);
        generics.make_where_clause().predicates.push(has_types);
        let private =
            self.implementation_of((&self.private_trait(), "request"), head, &own, |_, ty| {
                Some(with_static(ty.to_token_stream()))
            });
        let public = self.implementation_of(public, head, &generics, |name, _| {
            Some(parameter(name).into_token_stream())
        });
        quote!(struct #marker; #private #public)
    }

    /// The parameters of the struct; those in a type that is made `'static` must be `'static` themselves.
    fn generics(&self, head: &Head) -> Generics {
        let mut generics = head.generics.clone();
        let borrowing =
            self.types().filter_map(|(_, _, ty)| ty).filter(|ty| leaves_lifetimes_out(ty));
        let types: TokenStream = borrowing.map(ToTokens::to_token_stream).collect();
        let used = head.generics.type_params().map(|parameter| &parameter.ident);
        for parameter in used.filter(|parameter| names(types.clone(), parameter)) {
            let is_static = parse_quote!(#parameter: 'static);
            generics.make_where_clause().predicates.push(is_static);
        }
        generics
    }

    fn implementation_of(
        &self,
        (path, call): (&TokenStream, &str),
        head: &Head,
        generics: &Generics,
        type_of: impl Fn(&str, &Type) -> Option<TokenStream>,
    ) -> TokenStream {
        let name = &head.ident;
        let (_, type_generics, _) = head.generics.split_for_impl();
        let (impl_generics, _, where_clause) = generics.split_for_impl();
        let types = self.types().map(|(name, _, ty)| {
            let ty = ty.and_then(|ty| type_of(name, ty)).unwrap_or_else(|| quote!(()));
            let name = word(name);
            quote!(type #name = #ty;)
        });
        let endpoint = self.endpoint();
        let code = self.without_body(path, call);
        quote! {
            impl #impl_generics #path for #name #type_generics #where_clause {
                #(#types)*
                #endpoint
                #code
            }
        }
    }

    /// The constant of the endpoint: its path, or the whole endpoint if it has other settings.
    fn endpoint(&self) -> TokenStream {
        let Function { path, safe, secret, runtime: krate, .. } = self.function;
        if *safe || !secret.is_empty() {
            let endpoint = endpoint(self.function);
            quote!(const ENDPOINT: &'static #krate::Endpoint = &#endpoint;)
        } else {
            quote!(const __PATH: &'static str = #path;)
        }
    }

    /// The function for an endpoint without a body: the provided function would send `null`.
    fn without_body(&self, path: &TokenStream, call: &str) -> Option<TokenStream> {
        let Function { arguments, body, runtime: krate, .. } = self.function;
        if !self.takes_body || body.is_some() {
            return None;
        }
        let (call, output) = (word(call), output(self.function));
        let query = Ident::new("__truto_query", Span::mixed_site());
        Some(quote! {
            fn #call(
                #(#arguments: &dyn ::core::fmt::Display,)*
                #query: &Self::Query,
                _: &(),
            ) -> #krate::Request<#output> {
                #krate::query(#krate::request(<Self as #path>::ENDPOINT, &[#(#arguments),*]), #query)
            }
        })
    }

    /// The associated types, with the traits that they need and their values.
    fn types(
        &self,
    ) -> impl Iterator<Item = (&'static str, &'static str, Option<&'f Type>)> + Clone {
        let Function { query, body, .. } = self.function;
        let body = self.takes_body.then_some(("Body", "RequestBody", body.as_ref()));
        std::iter::once(("Query", "QueryParameters", query.as_ref())).chain(body)
    }

    fn has_types(&self) -> bool {
        self.types().any(|(_, _, ty)| ty.is_some())
    }

    fn public_trait(&self) -> TokenStream {
        let (krate, name) = (&self.function.runtime, word(self.name));
        quote!(#krate::#name)
    }

    fn private_trait(&self) -> TokenStream {
        let (krate, with, marker) = (&self.function.runtime, self.with(), self.marker());
        quote!(#krate::#with<#marker>)
    }

    fn with(&self) -> Ident {
        word(&format!("{}With", self.name))
    }

    fn marker(&self) -> Ident {
        Ident::new(&format!("__Truto{}", self.name), Span::mixed_site())
    }
}

fn word(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// The parameter of an implementation for an associated type. Names of types are not hygienic, and a struct
/// may be called `Query`.
fn parameter(name: &str) -> Ident {
    Ident::new(&format!("__Truto{name}"), Span::mixed_site())
}

/// True for a type whose elided lifetimes are not allowed, or mean something else (in a trait object), in
/// an associated type.
fn leaves_lifetimes_out(ty: &Type) -> bool {
    let ty = ty.to_token_stream();
    names(ty.clone(), &word("dyn")) || with_static(ty.clone()).to_string() != ty.to_string()
}

/// True if the word is among the tokens.
pub(crate) fn names(tokens: TokenStream, word: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(other) => other == *word,
        TokenTree::Group(group) => names(group.stream(), word),
        _ => false,
    })
}

/// The type with `'static` for each elided lifetime: `&str`, `Cow<'_, str>`. A parameter may elide
/// them, an associated type may not; through the trait, the type can then hold only static data.
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
            // Braces contain constant expressions, not types.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lifetimes_that_are_left_out_become_static() {
        for (ty, expected) in [
            ("&str", "&'static str"),
            ("&'a str", "&'a str"),
            ("Cow<'_, str>", "Cow<'static, str>"),
            ("Cow<'a, [&u8]>", "Cow<'a, [&'static u8]>"),
            ("Vec<_>", "Vec<_>"),
            ("Sized<{ size(&N) }>", "Sized<{ size(&N) }>"),
        ] {
            let found = with_static(ty.parse().expect("tokens")).to_string();
            // Generated tokens are spaced in another way.
            let squeezed = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(squeezed(&found), squeezed(expected), "{ty}");
        }
    }
}
