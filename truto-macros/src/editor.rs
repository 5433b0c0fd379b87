//! Completion and documentation of keys in rust-analyzer.
//!
//! rust-analyzer completes a word in an attribute if the word is part of a path in the expansion. The
//! expansion therefore imports each key from a hidden module of the runtime, which has one item per key.
//! rust-analyzer expands the attribute twice, as written and with a placeholder at the cursor, and needs
//! the imports at the same offset in both expansions. So they come first, and attributes without mistakes
//! have them as well. A compiler has no use for them, so they are generated in rust-analyzer only.

use std::sync::OnceLock;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote};

use crate::{args, manifest, postponed, sibling};

/// True in the process that expands macros for rust-analyzer.
pub(crate) fn is_rust_analyzer() -> bool {
    static FOUND: OnceLock<bool> = OnceLock::new();
    *FOUND.get_or_init(|| {
        let program = std::env::current_exe().ok();
        let name = program.as_ref().and_then(|program| program.file_name()?.to_str());
        name.is_some_and(is_server)
    })
}

/// Accepts `rust-analyzer-proc-macro-srv` and `rust-analyzer`, under the names that packagers give them.
fn is_server(program: &str) -> bool {
    program.contains("rust-analyzer")
}

/// Imports of the keys in these arguments and in those of the attributes below, one block per attribute.
pub(crate) fn completions(args: &TokenStream, item: &TokenStream) -> TokenStream {
    let own = postponed::arguments(args).unwrap_or_else(|| args.clone());
    let below = sibling::arguments_of_all(item);
    [own].iter().chain(&below).map(imports).collect()
}

fn imports(args: &TokenStream) -> TokenStream {
    let (keys, krate) = args::written(args.clone());
    let keys = keys.into_iter().filter_map(importable);
    let krate = manifest::path(krate.as_ref());
    // Not `use path::{…}`, in which rust-analyzer would also offer `self`.
    quote! {
        #[cfg(rust_analyzer)]
        const _: () = {
            mod keys {
                use #krate::truto_core_runtime::keys::*;
                use self::{ #(#keys as _),* };
            }
        };
    }
}

/// The key as a name that can be imported. A half-typed key may be a keyword, such as `do` for `doc`, and
/// needs `r#`; `crate` and other words of paths have no such form.
fn importable(key: Ident) -> Option<Ident> {
    if syn::parse2::<Ident>(key.to_token_stream()).is_ok() {
        return Some(key);
    }
    let is_path = ["_", "self", "Self", "super", "crate"].iter().any(|word| key == word);
    (!is_path).then(|| Ident::new_raw(&key.to_string(), key.span()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Key;

    fn code(args: &str, item: &str) -> String {
        let [args, item] = [args, item].map(|text| text.parse().expect("tokens"));
        completions(&args, &item).to_string().split_whitespace().collect()
    }

    /// The imported keys of each attribute, without white space.
    fn imported(args: &str, item: &str) -> Vec<String> {
        let code = code(args, item);
        let imports = code.split("useself::{").skip(1);
        imports.filter_map(|rest| Some(rest.split_once('}')?.0.replace("as_", ""))).collect()
    }

    /// Arguments that are being typed; `x` is the word at the cursor.
    #[test]
    fn imports_each_written_key() {
        for (arguments, keys) in [
            ("", ""),
            ("x", "x"),
            ("do", "r#do"),
            ("crate = a, self, do", "r#do"),
            ("method = \"GET\",", "method"),
            ("method = \"GET\", x", "method,x"),
            ("method = \"GET\", pax", "method,pax"),
            ("x method = \"GET\"", "x"),
            ("x, method = \"GET\"", "x,method"),
            ("= \"GET\"", ""),
            ("x = \"GET\"", "x"),
            ("method = , x", "method,x"),
            ("method = \"GET\", paxth = \"/unified/m/r\"", "method,paxth"),
            ("method = \"GET\", query = Map<A, B>, x", "method,query,x"),
            ("method = \"GET\", crate = my::truto, x", "method,x"),
            ("__postponed; method = \"GET\", x", "method,x"),
        ] {
            assert_eq!(imported(arguments, "struct User;"), [keys], "{arguments}");
        }
    }

    #[test]
    fn imports_keys_of_the_attributes_below() {
        for (item, keys) in [
            ("#[unified_endpoint(x)] struct User;", &["method", "x"] as &[_]),
            ("#[truto_core::endpoint(name = \"a\", x)] struct", &["method", "name,x"]),
            ("#[endpoint] #[endpoint(x)] struct User;", &["method", "", "x"]),
            ("#[serde(x)] #[derive(x)] struct User;", &["method"]),
            ("#[endpoint(x)] #", &["method"]),
        ] {
            assert_eq!(imported("method = \"GET\"", item), keys, "{item}");
        }
    }

    #[test]
    fn imports_come_from_the_named_runtime() {
        let code = code("crate = my::truto, x", "struct User;");
        assert!(code.contains("usemy::truto::truto_core_runtime::keys::*;"), "{code}");
    }

    #[test]
    fn recognizes_rust_analyzer_by_its_file_name() {
        for (program, expected) in [
            ("rust-analyzer-proc-macro-srv", true),
            ("rust-analyzer.exe", true),
            (".rust-analyzer-wrapped", true),
            ("rustc", false),
            ("clippy-driver", false),
            ("rustdoc", false),
        ] {
            assert_eq!(is_server(program), expected, "{program}");
        }
        assert!(!is_rust_analyzer());
    }

    #[test]
    fn each_key_has_an_item_with_its_example() {
        let file =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../truto-core/src/truto_core_runtime/keys.rs");
        let items = std::fs::read_to_string(file).expect("the items of keys");
        for key in Key::ALL.into_iter().filter(|&key| key != Key::Crate) {
            let example = key.example(crate::dialect::Dialect::Unified);
            let item = format!("/// `{example}`\npub mod {} {{}}\n", key.name());
            assert!(items.contains(&item), "{item}");
        }
    }
}
