//! Attributes below the one that is expanded: endpoints of the same stack, or attributes of others.
//!
//! Only the name of an attribute is known here, and names can mislead: `use unified_endpoint as
//! endpoint`, or the helper attribute `endpoint` of another crate's derive macro. An attribute that is
//! left in place is expanded by the macro that its name resolves to, so removing too few only loses the
//! check for equal names within the stack. An attribute that may be ours under another name is expanded
//! first, see [`postponed`].

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Meta};

use crate::args;
use crate::diag::Errors;
use crate::dialect::Dialect;
use crate::model::Endpoint;
use crate::{manifest, postponed};

/// An attribute below the one that is expanded.
pub(crate) enum Sibling {
    /// Certainly ours: it is removed, and its endpoint is read as far as possible.
    Endpoint(Option<Box<Endpoint>>),
    /// The same, of an attribute that was above this one and postponed itself.
    Postponed(Option<Box<Endpoint>>),
    /// Left in place; the arguments are those of an endpoint, perhaps with mistakes.
    Alias,
    /// Left in place.
    Other,
}

impl Sibling {
    /// `has_helper` is true if a derive macro of the item has a helper attribute called `endpoint`.
    pub(crate) fn read(attribute: &Attribute, has_helper: bool, errors: &mut Errors) -> Self {
        let Some((dialect, written)) = name(attribute) else {
            let is_alias = matches!(&attribute.meta, Meta::List(list) if is_endpoint(&list.tokens));
            return if is_alias { Self::Alias } else { Self::Other };
        };
        let arguments = arguments(attribute);
        let span =
            attribute.path().segments.last().map_or_else(Span::call_site, |s| s.ident.span());
        let sound = |dialect| sound(dialect, &arguments);
        if written == Written::Postponed {
            let endpoint = Endpoint::parse(dialect, span, arguments, errors);
            return Self::Postponed(endpoint.map(Box::new));
        }
        if written == Written::Qualified {
            let endpoint = Endpoint::parse(dialect, span, arguments, errors);
            return Self::Endpoint(endpoint.map(Box::new));
        }
        let is_helper = dialect == Dialect::Any && has_helper;
        match sound(dialect) {
            Some(endpoint) if !is_helper => Self::Endpoint(Some(endpoint)),
            _ if is_helper => Self::Other,
            // Arguments that fit the other attribute hint at an alias.
            _ if sound(dialect.other()).is_some() => Self::Alias,
            // `endpoint` is a common word, so an attribute with mistakes may be another crate's.
            _ if dialect == Dialect::Any && declares_route(&arguments) => Self::Alias,
            _ if dialect == Dialect::Any => Self::Other,
            _ => Self::Endpoint(Endpoint::parse(dialect, span, arguments, errors).map(Box::new)),
        }
    }
}

/// The arguments of each attribute of the item that is named like one of ours.
pub(crate) fn arguments_of_all(item: &TokenStream) -> Vec<TokenStream> {
    let attributes = |input: ParseStream<'_>| {
        let attributes = Attribute::parse_outer(input)?;
        input.parse::<TokenStream>().map(|_| attributes)
    };
    let attributes = attributes.parse2(item.clone()).unwrap_or_default();
    attributes.iter().filter(|attribute| name(attribute).is_some()).map(arguments).collect()
}

/// Arguments that are an endpoint beyond doubt.
fn sound(dialect: Dialect, arguments: &TokenStream) -> Option<Box<Endpoint>> {
    let mut doubts = Errors::default();
    let endpoint = Endpoint::parse(dialect, Span::call_site(), arguments.clone(), &mut doubts);
    let is_sound = doubts.into_tokens().is_empty();
    endpoint.filter(|endpoint| is_sound && is_whole(endpoint)).map(Box::new)
}

/// True for arguments of an endpoint under a name that is not ours.
fn is_endpoint(arguments: &TokenStream) -> bool {
    let is_key = |token: TokenTree| matches!(token, TokenTree::Ident(word) if word == "method" || word == "path");
    // Most attributes are recognized as foreign by this.
    arguments.clone().into_iter().any(is_key) && declares_route(arguments)
}

