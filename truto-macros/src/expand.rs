//! Tokens only; everything is decided by now.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::Visibility;
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use truto_route::Role;

use crate::check::{Checked, Function, Output};
use crate::decodable;
use crate::item::Head;
use crate::place::Place;
use crate::resource::{self, role_trait};
use crate::sibling::use_of;
use crate::tokens::{at, endpoint, output};

pub(crate) fn expand(checked: Checked) -> TokenStream {
    let Checked { item, head, imported, functions, errors } = checked;
    let errors = errors.into_tokens();
    let generated = match &head {
        Some(head) if !functions.is_empty() => {
            head.variants().iter().map(|head| implementation(head, &functions)).collect()
        }
        _ => TokenStream::new(),
    };
    let imports = imported.iter().map(use_of);
    // Before the item, whose attributes that were left in place report the errors below.
    quote!(#errors #item #generated #(#imports)*)
}

fn implementation(head: &Head, functions: &[Function]) -> TokenStream {
    let Head { ident, generics, cfgs, allows, .. } = head;
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let methods = functions.iter().map(|function| method(head, function, functions));
    // The methods alone: the rest would only add rustc's errors about the item to ours.
    if !head.is_sound {
        return quote! {
            #(#cfgs)*
            #(#allows)*
            impl #impl_generics #ident #type_generics #where_clause {
                #(#methods)*
            }
        };
    }
    let resources = functions.iter().filter_map(|function| {
        let role_trait = role_trait(function, functions)?;
        Some(resource::implementation(head, function, &role_trait))
    });
    let rest: TokenStream = resources.chain([decodable::checks(head, functions)]).collect();
    let rest = (!rest.is_empty()).then(|| {
        quote! {
            #(#cfgs)*
            #(#allows)*
            const _: () = { #rest };
        }
    });
    quote! {
        #(#cfgs)*
        #(#allows)*
        impl #impl_generics #ident #type_generics #where_clause {
            #(#methods)*
        }
        #rest
    }
}

fn method(head: &Head, function: &Function, all: &[Function]) -> TokenStream {
    let Function { path, name, arguments, .. } = function;
    let krate = function.runtime();
    let private = quote!(#krate::__private);
    let output = output(function);
    let path = Place::new(path.span());
    let (mut parameters, mut values) = (Vec::new(), Vec::new());
    for (position, argument) in arguments.iter().enumerate() {
        let is_secret = function.secret.contains(&position);
        parameters.push(argument_parameter(argument, is_secret, path, &krate));
        values.push(if is_secret {
            quote!(&#private::exposed(&#argument))
        } else {
            quote!(&#argument)
        });
    }
    let (constant, endpoint) = constant(head, function, all);
    let mut request = quote!(#private::request(#endpoint, &[#(#values),*]));
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
    let docs = docs(head, function);
    let alias = function.alias.iter();
    let lints = lints(function);
    let place = place(head, function);
    let visibility = at(place.start, head.visibility.to_token_stream());
    let first = quote_spanned!(place.start=> fn);
    let last = quote_spanned!(place.end=> >);
    let mut code = Group::new(Delimiter::Brace, quote!(#constant #request));
    code.set_span(place.end);
    quote! {
        #(#[doc = #docs])*
        #(#[doc(alias = #alias)])*
        #lints
        #visibility #first #name(#(#parameters),*) -> #krate::Request<#output #last #code
    }
}

/// The endpoint of a function: that of the trait of its role, or a separate constant. A trait with a
/// query or body type is not implemented where that type cannot be encoded.
fn constant(head: &Head, function: &Function, all: &[Function]) -> (TokenStream, TokenStream) {
    let krate = function.runtime();
    let names_a_type = function.query.is_some() || function.body.is_some();
    if let Some(role_trait) = role_trait(function, all).filter(|_| head.is_sound && !names_a_type) {
        (TokenStream::new(), quote!(<Self as #krate::resource::#role_trait>::ENDPOINT))
    } else {
        let endpoint = endpoint(function);
        (quote!(static ENDPOINT: #krate::Endpoint = #endpoint;), quote!(&ENDPOINT))
    }
}

/// A path argument, whose bound is shown at the path.
fn argument_parameter(
    name: &Ident,
    is_secret: bool,
    path: Place,
    krate: &TokenStream,
) -> TokenStream {
    let (module, bound) = if is_secret {
        (at(path.start, quote!(#krate::)), "SecretArgument")
    } else {
        (quote_spanned!(path.start=> ::core::fmt::), "Display")
    };
    let bound = Ident::new(bound, path.end);
    quote!(#name: impl #module #bound)
}

/// The place of a function: its path, where rustc then points for a name that a written method has,
/// for a type that is more private than the function, and for a function that is never used.
///
/// `unreachable_pub` would point there, too, and offer to replace it. A function that is just as
/// reachable as its struct is marked as generated, so that this lint reports the struct alone. An
/// `#[allow]` would be an error under `#![forbid(unreachable_pub)]`.
fn place(head: &Head, function: &Function) -> Place {
    let place = Place::new(function.path.span());
    let names_a_type = function.query.is_some()
        || function.body.is_some()
        || matches!(function.output, Output::Given(_));
    if matches!(head.visibility, Visibility::Public(_)) && !names_a_type {
        place.generated()
    } else {
        place
    }
}

/// Clippy's lints on the name, which may come from the route, and on a small query or body.
fn lints(function: &Function) -> TokenStream {
    let by_reference = (function.query.is_some() || function.body.is_some())
        .then(|| quote!(#[allow(clippy::trivially_copy_pass_by_ref)]));
    let name = match function.name.to_string().as_str() {
        "new" => quote!(#[allow(clippy::new_ret_no_self)]),
        "default" | "from_iter" | "from_str" => quote!(#[allow(clippy::should_implement_trait)]),
        _ => TokenStream::new(),
    };
    quote!(#by_reference #name)
}

/// Summary, route, arguments.
fn docs(head: &Head, function: &Function) -> Vec<String> {
    let resource = &head.ident;
    let summary = match (&function.doc, function.role, &function.output) {
        (Some(doc), ..) => doc.value(),
        (None, Role::List, Output::Page) => {
            format!("Lists records of [`{resource}`](Self), page by page.")
        }
        (None, Role::Get, Output::Record) => format!("Gets one record of [`{resource}`](Self)."),
        (None, Role::Create, _) => format!("Creates a record of [`{resource}`](Self)."),
        (None, Role::Update, _) => format!("Updates one record of [`{resource}`](Self)."),
        (None, Role::Delete, _) => format!("Deletes one record of [`{resource}`](Self)."),
        _ => format!("Calls `{}` of [`{resource}`](Self).", function.name.unraw()),
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
        if function.route.ends_with("..>") {
            lines.push(" The last one may be several segments, separated by `/`.".to_owned());
        }
    }
    for position in &function.secret {
        let name = &function.arguments[*position];
        lines.push(String::new());
        lines.push(format!(" `{}` is a secret: requests and errors do not show it.", name.unraw()));
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
