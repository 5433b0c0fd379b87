//! The struct below the attribute. Only its head is parsed, so compile time does not depend on its
//! fields.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{
    Attribute, GenericParam, Generics, Ident, Meta, Token, Visibility, WhereClause, parse_quote,
};

use crate::diag::{Errors, helped};
use crate::dialect::Dialect;
use crate::model::Endpoint;
use crate::recovered::Recovered;
use crate::sibling::{self, Sibling};
use crate::{borrowed, derived, fields};

/// Each conditional type parameter doubles the number of implementations.
const MAX_CONDITIONAL: usize = 4;

/// A struct, and the endpoints stacked on it.
pub(crate) struct Item {
    /// The item without the attributes that are expanded, as it is emitted.
    pub(crate) tokens: TokenStream,
    /// The endpoints of the attributes below the one that is expanded.
    pub(crate) siblings: Vec<Endpoint>,
    /// The endpoints of those that were above it and postponed themselves.
    pub(crate) postponed: Vec<Endpoint>,
    /// The mistakes in those.
    pub(crate) postponed_errors: Errors,
    /// The number of attributes down to the last one that may be ours under another name, and down to those
    /// that moved below it; `None` if there is none.
    pub(crate) down_to_alias: Option<usize>,
    /// The bare names of these attributes, whose imports count as used.
    pub(crate) imported: Vec<Ident>,
    /// The same item with errors about fields that borrow, which a response cannot have.
    pub(crate) borrowing: Option<Recovered<TokenStream>>,
    /// The head of the struct, or of another item in its place.
    pub(crate) head: Recovered<Head>,
}

#[derive(Clone)]
pub(crate) struct Head {
    pub(crate) visibility: Visibility,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// `#[cfg]`s of the struct, which the generated items need too.
    pub(crate) cfgs: Vec<Attribute>,
    /// `#[allow]`s that the generated items need: those of the struct, and for a deprecated struct.
    pub(crate) allows: Vec<TokenStream>,
    /// False for an item that cannot have endpoints, which is reported.
    pub(crate) is_sound: bool,
    pub(crate) decoding: Decoding,
}

/// The implementation of `Deserialize` for the struct.
#[derive(Clone)]
pub(crate) enum Decoding {
    /// Derived or written by hand, if not forgotten.
    Expected,
    /// The derive macro of this path cannot generate it while a field is incomplete.
    Failed(syn::Path),
    /// The fields are incomplete, and no derive macro is seen.
    Unknown,
}

