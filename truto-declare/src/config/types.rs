//! Names, paths and types of the config, checked when it is read: the output has to be Rust.

use syn::{Expr, ExprLit, GenericArgument, PathArguments, Type};

/// Returns whether the text is usable as the name of a declared type.
pub(super) fn is_type_name(name: &str) -> bool {
    syn::parse_str::<syn::Ident>(name).is_ok()
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !crate::names::is_taken_by_rust(name)
}

/// Returns whether the text is a path without arguments, such as `schemars::JsonSchema`. syn also accepts
/// a lone `self`, which would name the generated module.
pub(super) fn is_path(text: &str) -> bool {
    !has_comment(text)
        && !["self", "Self", "super"].contains(&text.trim())
        && syn::parse::Parser::parse_str(syn::Path::parse_mod_style, text).is_ok()
}

/// Returns whether the path names an item: `crate` alone, or a path that ends with a keyword, names a
/// module.
pub(super) fn is_derive(path: &str) -> bool {
    let last = path.rsplit("::").next().unwrap_or_default();
    is_path(path) && !["crate", "self", "super", "Self"].contains(&last.trim())
}

/// The short name of a derive of the standard library or of serde, which generated code uses; any other
/// path without white space. Different spellings of one trait would derive it twice.
pub(super) fn derive_name(path: &str) -> String {
    const STANDARD: [&str; 9] =
        ["Clone", "Copy", "Debug", "Default", "Eq", "Hash", "Ord", "PartialEq", "PartialOrd"];
    let path: String = path.split_whitespace().collect();
    let krate = path.trim_start_matches("::").split("::").next();
    let Some((_, last)) = path.rsplit_once("::") else { return path };
    let known = match krate {
        Some("std" | "core") => STANDARD.contains(&last),
        Some("serde") => ["Serialize", "Deserialize"].contains(&last),
        _ => false,
    };
    if known { last.to_owned() } else { path }
}

/// A comment would swallow what follows it in the output.
fn has_comment(text: &str) -> bool {
    text.contains("//") || text.contains("/*")
}

/// Checks that a field of this type can be decoded and encoded; the error is the reason why not.
pub(super) fn check_field_type(text: &str) -> Result<(), String> {
    if has_comment(text) {
        return Err("it has a comment".to_owned());
    }
    // The message of the parser lists everything that a type may begin with.
    let ty: Type = syn::parse_str(text).map_err(|_| "it is not a type".to_owned())?;
    sized(&ty)
}

/// Checks a type whose value is stored in place: it cannot be `str`, which only a pointer can hold.
fn sized(ty: &Type) -> Result<(), String> {
    match ty {
        Type::Path(path) if path.path.is_ident("str") => Err("its size is not known".to_owned()),
        Type::Paren(inner) => sized(&inner.elem),
        ty => check(ty),
    }
}

fn check(ty: &Type) -> Result<(), String> {
    let refused = |what: &str| Err(what.to_owned());
    match ty {
        Type::Path(path) => {
            if let Some(own) = &path.qself {
                check(&own.ty)?;
            }
            if ["crate", "self", "super", "Self"].iter().any(|word| path.path.is_ident(word)) {
                return refused("it is not the path of a type");
            }
            path.path.segments.iter().try_for_each(|segment| {
                let is_pointer = ["Box", "Rc", "Arc"].iter().any(|name| segment.ident == name);
                arguments(&segment.arguments, if is_pointer { check } else { sized })
            })
        }
        Type::Tuple(tuple) => tuple.elems.iter().try_for_each(sized),
        Type::Array(array) => match &array.len {
            Expr::Lit(ExprLit { lit: syn::Lit::Int(_), .. }) => sized(&array.elem),
            _ => refused("the length of an array has to be a number"),
        },
        Type::Paren(inner) => check(&inner.elem),
        Type::Reference(_) => refused("it borrows"),
        Type::Infer(_) => refused("the type is inferred"),
        Type::Slice(_) | Type::TraitObject(_) => refused("its size is not known"),
        Type::ImplTrait(_) => refused("a field cannot be `impl Trait`"),
        _ => refused("it cannot be decoded"),
    }
}

fn arguments(
    arguments: &PathArguments,
    check: fn(&Type) -> Result<(), String>,
) -> Result<(), String> {
    match arguments {
        PathArguments::None => Ok(()),
        PathArguments::AngleBracketed(all) => all.args.iter().try_for_each(|one| match one {
            GenericArgument::Type(ty) => check(ty),
            GenericArgument::Const(Expr::Lit(_)) => Ok(()),
            GenericArgument::Lifetime(_) => Err("it borrows".to_owned()),
            _ => Err("its arguments are not types".to_owned()),
        }),
        PathArguments::Parenthesized(_) => Err("it is a trait".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_owned_types() {
        for text in [
            "u64",
            "Option<String>",
            "std::collections::BTreeMap<String, Vec<(u8, [f64; 3])>>",
            "truto_core::OrRaw<jiff::Timestamp>",
            "crate::Money<2>",
            "Box<str>",
            "Option<std::sync::Arc<str>>",
            "(Box<(str)>)",
            "()",
        ] {
            assert_eq!(check_field_type(text), Ok(()), "{text}");
        }
        for text in [
            "u64 // c",
            "u64 /* c */",
            "_",
            "Vec<_>",
            "&str",
            "str",
            "Vec<str>",
            "(u8, str)",
            "[str; 2]",
            "(str)",
            "Vec<(str)>",
            "std::collections::BTreeMap<String, str>",
            "crate",
            "Self",
            "Option<super>",
            "&'static str",
            "Option<&'static str>",
            "std::borrow::Cow<'static, str>",
            "[u8]",
            "Box<dyn std::fmt::Debug>",
            "Box<[u8]>",
            "impl Clone",
            "fn()",
            "*const u8",
            "!",
            "[u8; { 3 }]",
            "Fn(u8)",
            "Iterator<Item = u8>",
            "a b",
            "",
            "u64,",
            "vec![u8]",
            "String)] pub x: (u8",
        ] {
            assert!(check_field_type(text).is_err(), "{text}");
        }
    }

    #[test]
    fn merges_spellings_of_a_derive() {
        for (path, name) in [
            ("std::fmt::Debug", "Debug"),
            ("::core::fmt::Debug", "Debug"),
            ("std :: hash :: Hash", "Hash"),
            ("std::cmp::PartialOrd", "PartialOrd"),
            ("serde::Serialize", "Serialize"),
            ("::serde::de::Deserialize", "Deserialize"),
            // Another crate's macro of the same name.
            ("derive_more::Debug", "derive_more::Debug"),
            ("std::fmt::Display", "std::fmt::Display"),
            ("crate::std::Debug", "crate::std::Debug"),
            ("Debug", "Debug"),
        ] {
            assert_eq!(derive_name(path), name, "{path}");
        }
        for path in ["crate", "::crate", "a::self", "super::super", "self", "a b", ""] {
            assert!(!is_derive(path), "{path}");
        }
    }

    #[test]
    fn names_and_paths_are_plain() {
        for (text, name, path) in [
            ("Person", true, true),
            ("self", false, false),
            (" super", false, false),
            ("crate", false, true),
            ("person", false, true),
            ("String", false, true),
            ("Größe", false, true),
            ("a::B", false, true),
            ("a::B<C>", false, false),
            ("::a::B", false, true),
            ("", false, false),
            ("Self", false, false),
            ("A // b", false, false),
        ] {
            assert_eq!((is_type_name(text), is_path(text)), (name, path), "{text}");
        }
    }
}
