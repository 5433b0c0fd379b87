//! Tokens only; everything is decided by now.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::Visibility;
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use truto_route::Role;

use crate::check::{Checked, Function, Output};
use crate::decodable::assertion;
use crate::item::Head;
use crate::resource::{self, role_trait};
use crate::tokens::{endpoint, output};

pub(crate) fn expand(checked: Checked) -> TokenStream {
    let Checked { item, head, imported, functions, errors } = checked;
    let errors = errors.into_tokens();
    let generated = match &head {
        Some(head) if !functions.is_empty() => implementation(head, &functions),
        _ => TokenStream::new(),
    };
    // An attribute that was taken off is still used, as far as its import goes.
    let imports = imported.iter().map(|name| {
        quote! {
            #[allow(unused_imports)]
            const _: () = {
                use #name as _;
            };
        }
    });
    quote!(#item #generated #(#imports)* #errors)
}

fn implementation(head: &Head, functions: &[Function]) -> TokenStream {
    let Head { ident, generics, cfgs, allows, .. } = head;
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let methods = functions.iter().map(|function| method(head, function));
    let resources = functions.iter().filter_map(|function| {
        let role_trait = role_trait(function, functions)?;
        Some(resource::implementation(head, function, &role_trait))
    });
    let assertion = assertion(head, functions);
    // The struct says it once, where the word can be changed.
    let unreachable =
        matches!(head.visibility, Visibility::Public(_)).then(|| quote!(#[allow(unreachable_pub)]));
    quote! {
        #(#cfgs)*
        #(#allows)*
        #unreachable
        impl #impl_generics #ident #type_generics #where_clause {
            #(#methods)*
        }
        #(#resources)*
        #assertion
    }
}

fn method(head: &Head, function: &Function) -> TokenStream {
    let Function { path, name, arguments, .. } = function;
    let span = path.span();
    let visibility = at(span, head.visibility.to_token_stream());
    let krate = function.runtime();
    let private = quote!(#krate::__private);
    let output = output(function);
    let mut parameters: Vec<TokenStream> =
        arguments.iter().map(|argument| quote!(#argument: impl ::core::fmt::Display)).collect();
    let mut request = quote!(#private::request(&ENDPOINT, &[#(&#arguments),*]));
    // The parameter and its use are one identifier: the type may come out of another macro.
    if let Some(ty) = &function.query {
        let query = Ident::new("query", Span::call_site());
        parameters.push(quote!(#query: &#ty));
        request = quote_spanned!(ty.span()=> #private::query::<#ty, _>(#request, #query));
    }
    if let Some(ty) = &function.body {
        if function.body_refused {
            parameters.push(quote!(_: &#ty));
        } else {
            let body = Ident::new("body", Span::call_site());
            parameters.push(quote!(#body: &#ty));
            request = quote_spanned!(ty.span()=> #private::body::<#ty, _>(#request, #body));
        }
    }
    let endpoint = endpoint(function);
    let docs = docs(head, function);
    let alias = function.alias.iter();
    // The function lies at the path, where rustc then points: for a name that a written method has,
    // or a type that is more private than the function.
    quote_spanned! {span=>
        #(#[doc = #docs])*
        #(#[doc(alias = #alias)])*
        #visibility fn #name(#(#parameters),*) -> #krate::Request<#output> {
            static ENDPOINT: #krate::Endpoint = #endpoint;
            #request
        }
    }
}

/// The same tokens at another place.
fn at(span: Span, tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut token| {
            token.set_span(span);
            token
        })
        .collect()
}

/// Summary, route, arguments.
fn docs(head: &Head, function: &Function) -> Vec<String> {
    let resource = &head.ident;
    let summary = match (&function.doc, function.role, &function.output) {
        (Some(doc), ..) => doc.value(),
        (None, Role::List, Output::Page) => {
            format!("Lists records of [`{resource}`], page by page.")
        }
        (None, Role::Get, Output::Record) => format!("Gets one record of [`{resource}`]."),
        (None, Role::Create, _) => format!("Creates a record of [`{resource}`]."),
        (None, Role::Update, _) => format!("Updates one record of [`{resource}`]."),
        (None, Role::Delete, _) => format!("Deletes one record of [`{resource}`]."),
        _ => format!("Calls `{}` of [`{resource}`].", function.name.unraw()),
    };
    let mut lines = vec![format!(" {summary}"), String::new(), format!(" `{}`", function.route)];
    if !function.arguments.is_empty() {
        let names: Vec<_> =
            function.arguments.iter().map(|name| format!("`{}`", name.unraw())).collect();
        lines.push(String::new());
        lines.push(match &*names {
            [one] => format!(" Path argument: {one}, sent as one encoded segment."),
            _ => {
                format!(" Path arguments: {}, each sent as one encoded segment.", names.join(", "))
            }
        });
    }
    if function.query.is_some() {
        lines.push(String::new());
        lines.push(" `query` holds the endpoint's own query parameters.".to_owned());
    }
    if function.body.is_some() {
        lines.push(String::new());
        lines.push(" `body` is the request body.".to_owned());
    }
    lines
}