impl Head {
    /// The head under each outcome of the `#[cfg]`s of its type parameters: an attribute macro sees
    /// them unresolved, and the arguments of a type cannot carry them.
    pub(crate) fn variants(&self) -> Vec<Self> {
        let is_conditional = |parameter: &GenericParam| !conditions(parameter).is_empty();
        let Some(at) = self.generics.params.iter().position(is_conditional) else {
            return vec![self.clone()];
        };
        let (mut with, mut without) = (self.clone(), self.clone());
        let parameter = &mut with.generics.params[at];
        let conditions = conditions(parameter);
        attributes(parameter).clear();
        with.cfgs.push(parse_quote!(#[cfg(all(#(#conditions),*))]));
        without.cfgs.push(parse_quote!(#[cfg(not(all(#(#conditions),*)))]));
        let parameters = std::mem::take(&mut without.generics.params).into_pairs();
        let others = parameters.enumerate().filter(|(index, _)| *index != at);
        without.generics.params = others.map(|(_, pair)| pair).collect();
        // Terminates, since each step removes a condition; `MAX_CONDITIONAL` bounds the number of variants.
        with.variants().into_iter().chain(without.variants()).collect()
    }
}

fn attributes(parameter: &mut GenericParam) -> &mut Vec<Attribute> {
    match parameter {
        GenericParam::Type(parameter) => &mut parameter.attrs,
        GenericParam::Const(parameter) => &mut parameter.attrs,
        GenericParam::Lifetime(parameter) => &mut parameter.attrs,
    }
}

/// The conditions of a parameter's `#[cfg]`s, and of those in its `#[cfg_attr]`s.
fn conditions(parameter: &GenericParam) -> Vec<TokenStream> {
    let attributes = match parameter {
        GenericParam::Type(parameter) => &parameter.attrs,
        GenericParam::Const(parameter) => &parameter.attrs,
        GenericParam::Lifetime(parameter) => &parameter.attrs,
    };
    attributes.iter().flat_map(|attribute| conditions_of(&attribute.meta)).collect()
}

fn conditions_of(attribute: &Meta) -> Vec<TokenStream> {
    let Meta::List(list) = attribute else {
        return Vec::new();
    };
    if list.path.is_ident("cfg") {
        return vec![list.tokens.clone()];
    }
    if !list.path.is_ident("cfg_attr") {
        return Vec::new();
    }
    let parts = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(list.tokens.clone());
    let mut parts = parts.unwrap_or_default().into_iter();
    let Some(applies) = parts.next() else {
        return Vec::new();
    };
    let inner = parts.flat_map(|part| conditions_of(&part));
    inner.map(|condition| quote!(any(not(#applies), #condition))).collect()
}

/// Leaves a parameter its conditions alone. Its other attributes belong to the struct: in the header of an
/// implementation, the helper attribute of a derive macro is an error.
fn keep_conditions(parameter: &mut GenericParam) {
    let conditions = conditions(parameter);
    *attributes(parameter) =
        conditions.iter().map(|condition| parse_quote!(#[cfg(#condition)])).collect();
}

/// Reads the item; one that cannot be read at all is emitted as it is.
pub(crate) fn parse(dialect: Dialect, item: TokenStream, errors: &mut Errors) -> Item {
    let read = |input: ParseStream<'_>| -> syn::Result<Item> {
        let attributes = Attribute::parse_outer(input)?;
        let (mut siblings, mut postponed) = (Vec::new(), Vec::new());
        let (mut imported, mut others) = (Vec::<Ident>::new(), Vec::new());
        let (mut has_alias, mut down_to_alias) = (false, 0);
        let mut postponed_errors = Errors::default();
        let has_helper = derived::has_endpoint(&attributes);
        for (index, attribute) in attributes.into_iter().enumerate() {
            let is_postponed = sibling::is_postponed(&attribute);
            let errors = if is_postponed { &mut postponed_errors } else { &mut *errors };
            match Sibling::read(&attribute, has_helper, errors) {
                Sibling::Endpoint(endpoint) => {
                    siblings.extend(endpoint.map(|endpoint| *endpoint));
                    if let Some(name) = attribute.path().get_ident() {
                        if !imported.contains(name) {
                            imported.push(name.clone());
                        }
                    }
                }
                Sibling::Postponed(endpoint) => {
                    down_to_alias = index + 1;
                    postponed.extend(endpoint.map(|endpoint| *endpoint));
                }
                Sibling::Alias => {
                    has_alias = true;
                    down_to_alias = index + 1;
                    others.push(attribute);
                }
                Sibling::Other => others.push(attribute),
            }
        }
        let body: TokenStream = input.parse()?;
        let fields = fields::scan(&body);
        let borrowing = if fields.have_static { borrowed::find(&others, &body) } else { None };
        let decoding = if fields.are_whole {
            Decoding::Expected
        } else {
            derived::deserialize(&others).map_or(Decoding::Unknown, Decoding::Failed)
        };
        let cfgs =
            others.iter().filter(|attribute| attribute.path().is_ident("cfg")).cloned().collect();
        let allows = allows(&others);
        let tokens = quote!(#(#others)* #body);
        let context = (cfgs, allows, decoding);
        let head = |input: ParseStream<'_>| parse_head(dialect, input, context);
        let head = head.parse2(body).unwrap_or_else(|error| Recovered::wrong(None, error));
        Ok(Item {
            tokens,
            siblings,
            postponed,
            postponed_errors,
            down_to_alias: has_alias.then_some(down_to_alias),
            imported,
            borrowing,
            head,
        })
    };
    read.parse2(item.clone()).unwrap_or_else(|error| Item {
        tokens: item,
        siblings: Vec::new(),
        postponed: Vec::new(),
        postponed_errors: Errors::default(),
        down_to_alias: None,
        imported: Vec::new(),
        borrowing: None,
        head: Recovered::wrong(None, error),
    })
}

/// The lints that the struct allows, for its generated items. An expectation is met by the struct.
fn allows(attributes: &[Attribute]) -> Vec<TokenStream> {
    let mut allows = Vec::new();
    for attribute in attributes {
        let path = attribute.path();
        if path.is_ident("allow") || path.is_ident("expect") {
            if let Meta::List(list) = &attribute.meta {
                let lints = &list.tokens;
                allows.push(quote!(#[allow(#lints)]));
            }
        } else if path.is_ident("deprecated") {
            allows.push(quote!(#[allow(deprecated)]));
        }
    }
    allows
}

/// Parses the head. An enum and a borrowing struct keep their functions, so that calls do not cause
/// further errors.
fn parse_head(
    dialect: Dialect,
    input: ParseStream<'_>,
    (cfgs, allows, decoding): (Vec<Attribute>, Vec<TokenStream>, Decoding),
) -> syn::Result<Recovered<Head>> {
    let visibility: Visibility = input.parse()?;
    let mut errors = Vec::new();
    if !input.peek(Token![struct]) {
        let rest: TokenStream = input.fork().parse()?;
        let error = not_a_struct(dialect, &rest);
        let is_union = input.peek(Token![union]) && input.peek2(Ident);
        if !is_union && !input.peek(Token![enum]) {
            return Err(error);
        }
        errors.push(error);
    }
    input.parse::<TokenTree>()?;
    let ident: Ident = input.parse()?;
    let mut generics: Generics = input.parse()?;
    generics.params.iter_mut().for_each(keep_conditions);
    if let Some(lifetime) = generics.lifetimes().next() {
        errors.push(helped(
            lifetime.lifetime.span(),
            "a response struct cannot borrow: lifetime parameters are not allowed",
            "own the data, for example `String` instead of `&'a str`",
        ));
    }
    let conditional = |parameter: &&GenericParam| !conditions(parameter).is_empty();
    if let Some(fifth) = generics.params.iter().filter(conditional).nth(MAX_CONDITIONAL) {
        return Err(helped(
            fifth.span(),
            "more than four type parameters depend on a `#[cfg]`",
            "put the `#[cfg]` on the struct, and declare it once for each case",
        ));
    }
    // A where clause follows, before the fields of a struct or after those of a tuple struct.
    while !input.is_empty() {
        if input.peek(Token![where]) {
            generics.where_clause = Some(input.parse::<WhereClause>()?);
        } else {
            input.parse::<TokenTree>()?;
        }
    }
    let is_sound = errors.is_empty();
    let head = Head { visibility, ident, generics, cfgs, allows, is_sound, decoding };
    Ok(Recovered { value: Some(head), errors })
}

fn not_a_struct(dialect: Dialect, rest: &TokenStream) -> syn::Error {
    let mut tokens = rest.clone().into_iter().filter(
        |token| !matches!(token, TokenTree::Group(group) if group.delimiter() != Delimiter::None),
    );
    let keyword = tokens.next();
    let span = keyword.as_ref().map_or_else(Span::call_site, TokenTree::span);
    let word = keyword.to_token_stream().to_string();
    let help = match word.as_str() {
        "enum" => "wrap the enum in a struct: `struct Response(TheEnum);`",
        "union" => "write a struct that derives `serde::Deserialize`",
        _ => "put it above the struct that the endpoint returns",
    };
    helped(span, &format!("`#[{}]` goes on a struct", dialect.name()), help)
}
