//! Fields such as `&'static str` in a struct that derives `Deserialize`.
//!
//! Serde then implements `Deserialize<'static>` alone, and rustc reports that the implementation is "not
//! general enough", without the field. So the field is reported here, and is skipped by serde, so that
//! nothing else fails. Where the field may be decoded otherwise, rustc decides.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, DeriveInput, Field, Fields, GenericArgument, Meta, PathArguments, Token, Type,
    parse_quote,
};

use crate::args::compact;
use crate::derived;
use crate::diag::helped_at;
use crate::recovered::Recovered;

/// The errors about fields that borrow, if there are any, and the item in which serde skips those fields.
pub(crate) fn find(attributes: &[Attribute], item: &TokenStream) -> Option<Recovered<TokenStream>> {
    if derived::deserialize(attributes).is_none() || !attributes.iter().all(is_harmless) {
        return None;
    }
    let mut item: DeriveInput = syn::parse2(item.clone()).ok()?;
    let syn::Data::Struct(data) = &mut item.data else {
        return None;
    };
    // Serde ignores `skip_deserializing` on the field of a newtype.
    if matches!(&data.fields, Fields::Unnamed(fields) if fields.unnamed.len() == 1) {
        return None;
    }
    let mut errors = Vec::new();
    for field in &mut data.fields {
        let Some(owned) = owned(&field.ty).filter(|_| field.attrs.iter().all(is_decoded)) else {
            continue;
        };
        let written = compact(&field.ty.to_token_stream());
        errors.push(helped_at(
            &field.ty,
            &format!("a response struct cannot borrow: a field is `{written}`"),
            &format!("own the data: write `{}`", named(field, &owned)),
        ));
        field.attrs.push(parse_quote!(#[serde(skip_deserializing)]));
    }
    let is_found = !errors.is_empty();
    is_found.then(|| Recovered { value: Some(quote!(#(#attributes)* #item)), errors })
}

fn named(field: &Field, ty: &Type) -> String {
    let ty = compact(&ty.to_token_stream());
    field.ident.as_ref().map_or_else(|| ty.clone(), |name| format!("{name}: {ty}"))
}

/// True for an attribute of the struct after which serde still decodes its fields as they are declared.
fn is_harmless(attribute: &Attribute) -> bool {
    const HARMLESS: [&str; 12] = [
        "allow",
        "cfg",
        "deny",
        "deprecated",
        "derive",
        "doc",
        "expect",
        "forbid",
        "must_use",
        "non_exhaustive",
        "repr",
        "warn",
    ];
    let is_kept =
        |key: &str| !["from", "try_from", "remote", "transparent", "bound"].contains(&key);
    HARMLESS.iter().any(|name| attribute.path().is_ident(name))
        || keys_of_serde(attribute).is_some_and(|keys| keys.iter().all(|key| is_kept(key)))
}

/// True for an attribute of a field after which serde still decodes the field by its type.
fn is_decoded(attribute: &Attribute) -> bool {
    let is_kept = |key: &str| {
        !["skip", "skip_deserializing", "deserialize_with", "with", "flatten", "getter", "bound"]
            .contains(&key)
    };
    attribute.path().is_ident("doc")
        || keys_of_serde(attribute).is_some_and(|keys| keys.iter().all(|key| is_kept(key)))
}

/// The keys in `#[serde(…)]`; `None` for another attribute.
fn keys_of_serde(attribute: &Attribute) -> Option<Vec<String>> {
    let Meta::List(list) = &attribute.meta else {
        return None;
    };
    let arguments = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(list.tokens.clone());
    let key = |argument: Meta| Some(argument.path().get_ident()?.to_string());
    let keys = arguments.ok()?.into_iter().map(key).collect();
    list.path.is_ident("serde").then_some(keys).flatten()
}

/// The type without its references; `None` if it has none to `'static` data that serde borrows.
fn owned(ty: &Type) -> Option<Type> {
    match ty {
        Type::Reference(reference) => {
            let is_static = reference.lifetime.as_ref().is_some_and(|name| name.ident == "static");
            let is_static = is_static && reference.mutability.is_none();
            let element = reference.elem.to_token_stream().to_string();
            match element.split_whitespace().collect::<String>().as_str() {
                "str" if is_static => Some(parse_quote!(String)),
                "[u8]" if is_static => Some(parse_quote!(Vec<u8>)),
                _ => None,
            }
        }
        Type::Group(group) => owned(&group.elem),
        Type::Paren(paren) => owned(&paren.elem),
        Type::Path(path) => {
            let mut path = path.clone();
            let is_standard = is_standard(&path.path);
            let last = path.path.segments.last_mut()?;
            let is_container = is_standard && CONTAINERS.iter().any(|name| last.ident == name);
            let PathArguments::AngleBracketed(arguments) = &mut last.arguments else {
                return None;
            };
            let mut is_changed = false;
            for argument in arguments.args.iter_mut().filter(|_| is_container) {
                if let GenericArgument::Type(ty) = argument {
                    if let Some(own) = owned(ty) {
                        *ty = own;
                        is_changed = true;
                    }
                }
            }
            is_changed.then_some(Type::Path(path))
        }
        _ => None,
    }
}

/// False for a path to a type of another crate or module, which may be decoded otherwise.
fn is_standard(path: &syn::Path) -> bool {
    let is_root = |name: &str| path.segments[0].ident == name;
    path.segments.len() == 1 || ["alloc", "collections", "core", "std"].into_iter().any(is_root)
}

/// Types of the standard library that have a default and decode their arguments.
const CONTAINERS: [&str; 7] =
    ["BTreeMap", "BTreeSet", "HashMap", "HashSet", "Option", "Vec", "VecDeque"];

#[cfg(test)]
mod tests {
    use super::*;

    /// The helps for a struct.
    fn helps(item: &str) -> Vec<String> {
        let read = |input: syn::parse::ParseStream<'_>| {
            Ok((Attribute::parse_outer(input)?, input.parse::<TokenStream>()?))
        };
        let (attributes, item) = read.parse_str(item).expect("an item");
        let errors = find(&attributes, &item).map(|found| found.errors).unwrap_or_default();
        let expanded: TokenStream =
            errors.into_iter().map(syn::Error::into_compile_error).collect();
        let helps = crate::feedback::compile_errors(&expanded.to_string());
        let help = |text: &String| text.split('`').nth(3).expect("a help").to_owned();
        helps.iter().map(help).collect()
    }

    #[test]
    fn writes_each_borrowing_type_as_an_owned_one() {
        for (ty, owned) in [
            ("&'static str", "String"),
            ("&'static [u8]", "Vec<u8>"),
            ("(&'static str)", "String"),
            ("Option<&'static str>", "Option<String>"),
            (
                "std::collections::HashMap<&'static str, Vec<&'static [u8]>>",
                "std::collections::HashMap<String, Vec<Vec<u8>>>",
            ),
        ] {
            let found = helps(&format!("#[derive(Debug, Deserialize)] struct A {{ a: {ty} }}"));
            assert_eq!(found, [format!("a: {owned}")], "{ty}");
        }
        let several = "#[derive(serde::Deserialize)] #[serde(deny_unknown_fields)]
            struct A(#[serde(default)] &'static str, u8, #[doc = \"B\"] pub &'static str);";
        assert_eq!(helps(several), ["String", "String"]);
    }

    #[test]
    fn leaves_other_fields_to_rustc() {
        for item in [
            "#[derive(Deserialize)] struct A { a: Cow<'static, str> }",
            "#[derive(Deserialize)] struct A { a: &'static User }",
            "#[derive(Deserialize)] struct A { a: &'a str, b: &str, c: &'static mut str }",
            "#[derive(Deserialize)] struct A { a: PhantomData<&'static str> }",
            "#[derive(Deserialize)] struct A { a: others::Vec<&'static str> }",
            "#[derive(Deserialize)] struct A(&'static str);",
            "#[derive(Deserialize)] struct A { #[serde(skip)] a: &'static str }",
            "#[derive(Deserialize)] struct A { #[serde(default, skip_deserializing)] a: &'static str }",
            "#[derive(Deserialize)] struct A { #[serde(default)] #[serde(with = \"b\")] a: &'static str }",
            "#[derive(Deserialize)] struct A { #[serde(deserialize_with = \"b\")] a: &'static str }",
            "#[derive(Deserialize)] struct A { #[cfg(b)] a: &'static str }",
            "#[derive(Deserialize)] struct A { #[cfg_attr(b, serde(skip))] a: &'static str }",
            "#[derive(Deserialize)] struct A { #[serde_as(as = \"B\")] a: &'static str }",
            "#[derive(Deserialize)] #[serde(from = \"B\")] struct A { a: &'static str }",
            "#[derive(Deserialize)] #[serde(try_from = \"B\")] struct A { a: &'static str }",
            "#[derive(Deserialize)] #[serde(transparent)] struct A { a: &'static str }",
            "#[derive(Deserialize)] #[serde_with::serde_as] struct A { a: &'static str }",
            "#[derive(Deserialize)] #[cfg_attr(b, serde(from = \"B\"))] struct A { a: &'static str }",
            "#[derive(Deserialize)] enum A { B(&'static str) }",
            "#[derive(Serialize)] struct A { a: &'static str }",
            "#[derive(rkyv::Deserialize)] struct A { a: &'static str }",
            "struct A { a: &'static str }",
        ] {
            assert!(helps(item).is_empty(), "{item}");
        }
    }
}
