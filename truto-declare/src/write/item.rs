//! Structs and enums as tokens.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::LitStr;

use super::{WIDTH, rename};
use crate::config::Config;
use crate::plan::{Doc, Endpoint, ModelPlan, Presence, StructField, Ty, Type, TypeBody, TypeRole};
use crate::text;

/// The types of the runtime that a file imports; others are written with their path.
pub(super) const IMPORTED: [&str; 5] = ["Filter", "Id", "OrRaw", "RemoteData", "Update"];

/// The surroundings of an item.
pub(super) struct Scope<'a> {
    pub(super) model: &'a ModelPlan,
    pub(super) config: &'a Config,
    /// The names of the types that the file declares or imports from `shared`.
    pub(super) own: std::collections::HashSet<&'a str>,
}

impl Scope<'_> {
    /// Returns whether the file can name a type of the runtime or of std without its path.
    pub(super) fn is_imported(&self, name: &str) -> bool {
        (IMPORTED.contains(&name) || name == "BTreeMap") && !self.own.contains(name)
    }

    pub(super) fn runtime(&self, name: &str) -> String {
        if self.is_imported(name) {
            name.to_owned()
        } else {
            format!("{}::{name}", self.config.runtime())
        }
    }

    pub(super) fn text(&self, ty: &Ty) -> String {
        match ty {
            Ty::Plain(text) => text.clone(),
            Ty::Own(index) => self.model.types[*index].name.clone(),
            Ty::Std("BTreeMap", inner) => {
                let path = if self.is_imported("BTreeMap") { "" } else { "std::collections::" };
                format!("{path}BTreeMap<String, {}>", self.text(inner))
            }
            Ty::Std(outer, inner) => format!("{outer}<{}>", self.text(inner)),
            Ty::Runtime(outer, inner) if inner.is_empty() => self.runtime(outer),
            Ty::Runtime(outer, inner) => {
                let inner: Vec<String> = inner.iter().map(|inner| self.text(inner)).collect();
                format!("{}<{}>", self.runtime(outer), inner.join(", "))
            }
        }
    }

    fn tokens(&self, ty: &Ty) -> TokenStream {
        // Most types are one name in another; parsing each as text takes as long as all the rest.
        match ty {
            Ty::Own(index) => ident(&self.model.types[*index].name).into_token_stream(),
            Ty::Std(outer, inner) if *outer != "BTreeMap" => {
                let (outer, inner) = (ident(outer), self.tokens(inner));
                quote!(#outer<#inner>)
            }
            Ty::Runtime(outer, inner) if self.is_imported(outer) => {
                let outer = ident(outer);
                let inner = inner.iter().map(|inner| self.tokens(inner));
                if inner.len() == 0 { quote!(#outer) } else { quote!(#outer<#(#inner),*>) }
            }
            _ => parsed(&self.text(ty)),
        }
    }

    pub(super) fn item(&self, ty: &Type) -> TokenStream {
        let (head, name) = (self.head(ty), ident(&ty.name));
        match &ty.body {
            TypeBody::Enum(variants) => {
                let words: Vec<(&str, &str)> =
                    variants.iter().map(|v| (v.ident.as_str(), v.wire.as_str())).collect();
                let style = rename::style(&words);
                let all = style.map(|style| quote!(#[serde(rename_all = #style)]));
                let variants = words.iter().map(|(variant, wire)| {
                    // Without a common style, serde writes the variant's own name.
                    let written = rename::apply(style.unwrap_or_default(), variant);
                    let name = ident(variant);
                    let rename = (written != *wire).then(|| {
                        let wire = string(wire);
                        quote!(#[serde(rename = #wire)])
                    });
                    quote!(#rename #name,)
                });
                quote!(#head #all pub enum #name { #(#variants)* })
            }
            TypeBody::Struct(fields) => {
                let part = self.part(ty, fields);
                let new = self.constructor(ty, fields);
                quote!(#head #part #new)
            }
        }
    }

    /// A struct with some of its fields, without its doc comment and attributes.
    pub(super) fn part(&self, ty: &Type, fields: &[StructField]) -> TokenStream {
        let name = ident(&ty.name);
        let fields = fields.iter().map(|field| self.field(field));
        quote!(pub struct #name { #(#fields)* })
    }

    /// Everything above a type.
    pub(super) fn head(&self, ty: &Type) -> TokenStream {
        let docs = match &ty.doc {
            Some(Doc::Foreign(words)) => docs(words),
            Some(Doc::Own(words)) => {
                let line = string(&format!(" {words}"));
                quote!(#[doc = #line])
            }
            None => TokenStream::new(),
        };
        let endpoints = ty.endpoints.iter().map(|endpoint| self.endpoint(endpoint));
        let derives = self.derives(ty);
        quote!(#docs #(#endpoints)* #[derive(#(#derives),*)])
    }

    fn derives(&self, ty: &Type) -> Vec<TokenStream> {
        let mut derives = vec!["Debug", "Clone"];
        let more = self.config.derives();
        let more = match ty.role {
            TypeRole::Record => &more.records,
            TypeRole::Body => &more.bodies,
            TypeRole::Enum => &more.enums,
        };
        match ty.body {
            TypeBody::Enum(_) => derives.extend(["Copy", "PartialEq", "Eq", "Hash"]),
            // With required fields, `Default` would let a program forget them.
            TypeBody::Struct(_) if ty.required().next().is_none() => {
                derives.extend(["Default", "PartialEq"]);
            }
            // Not `Eq`: a field may be a float.
            TypeBody::Struct(_) => derives.push("PartialEq"),
        }
        derives.extend(["Serialize", "Deserialize"]);
        let more = more.iter().map(String::as_str);
        let more: Vec<&str> = more.filter(|name| !derives.contains(name)).collect();
        let own = derives.iter().map(|name| ident(name).into_token_stream());
        own.chain(more.into_iter().map(parsed)).collect()
    }

    fn endpoint(&self, endpoint: &Endpoint) -> TokenStream {
        let attribute = format_ident!("{}", attribute(endpoint));
        let (verb, path) = (string(&endpoint.verb), string(&endpoint.path));
        let mut arguments = vec![quote!(method = #verb), quote!(path = #path)];
        if endpoint.named {
            let name = string(&endpoint.function);
            arguments.push(quote!(name = #name));
        }
        let types = [
            ("query", &endpoint.query),
            ("body", &endpoint.body),
            ("response", &endpoint.response),
        ];
        for (key, ty) in types {
            if let Some(ty) = ty {
                let (key, ty) = (ident(key), self.tokens(ty));
                arguments.push(quote!(#key = #ty));
            }
        }
        if self.config.runtime() != "truto_core" {
            let path: TokenStream = parsed(self.config.runtime());
            arguments.push(quote!(crate = #path));
        }
        quote!(#[#attribute(#(#arguments),*)])
    }

    fn field(&self, field: &StructField) -> TokenStream {
        let docs = field.doc.as_deref().map(docs);
        let mut arguments = Vec::new();
        if field.ident != field.wire {
            let wire = string(&field.wire);
            arguments.push(quote!(rename = #wire));
        }
        match field.presence {
            Presence::Skipped => {
                arguments.push(quote!(skip_serializing_if = "Option::is_none"));
            }
            Presence::Updated => {
                let path = format!("{}::is_keep", self.runtime("Update"));
                arguments.push(quote!(default, skip_serializing_if = #path));
            }
            Presence::Required | Presence::Optional => {}
        }
        let serde = (!arguments.is_empty()).then(|| quote!(#[serde(#(#arguments),*)]));
        let (name, ty) = (ident(&field.ident), self.tokens(&field.ty()));
        quote!(#docs #serde pub #name: #ty,)
    }

    /// `new` with the required fields, if there are any.
    fn constructor(&self, ty: &Type, fields: &[StructField]) -> Option<TokenStream> {
        ty.required().next()?;
        let name = ident(&ty.name);
        let arguments = ty.required().map(|field| {
            let (name, ty) = (ident(&field.ident), self.tokens(&field.inner));
            if is_converted(&field.inner) {
                quote!(#name: impl Into<#ty>)
            } else {
                quote!(#name: #ty)
            }
        });
        let values = fields.iter().map(|field| {
            let name = ident(&field.ident);
            match field.presence {
                Presence::Required if is_converted(&field.inner) => quote!(#name: #name.into()),
                Presence::Required => quote!(#name),
                Presence::Updated => {
                    let update: TokenStream = parsed(&self.runtime("Update"));
                    quote!(#name: #update::Keep)
                }
                Presence::Optional | Presence::Skipped => quote!(#name: None),
            }
        });
        Some(quote! {
            impl #name {
                #[doc = " Creates a value with the required fields; all others are left out."]
                #[must_use]
                pub fn new(#(#arguments),*) -> Self {
                    Self { #(#values),* }
                }
            }
        })
    }
}

/// Returns whether `new` takes `impl Into<T>` for the type.
pub(super) fn is_converted(ty: &Ty) -> bool {
    match ty {
        Ty::Plain(text) => text == "String",
        Ty::Runtime(name, _) => ["Id", "OrRaw", "Filter"].contains(name),
        _ => false,
    }
}

/// A doc comment of foreign text.
fn docs(words: &str) -> TokenStream {
    let lines = text::doc(words, WIDTH - "    /// ".len());
    let lines = lines.iter().map(|line| string(&format!(" {line}")));
    quote!(#(#[doc = #lines])*)
}

/// Tokens of a text that is known to be Rust: types were checked when the config was read.
fn parsed<T: syn::parse::Parse>(text: &str) -> T {
    syn::parse_str(text).unwrap_or_else(|error| unreachable!("`{text}`: {error}"))
}

fn ident(name: &str) -> Ident {
    // `self` and the like never get here; other keywords have an underscore.
    Ident::new(name, Span::call_site())
}

/// A literal in which unseen characters are escaped.
pub(super) fn string(text: &str) -> LitStr {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && !b"\"'\\".contains(&byte)) {
        return LitStr::new(text, Span::call_site());
    }
    parsed(&text::literal(text))
}

/// The attribute that declares an endpoint.
pub(super) fn attribute(endpoint: &Endpoint) -> &'static str {
    if endpoint.path.starts_with("/unified/") { "unified_endpoint" } else { "endpoint" }
}
