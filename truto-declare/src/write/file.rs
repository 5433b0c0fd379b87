//! The files of a plan: their names and contents.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use proc_macro2::TokenStream;

use super::item::{IMPORTED, Scope, attribute};
use super::print::printed;
use crate::config::Config;
use crate::plan::{ModelPlan, Ty, Type, TypeBody};

/// A file to write.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// Relative to the output folder, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The modules of a `mod.rs`, with the types that it exports from each.
pub(crate) type Modules = BTreeMap<String, BTreeSet<String>>;

/// Lints that names, texts and shapes of the sources may trigger, allowed for a whole model.
const LINTS: [&str; 18] = [
    "clippy::doc_markdown",
    "clippy::enum_variant_names",
    "clippy::fn_params_excessive_bools",
    "clippy::large_enum_variant",
    "clippy::many_single_char_names",
    "clippy::module_inception",
    "clippy::self_named_constructors",
    "clippy::should_implement_trait",
    "clippy::similar_names",
    "clippy::struct_excessive_bools",
    "clippy::struct_field_names",
    "clippy::too_many_arguments",
    "clippy::type_complexity",
    "clippy::unicode_not_nfc",
    "dead_code",
    "missing_docs",
    "unreachable_pub",
    "unused_imports",
];

/// The file of a resource.
pub(crate) fn content(model: &ModelPlan, index: usize, config: &Config) -> String {
    let file = &model.files[index];
    let own: Vec<&Type> = file.types.iter().map(|&ty| &model.types[ty]).collect();
    let used: BTreeSet<usize> = own.iter().flat_map(|ty| ty.uses()).collect();
    let shared: BTreeSet<&str> = used
        .iter()
        .map(|&index| &model.types[index])
        .filter(|ty| ty.file != Some(index))
        .map(|ty| ty.name.as_str())
        .collect();
    let route = crate::plan::route(&model.segment, &file.segment);
    text(model, &own, &format!("`{route}`."), &shared, config)
}

/// The file of the types that several resources use; `None` if there are none.
pub(crate) fn shared_content(model: &ModelPlan, config: &Config) -> Option<String> {
    let own: Vec<&Type> = model.types.iter().filter(|ty| ty.file.is_none()).collect();
    if own.is_empty() {
        return None;
    }
    let used: BTreeSet<usize> = own.iter().flat_map(|ty| ty.uses()).collect();
    let others: BTreeMap<String, BTreeSet<&str>> = used
        .iter()
        .filter_map(|&index| {
            let ty = &model.types[index];
            let file = &model.files[ty.file?];
            Some((file.module.clone(), BTreeSet::from([ty.name.as_str()])))
        })
        .fold(BTreeMap::new(), |mut all, (module, names)| {
            all.entry(module).or_insert_with(BTreeSet::new).extend(names);
            all
        });
    let doc = format!("Types that several resources of `{}` use.", model.segment);
    let mut text = text(model, &own, &doc, &BTreeSet::new(), config);
    for (module, names) in others {
        let names: Vec<&str> = names.into_iter().collect();
        text.push_str(&format!("\nuse super::{module}::{{{}}};\n", names.join(", ")));
    }
    Some(text)
}

fn text(
    model: &ModelPlan,
    types: &[&Type],
    doc: &str,
    shared: &BTreeSet<&str>,
    config: &Config,
) -> String {
    let own: HashSet<&str> =
        types.iter().map(|ty| ty.name.as_str()).chain(shared.iter().copied()).collect();
    let scope = Scope { model, config, own };
    let mut text = format!("{}\n//! {doc}\n\n", super::HEAD);
    text.push_str(&imports(&scope, types));
    if !shared.is_empty() {
        let names: Vec<&str> = shared.iter().copied().collect();
        text.push_str(&format!("\nuse super::shared::{{{}}};\n", names.join(", ")));
    }
    for ty in types {
        text.push('\n');
        text.push_str(&printed(&scope, ty));
    }
    text
}

/// The imports, in one group for each crate.
fn imports(scope: &Scope<'_>, types: &[&Type]) -> String {
    let mut named = BTreeSet::new();
    for ty in types {
        if let TypeBody::Struct(fields) = &ty.body {
            for field in fields {
                runtime_names(&field.ty(), &mut named);
            }
        }
        for endpoint in &ty.endpoints {
            let types = [&endpoint.query, &endpoint.body, &endpoint.response];
            types.into_iter().flatten().for_each(|ty| runtime_names(ty, &mut named));
            named.insert(attribute(endpoint));
        }
        // A type that the config writes may name what is imported.
        if let TypeBody::Struct(fields) = &ty.body {
            let plain = fields.iter().filter_map(|field| match &field.inner {
                Ty::Plain(text) => Some(text.as_str()),
                _ => None,
            });
            for text in plain {
                let words = text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
                let words: Vec<&str> = words.collect();
                named.extend(IMPORTED.iter().filter(|name| words.contains(*name)));
            }
        }
    }
    let runtime: Vec<&str> = named
        .iter()
        .copied()
        .filter(|name| scope.is_imported(name) && *name != "BTreeMap" || name.ends_with("endpoint"))
        .collect();
    let mut text = String::new();
    if named.contains("BTreeMap") && scope.is_imported("BTreeMap") {
        text.push_str("use std::collections::BTreeMap;\n\n");
    }
    if !types.is_empty() {
        text.push_str("use serde::{Deserialize, Serialize};\n");
    }
    if !runtime.is_empty() {
        text.push_str(&format!("use {}::{{{}}};\n", scope.config.runtime(), runtime.join(", ")));
    }
    text
}

fn runtime_names(ty: &Ty, names: &mut BTreeSet<&'static str>) {
    match ty {
        Ty::Runtime(name, inner) => {
            names.insert(name);
            for inner in inner {
                runtime_names(inner, names);
            }
        }
        Ty::Std(name, inner) => {
            names.insert(name);
            runtime_names(inner, names);
        }
        Ty::Plain(_) | Ty::Own(_) => {}
    }
}

/// A `mod.rs`: its modules and the types that it exports.
pub(crate) fn module_file(doc: &str, modules: &Modules, public: &BTreeSet<String>) -> String {
    let lints: Vec<TokenStream> = LINTS.iter().filter_map(|lint| lint.parse().ok()).collect();
    let allow = prettyplease::unparse(&syn::File {
        shebang: None,
        frontmatter: None,
        attrs: vec![syn::parse_quote!(#![allow(#(#lints),*)])],
        items: Vec::new(),
    });
    let mut text = format!("{}\n//! {doc}\n{}\n", super::HEAD, allow.trim_end());
    for name in modules.keys() {
        let visibility = if public.contains(name) { "pub " } else { "" };
        text.push_str(&format!("\n{visibility}mod {name};"));
    }
    text.push('\n');
    for (name, types) in modules.iter().filter(|(_, types)| !types.is_empty()) {
        let types: Vec<&str> = types.iter().map(String::as_str).collect();
        text.push_str(&format!("\npub use self::{name}::{{{}}};", types.join(", ")));
    }
    text.push('\n');
    text
}
