//! The traits of `truto_core::resource` for endpoints of derived shape.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::spanned::Spanned as _;
use syn::{Generics, Lifetime, Type, Visibility, parse_quote};
use truto_route::Role;

use crate::check::Function;
use crate::item::Head;
use crate::named::names;
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
    /// `None` if the function has to build its request itself: if it accepts borrowed data, since the trait's
    /// types are `'static`; if a type is unsized, since the trait requires `Sized`; or if there are two types,
    /// since the call has one span, and an error about one type would point at the other.
    pub(crate) fn call(&self, values: &[TokenStream]) -> Option<TokenStream> {
        let types = || self.declared();
        let is_given = |ty: &Type| !leaves_lifetimes_out(ty) && !is_unsized(ty);
        if !types().all(is_given) || types().count() > 1 {
            return None;
        }
        let argument =
            |name: Option<&Ident>| name.map_or_else(|| quote!(&()), |name| quote!(#name));
        let query = argument(self.function.query_name().filter(|_| self.function.query.is_some()));
        let body = self
            .takes_body
            .then(|| argument(self.function.body_name().filter(|_| self.function.body.is_some())));
        let body = body.into_iter();
        let (path, call) = (self.path(), word(self.call));
        let call = quote!(<Self as #path>::#call(#(#values,)* #query #(, #body)*));
        // rustc reports an unmet bound of the type at this call, so the call has the span of the type.
        Some(match types().next() {
            Some(ty) => located_at(ty.span(), call),
            None => call,
        })
    }

    /// The implementation of the trait, whose function is provided. It does not call the inherent one, so
    /// that an unused inherent function is still reported as dead code.
    pub(crate) fn implementation(&self, head: &Head) -> TokenStream {
        if self.declared().any(is_unsized) {
            return TokenStream::new();
        }
        let (path, name) = (self.path(), &head.ident);
        let mut generics = self.generics(head);
        let types = self.define(head, &mut generics);
        let (_, type_generics, _) = head.generics.split_for_impl();
        let (impl_generics, _, where_clause) = generics.split_for_impl();
        let endpoint = self.endpoint();
        let code = self.without_body();
        quote! {
            impl #impl_generics #path for #name #type_generics #where_clause {
                #types
                #endpoint
                #code
            }
        }
    }

    /// Defines the associated types. rustc requires them to be as visible as the struct (E0446), but a query
    /// or body type may be less visible. So each one is a parameter of the implementation, and the bound
    /// `Declared` sets it to the declared type: rustc does not check the visibility of types in bounds. One
    /// bound sets both, because two with the same type would be ambiguous (E0284).
    fn define(&self, head: &Head, generics: &mut Generics) -> TokenStream {
        let krate = &self.function.runtime;
        let is_direct = self.is_direct(head);
        let (mut definitions, mut declared, mut equal) =
            (TokenStream::new(), Vec::new(), Vec::new());
        for (name, bound, ty) in self.types() {
            let (parameter, name, bound) = (parameter(name), word(name), word(bound));
            let ty = ty.map(|ty| with_static(ty.to_token_stream()));
            let is_parameter = ty.is_some() && !is_direct;
            let ty = ty.unwrap_or_else(|| quote!(()));
            if is_parameter {
                generics.params.push(parse_quote!(#parameter: #krate::#bound));
                equal.push(quote!(#name = #parameter));
                definitions.extend(quote!(type #name = #parameter;));
            } else {
                definitions.extend(quote!(type #name = #ty;));
            }
            declared.push(ty);
        }
        if let [query, _] = &mut *declared {
            // Only the last element of a tuple may be unsized, as an alias of a slice is.
            *query = quote!(*const #query);
        }
        if !equal.is_empty() {
            let are_declared = parse_quote!((#(#declared,)*): #krate::Declared<#(#equal),*>);
            generics.make_where_clause().predicates.push(are_declared);
        }
        definitions
    }

    /// True if the associated types can be the declared ones, without parameters: no type is less visible
    /// than a private struct. Excluded are the types whose unmet bounds rustc would then report badly: twice
    /// if the function does not call the trait, and in other words for a query.
    fn is_direct(&self, head: &Head) -> bool {
        matches!(head.visibility, Visibility::Inherited)
            && self.function.query.is_none()
            && !self.declared().any(leaves_lifetimes_out)
    }

    /// The parameters of the struct; those in a type that is made `'static` must be `'static` themselves.
    fn generics(&self, head: &Head) -> Generics {
        let mut generics = head.generics.clone();
        let borrowing = self.declared().filter(|ty| leaves_lifetimes_out(ty));
        let types: TokenStream = borrowing.map(ToTokens::to_token_stream).collect();
        let used = head.generics.type_params().map(|parameter| &parameter.ident);
        for parameter in used.filter(|parameter| names(types.clone(), parameter)) {
            let is_static = parse_quote!(#parameter: 'static);
            generics.make_where_clause().predicates.push(is_static);
        }
        generics
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
    fn without_body(&self) -> Option<TokenStream> {
        let Function { arguments, body, runtime: krate, .. } = self.function;
        if !self.takes_body || body.is_some() {
            return None;
        }
        let (path, call, output) = (self.path(), word(self.call), output(self.function));
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
    fn types(&self) -> impl Iterator<Item = (&'static str, &'static str, Option<&'f Type>)> {
        let Function { query, body, .. } = self.function;
        let body = self.takes_body.then_some(("Body", "RequestBody", body.as_ref()));
        std::iter::once(("Query", "QueryParameters", query.as_ref())).chain(body)
    }

    fn declared(&self) -> impl Iterator<Item = &'f Type> {
        self.types().filter_map(|(_, _, ty)| ty)
    }

    fn path(&self) -> TokenStream {
        let (krate, name) = (&self.function.runtime, word(self.name));
        quote!(#krate::#name)
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

/// The same tokens with the location of `span`; names resolve as before.
fn located_at(span: Span, tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut token| {
            token.set_span(token.span().located_at(span));
            token
        })
        .collect()
}

/// True for a slice, a trait object or `str`. Other unsized types cannot be recognized by their tokens.
fn is_unsized(ty: &Type) -> bool {
    match ty {
        Type::Slice(_) | Type::TraitObject(_) => true,
        Type::Path(path) => path.qself.is_none() && path.path.is_ident("str"),
        Type::Group(group) => is_unsized(&group.elem),
        Type::Paren(paren) => is_unsized(&paren.elem),
        _ => false,
    }
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
    fn makes_only_elided_lifetimes_static() {
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
