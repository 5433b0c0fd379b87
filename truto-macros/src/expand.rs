//! Generates the output from the checked input; makes no decisions about the declaration.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Type, Visibility};
use truto_route::Role;

use crate::args::Key;
use crate::check::{Checked, Function, Output};
use crate::decodable;
use crate::exposure;
use crate::item::{Decoding, Head};
use crate::named::names;
use crate::place::Place;
use crate::resource::Resource;
use crate::runtime;
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

/// All generated items of one struct, in a block that keeps their imports private.
fn implementation(head: &Head, functions: &[Function]) -> TokenStream {
    let Head { ident, generics, cfgs, allows, .. } = head;
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let imports = runtime::imports(functions);
    let parameters = runtime::parameters(functions);
    let lints = lints(ident, functions);
    let methods = functions.iter().map(|function| method(head, function, functions));
    let mut rest = TokenStream::new();
    // For an invalid item, only the methods: the rest would add errors of rustc about the item.
    if head.is_sound {
        rest.extend(
            functions.iter().filter_map(|function| {
                Some(Resource::of(function, functions)?.implementation(head))
            }),
        );
        rest.extend(exposure::checks(head, functions));
        match &head.decoding {
            Decoding::Expected => rest.extend(decodable::checks(head, functions)),
            Decoding::Failed(derived) => {
                rest.extend(decodable::stand_in(head, functions, derived));
            }
            Decoding::Unknown => {}
        }
    }
    quote! {
        #(#cfgs)*
        #(#allows)*
        #lints
        const _: () = {
            #imports
            impl #impl_generics #ident #type_generics #where_clause {
                #(#methods)*
            }
            #parameters
            #rest
        };
    }
}