/// True for arguments that either attribute accepts, or that declare a route of Truto with mistakes.
fn declares_route(arguments: &TokenStream) -> bool {
    [Dialect::Unified, Dialect::Any].into_iter().any(|dialect| {
        let mut doubts = Errors::default();
        let endpoint = Endpoint::parse(dialect, Span::call_site(), arguments.clone(), &mut doubts);
        let is_sound = doubts.into_tokens().is_empty();
        endpoint.is_some_and(|endpoint| {
            let is_ours = ["/unified/", "/proxy/"].iter().any(|it| endpoint.route.starts_with(it));
            is_ours || (is_sound && is_whole(&endpoint))
        })
    })
}

/// The arguments, without the marker of a postponed attribute.
fn arguments(attribute: &Attribute) -> TokenStream {
    match &attribute.meta {
        Meta::List(list) => {
            postponed::arguments(&list.tokens).unwrap_or_else(|| list.tokens.clone())
        }
        Meta::NameValue(pair) => pair.value.to_token_stream(),
        Meta::Path(_) => TokenStream::new(),
    }
}

/// True if name and response are known: an attribute that lacks them may be another macro's.
fn is_whole(endpoint: &Endpoint) -> bool {
    (endpoint.derived.name.is_some() || endpoint.args.name.is_some())
        && (endpoint.derived.output.is_some() || endpoint.args.response.is_some())
}

/// The form in which an attribute is written.
#[derive(PartialEq)]
enum Written {
    /// Under its name, which may be imported from anywhere.
    Bare,
    /// With the path of one of our crates.
    Qualified,
    /// By an attribute above it.
    Postponed,
}

fn name(attribute: &Attribute) -> Option<(Dialect, Written)> {
    let mut segments: Vec<String> =
        attribute.path().segments.iter().map(|segment| segment.ident.to_string()).collect();
    let dialect = Dialect::from_name(&segments.pop()?)?;
    let written = match &*segments {
        _ if is_postponed(attribute) => Written::Postponed,
        [] => Written::Bare,
        [krate] if krate == "truto_core" || krate == "truto_macros" => Written::Qualified,
        [krate] if *krate == manifest::runtime() => Written::Qualified,
        krate if is_runtime(attribute, krate) => Written::Qualified,
        _ => return None,
    };
    Some((dialect, written))
}

/// True for an attribute that was above the expanded one.
pub(crate) fn is_postponed(attribute: &Attribute) -> bool {
    matches!(&attribute.meta, Meta::List(list) if postponed::arguments(&list.tokens).is_some())
}

/// True if the attribute is `#[renamed::endpoint(…, crate = renamed)]`. Expanded alone, two endpoints of one
/// role would implement the same trait.
fn is_runtime(attribute: &Attribute, path: &[String]) -> bool {
    let (_, krate) = args::written(arguments(attribute));
    krate.is_some_and(|krate| {
        krate.segments.len() == path.len()
            && krate.segments.iter().zip(path).all(|(segment, name)| segment.ident == name)
    })
}

/// True if the expanded attribute is written by its bare name, not by a path or an alias.
pub(crate) fn is_written_bare(dialect: Dialect) -> bool {
    // Without a source text this is the usual form.
    Span::call_site().source_text().is_none_or(|text| {
        let written = text.trim_start_matches(['#', '[']).trim_start();
        let rest = written.strip_prefix(dialect.name());
        rest.is_some_and(|rest| rest.trim_start().starts_with(['(', ']']))
    })
}

/// Keeps the import of an attribute that was taken off in use; it expands to nothing.
pub(crate) fn use_of(name: &syn::Ident) -> TokenStream {
    quote!(#[#name(_)] const _: () = ();)
}

/// True of the attribute and item of [`use_of`].
pub(crate) fn is_use(args: &TokenStream, item: &TokenStream) -> bool {
    let is_marker = |token: TokenTree| matches!(token, TokenTree::Ident(word) if word == "_");
    let mut args = args.clone().into_iter();
    args.next().is_some_and(is_marker)
        && args.next().is_none()
        && item.to_string().split_whitespace().collect::<String>() == "const_:()=();"
}
