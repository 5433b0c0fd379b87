//! The files of a plan: their names and contents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::WIDTH;
use super::item::item;
use super::order::by_version;
use crate::plan::{ModelPlan, Plan, Type, TypeBody};

/// A file to write, without its head.
#[derive(Debug)]
pub(crate) struct File {
    /// Relative to the output folder, with `/`.
    pub(crate) path: String,
    pub(crate) content: String,
    /// The resource that it is of, if it is of one.
    pub(crate) segment: Option<String>,
    /// The sources that it comes from; empty for all.
    pub(crate) sources: Vec<Arc<str>>,
}

/// A module of a `mod.rs`, with the types that it brings.
pub(crate) type Modules = BTreeMap<String, BTreeSet<String>>;

/// All files, and the modules that each `mod.rs` names.
pub(crate) fn files(plan: &Plan, keep: &dyn Fn(&str, &mut Modules)) -> Vec<File> {
    let mut files = Vec::new();
    if let [model] = plan.models.as_slice() {
        model_files(model, "", 1, &plan.shared, &mut files, keep);
        return files;
    }
    let mut root = Modules::new();
    for model in &plan.models {
        let folder = format!("{}/", model.module);
        model_files(model, &folder, 2, &plan.shared, &mut files, keep);
        root.insert(model.module.clone(), BTreeSet::new());
    }
    if !plan.shared.is_empty() {
        files.push(shared(&plan.shared, "", "Types that several models use.", &[]));
        root.insert("shared".to_owned(), names(&plan.shared));
    }
    keep("mod.rs", &mut root);
    let public: BTreeSet<&str> = plan.models.iter().map(|model| &*model.module).collect();
    files.push(File {
        path: "mod.rs".to_owned(),
        content: module("Models of the Truto unified API, one folder each.", &root, &public),
        segment: None,
        sources: Vec::new(),
    });
    files
}

fn names(types: &[Type]) -> BTreeSet<String> {
    types.iter().map(|ty| ty.name.clone()).collect()
}

fn model_files(
    model: &ModelPlan,
    folder: &str,
    depth: usize,
    above: &[Type],
    files: &mut Vec<File>,
    keep: &dyn Fn(&str, &mut Modules),
) {
    let mut modules = Modules::new();
    let (inner, outer) = (names(&model.shared), names(above));
    for file in &model.files {
        let route = format!("/unified/{}/{}", model.segment, file.segment);
        let content = content(&format!("`{route}`."), &file.types, |name| {
            if inner.contains(name) || depth == 1 && outer.contains(name) {
                Some("super::shared")
            } else if outer.contains(name) {
                Some("super::super::shared")
            } else {
                None
            }
        });
        modules.insert(file.module.clone(), names(&file.types));
        files.push(File {
            path: format!("{folder}{}.rs", file.module),
            content,
            segment: Some(file.segment.clone()),
            sources: file.sources.clone(),
        });
    }
    if !model.shared.is_empty() {
        let doc = format!("Types that several resources of `{}` use.", model.segment);
        files.push(shared(&model.shared, folder, &doc, above));
        modules.insert("shared".to_owned(), inner);
    }
    let path = format!("{folder}mod.rs");
    keep(&path, &mut modules);
    files.push(File {
        path,
        content: module(
            &format!("Resources of `/unified/{}`, one file each.", model.segment),
            &modules,
            &BTreeSet::new(),
        ),
        segment: None,
        sources: Vec::new(),
    });
}

fn shared(types: &[Type], folder: &str, doc: &str, above: &[Type]) -> File {
    let outer = names(above);
    File {
        path: format!("{folder}shared.rs"),
        content: content(doc, types, |name| outer.contains(name).then_some("super::super::shared")),
        segment: None,
        sources: Vec::new(),
    }
}

/// A file of types: its doc line, what it allows, its imports, the types.
fn content(doc: &str, types: &[Type], from: impl Fn(&str) -> Option<&'static str>) -> String {
    let items: Vec<String> = types.iter().map(item).collect();
    let body = items.join("\n");
    let mut text = format!("//! {doc}\n");
    text.push_str(&allowed(types));
    text.push('\n');
    let derives = |name: &str| types.iter().any(|ty| ty.derives.contains(&name));
    let serde: Vec<&str> =
        ["Deserialize", "Serialize"].into_iter().filter(|name| derives(name)).collect();
    let mut imports = vec![import("serde", serde.iter().copied())];
    let named = |name: &str| names_type(types, name);
    let mut core: Vec<&str> =
        ["Filter", "Id", "OrRaw", "RemoteData"].into_iter().filter(|name| named(name)).collect();
    if types.iter().any(|ty| !ty.endpoints.is_empty()) {
        core.push("unified_endpoint");
    }
    imports.push(import("truto_core", core.iter().copied()));
    text.extend(imports);
    let mut shared: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for name in types.iter().flat_map(|ty| &ty.uses) {
        if let Some(module) = from(name) {
            shared.entry(module).or_default().insert(name);
        }
    }
    if !shared.is_empty() {
        text.push('\n');
    }
    // rustfmt has `super::super` before `super::shared`.
    for (module, names) in shared.iter().rev() {
        text.push_str(&import(module, names.iter().copied()));
    }
    text.push('\n');
    text.push_str(&body);
    text
}