fn method(head: &Head, function: &Function, all: &[Function]) -> TokenStream {
    let Function { path, name, arguments, runtime: krate, .. } = function;
    let output = output(function);
    let path = Place::new(path.span());
    let (mut parameters, mut values) = (Vec::new(), Vec::new());
    for (position, argument) in arguments.iter().enumerate() {
        let is_secret = function.secret.contains(&position);
        parameters.push(argument_parameter(argument, is_secret, path, krate));
        values.push(if is_secret {
            quote!(&#krate::exposed(&#argument))
        } else {
            quote!(&#argument)
        });
    }
    // The parameter and its use share one identifier, since the type may come from another macro with
    // other hygiene.
    let (query, body) = (function.query_name(), function.body_name());
    if let (Some(ty), Some(query)) = (&function.query, query) {
        parameters.push(quote!(#query: &#ty));
    } else if function.unread.contains(&Key::Query) {
        parameters.push(quote!(_: &impl ?::core::marker::Sized));
    }
    if let Some(ty) = &function.body {
        let pattern = body.map_or_else(|| quote!(_), ToTokens::to_token_stream);
        parameters.push(quote!(#pattern: &#ty));
    } else if function.unread.contains(&Key::Body) {
        parameters.push(quote!(_: &impl ?::core::marker::Sized));
    }
    let request = request(head, function, all, &values);
    let docs = docs(head, function);
    let alias = function.alias.iter();
    let place = place(head, function);
    let visibility = at(place.start, head.visibility.to_token_stream());
    let first = quote_spanned!(place.start=> fn);
    let last = quote_spanned!(place.end=> >);
    let mut code = Group::new(Delimiter::Brace, request);
    code.set_span(place.end);
    quote! {
        #[doc = #docs]
        #(#[doc(alias = #alias)])*
        #visibility #first #name(#(#parameters),*) -> #krate::Request<#output #last #code
    }
}

/// The code of a function: the trait of its role builds the request, or else the function does.
fn request(
    head: &Head,
    function: &Function,
    all: &[Function],
    values: &[TokenStream],
) -> TokenStream {
    let resource = Resource::of(function, all).filter(|_| head.is_sound);
    if let Some(call) = resource.and_then(|resource| resource.call(values)) {
        return call;
    }
    let krate = &function.runtime;
    let endpoint = endpoint(function);
    let mut request = quote!(#krate::request(&ENDPOINT, &[#(#values),*]));
    if let (Some(ty), Some(query)) = (&function.query, function.query_name()) {
        request = quote_spanned!(ty.span()=> #krate::query::<#ty, _>(#request, #query));
    }
    if let (Some(ty), Some(body)) = (&function.body, function.body_name()) {
        request = quote_spanned!(ty.span()=> #krate::body::<#ty, _>(#request, #body));
    }
    quote!(static ENDPOINT: #krate::Endpoint = #endpoint; #request)
}

/// A path argument, whose bound is shown at the path.
fn argument_parameter(name: &Ident, is_secret: bool, path: Place, krate: &Ident) -> TokenStream {
    let (module, bound) = if is_secret {
        (at(path.start, quote!(#krate::)), "SecretArgument")
    } else {
        (quote_spanned!(path.start=> ::core::fmt::), "Display")
    };
    let bound = Ident::new(bound, path.end);
    quote!(#name: impl #module #bound)
}

/// The place of a function: its path. rustc points to it for a name that a handwritten method has, and for
/// a type that is more private than the function.
///
/// `unreachable_pub` would also point there and offer to replace it. A public function is marked as
/// generated, so that this lint reports the struct alone; [`exposure`] reports the types of such a function.
/// An `#[allow]` would be an error under `#![forbid(unreachable_pub)]`.
fn place(head: &Head, function: &Function) -> Place {
    let place = Place::new(function.path.span());
    if matches!(head.visibility, Visibility::Public(_)) { place.generated() } else { place }
}

/// Clippy's lints on the names, which may come from routes, and on small queries or bodies.
fn lints(resource: &Ident, functions: &[Function]) -> TokenStream {
    let has_type = |function: &Function| function.query.is_some() || function.body.is_some();
    let by_reference = functions
        .iter()
        .any(has_type)
        .then(|| quote!(#[allow(clippy::trivially_copy_pass_by_ref)]));
    // Clippy does not ask for a slice or `str` in place of a type that is only passed on, except of a `Cow`.
    let is_cow = |ty: &Type| names(ty.to_token_stream(), &Ident::new("Cow", Span::call_site()));
    let cow = functions
        .iter()
        .flat_map(|function| function.query.iter().chain(&function.body))
        .any(is_cow)
        .then(|| quote!(#[allow(clippy::ptr_arg)]));
    let function_names =
        functions.iter().map(|function| match function.name.to_string().as_str() {
            "new" => quote!(#[allow(clippy::new_ret_no_self)]),
            "default" | "from_iter" | "from_str" => {
                quote!(#[allow(clippy::should_implement_trait)])
            }
            _ => TokenStream::new(),
        });
    // Clippy compares the names in this way: `list` of a struct `List`.
    let resource = resource.unraw().to_string().to_lowercase();
    let is_named_alike =
        |function: &Function| function.name.unraw().to_string().replace('_', "") == resource;
    let named_alike = functions
        .iter()
        .any(is_named_alike)
        .then(|| quote!(#[allow(clippy::self_named_constructors)]));
    quote!(#by_reference #cow #(#function_names)* #named_alike)
}

/// The text about an argument of a `<name..>` placeholder.
const SEVERAL: &str = "it may be several segments separated by `/`, each of which is encoded";

/// Summary, route and arguments in one attribute, since each attribute takes time to compile.
fn docs(head: &Head, function: &Function) -> String {
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
    let mut paragraphs = vec![summary, format!("`{}`", function.route)];
    let names: Vec<_> =
        function.arguments.iter().map(|name| format!("`{}`", name.unraw())).collect();
    let list = names.join(", ");
    match (names.len(), function.route.ends_with("..>")) {
        (0, _) => {}
        (1, false) => {
            paragraphs.push(format!("Path argument: {list}, sent as one encoded segment."));
        }
        (1, true) => paragraphs.push(format!("Path argument: {list}; {SEVERAL}.")),
        (_, false) => {
            paragraphs.push(format!("Path arguments: {list}, each sent as one encoded segment."));
        }
        (_, true) => paragraphs.push(format!(
            "Path arguments: {list}, each sent as one encoded segment except the last one; {SEVERAL}."
        )),
    }
    for position in &function.secret {
        let name = &names[*position];
        paragraphs.push(format!("{name} is a secret: requests and errors do not show it."));
    }
    if let Some(query) = function.query_name() {
        paragraphs.push(format!("`{query}` holds the endpoint's own query parameters."));
    }
    if let Some(body) = function.body_name() {
        paragraphs.push(format!("`{body}` is the request body."));
    }
    paragraphs.iter().map(|text| format!(" {text}")).collect::<Vec<_>>().join("\n\n")
}