/// Whether a field has the type in its own.
fn names_type(types: &[Type], name: &str) -> bool {
    let mut fields = types.iter().flat_map(|ty| match &ty.body {
        TypeBody::Struct { fields, .. } => fields.as_slice(),
        TypeBody::Enum(_) => &[],
    });
    fields.any(|field| {
        let mut words = field.inner.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
        words.any(|word| word == name)
    })
}

/// The lints that foreign names and texts may set off.
fn allowed(types: &[Type]) -> String {
    let mut lints = Vec::new();
    let undocumented = |ty: &Type| match &ty.body {
        TypeBody::Struct { fields, .. } => fields.iter().any(|field| {
            field.doc.as_deref().is_none_or(|text| crate::text::doc(text, WIDTH).is_empty())
        }),
        TypeBody::Enum(_) => false,
    };
    lints.push("clippy::doc_markdown");
    if types.iter().any(|ty| matches!(ty.body, TypeBody::Enum(_))) {
        lints.push("clippy::enum_variant_names");
    }
    if types.iter().any(has_function_of_its_name) {
        lints.push("clippy::self_named_constructors");
    }
    lints.push("clippy::struct_field_names");
    if types.iter().any(undocumented) {
        lints.push("missing_docs");
    }
    let line = format!("#![allow({})]\n", lints.join(", "));
    if lints.join(", ").len() > 70 {
        return format!("#![allow(\n    {}\n)]\n", lints.join(",\n    "));
    }
    line
}

/// Whether the type gets a function of its own name from an endpoint such as `…/search/search`.
fn has_function_of_its_name(ty: &Type) -> bool {
    let letters = |text: &str| text.replace(['_', '-'], "").to_ascii_lowercase();
    ty.endpoints.iter().any(|endpoint| {
        let last = endpoint.path.rsplit('/').next().unwrap_or_default();
        letters(endpoint.name.as_deref().unwrap_or(last)) == letters(&ty.name)
    })
}

/// `use module::{A, B};`, broken as rustfmt breaks it; nothing without names.
fn import<'a>(module: &str, names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.collect();
    // Functions come last.
    let is_function = |name: &str| name.starts_with(|c: char| c.is_ascii_lowercase());
    names.sort_by(|a, b| is_function(a).cmp(&is_function(b)).then_with(|| by_version(a, b)));
    match names.as_slice() {
        [] => String::new(),
        names => group(&format!("use {module}::"), names),
    }
}

fn group(head: &str, names: &[&str]) -> String {
    if let [one] = names {
        return format!("{head}{one};\n");
    }
    let line = format!("{head}{{{}}};\n", names.join(", "));
    if line.len() <= WIDTH + 1 {
        return line;
    }
    let mut text = format!("{head}{{\n");
    let mut line = String::from("   ");
    for name in names {
        if line.len() + name.len() + 2 > WIDTH && line.len() > 3 {
            text.push_str(&format!("{line}\n"));
            line = String::from("   ");
        }
        line.push_str(&format!(" {name},"));
    }
    text.push_str(&format!("{line}\n}};\n"));
    text
}

/// A `mod.rs`: the modules, then what they bring.
fn module(doc: &str, modules: &Modules, public: &BTreeSet<&str>) -> String {
    let mut text = format!("//! {doc}\n");
    // A program uses a part of a model, which may stand in a private module.
    text.push_str(
        "#![allow(clippy::module_inception, dead_code, unreachable_pub, unused_imports)]\n\n",
    );
    let mut names: Vec<&String> = modules.keys().collect();
    names.sort_by(|a, b| by_version(a, b));
    for name in &names {
        let visibility = if public.contains(name.as_str()) { "pub " } else { "" };
        text.push_str(&format!("{visibility}mod {name};\n"));
    }
    if modules.values().any(|types| !types.is_empty()) {
        text.push('\n');
    }
    for name in names {
        let mut types: Vec<&str> = modules[name].iter().map(String::as_str).collect();
        types.sort_by(|a, b| by_version(a, b));
        if !types.is_empty() {
            text.push_str(&group(&format!("pub use self::{name}::"), &types));
        }
    }
    text
}
