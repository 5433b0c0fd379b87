//! The modules of each crate: which ones may use which, and that no two types of the runtime share a name.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

const CRATES: [&str; 7] = [
    "truto-admin",
    "truto-core",
    "truto-declare",
    "truto-macros",
    "truto-redis",
    "truto-route",
    "truto-sandbox",
];

/// A source file of a crate.
struct Source {
    file: PathBuf,
    /// The module's path; empty for the root.
    module: Vec<String>,
    code: syn::File,
}

fn root(krate: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(krate).join("src")
}

/// All files of a crate but those of its tests.
fn sources(krate: &str) -> Vec<Source> {
    let root = root(krate);
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let file = entry.expect("an entry").path();
            if file.is_dir() {
                folders.push(file);
            } else if file.extension().is_some_and(|ending| ending == "rs") {
                let relative = file.strip_prefix(&root).expect("below it").with_extension("");
                let mut module: Vec<String> =
                    relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
                if module.last().is_some_and(|last| ["mod", "lib", "main"].contains(&&**last)) {
                    module.pop();
                }
                let is_test = module.iter().any(|part| part == "tests");
                if !is_test && module.first().is_none_or(|first| first != "bin") {
                    let text = std::fs::read_to_string(&file).expect("text");
                    let code = syn::parse_file(&text).expect("Rust");
                    found.push(Source { file, module, code });
                }
            }
        }
    }
    found
}

/// Every path in a file that begins at the crate or at a module of it, inline paths and the arguments
/// of macros included.
struct Paths<'a> {
    module: &'a [String],
    found: Vec<Vec<String>>,
}

impl Paths<'_> {
    /// Resolves `crate`, `self` and `super`; paths into other crates are left out.
    fn add(&mut self, segments: &[String]) {
        let mut base = match segments.first().map(String::as_str) {
            Some("crate") => Vec::new(),
            Some("self" | "super") => self.module.to_vec(),
            _ => return,
        };
        let mut rest = segments;
        while let Some((first, after)) = rest.split_first() {
            match first.as_str() {
                "crate" | "self" => {}
                "super" => {
                    base.pop();
                }
                _ => break,
            }
            rest = after;
        }
        base.extend(rest.iter().cloned());
        self.found.push(base);
    }

    fn add_tree(&mut self, before: &[String], tree: &syn::UseTree) {
        let with = |name: String| [before, &[name]].concat();
        match tree {
            syn::UseTree::Path(path) => self.add_tree(&with(path.ident.to_string()), &path.tree),
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.add_tree(before, tree));
            }
            syn::UseTree::Name(name) => self.add(&with(name.ident.to_string())),
            syn::UseTree::Rename(name) => self.add(&with(name.ident.to_string())),
            syn::UseTree::Glob(_) => self.add(before),
        }
    }

    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => path.push(ident.to_string()),
                TokenTree::Punct(punct) if punct.as_char() == ':' => {}
                other => {
                    self.add(&std::mem::take(&mut path));
                    if let TokenTree::Group(group) = other {
                        self.add_tokens(group.stream());
                    }
                }
            }
        }
        self.add(&path);
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let list = attribute.meta.require_list();
        list.is_ok_and(|list| list.path.is_ident("cfg") && list.tokens.to_string() == "test")
    })
}

impl<'ast> Visit<'ast> for Paths<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !is_test(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_test(&item.attrs) {
            self.add_tree(&[], &item.tree);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter().map(|segment| segment.ident.to_string());
        self.add(&segments.collect::<Vec<_>>());
        visit::visit_path(self, path);
    }

    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.add_tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }
}

/// The modules of the root in the order of their declaration, and where it takes its other names from.
fn declared(sources: &[Source]) -> (Vec<String>, HashMap<String, String>) {
    let (mut modules, mut homes) = (Vec::new(), HashMap::new());
    for source in sources.iter().filter(|source| source.module.is_empty()) {
        for item in &source.code.items {
            match item {
                syn::Item::Mod(module) => modules.push(module.ident.to_string()),
                syn::Item::Use(item) => {
                    let mut paths = Paths { module: &[], found: Vec::new() };
                    paths.add_tree(&["crate".to_owned()], &item.tree);
                    for path in paths.found.iter().filter(|path| path.len() > 1) {
                        homes.insert(path[path.len() - 1].clone(), path[0].clone());
                    }
                }
                _ => {}
            }
        }
    }
    (modules, homes)
}

/// Which module of the root uses which, with the file of one use.
fn uses(krate: &str) -> (Vec<String>, BTreeMap<(String, String), PathBuf>) {
    let sources = sources(krate);
    let (modules, homes) = declared(&sources);
    let mut found = BTreeMap::new();
    for source in sources.iter().filter(|source| !source.module.is_empty()) {
        let mut paths = Paths { module: &source.module, found: Vec::new() };
        paths.visit_file(&source.code);
        for path in paths.found {
            let Some(first) = path.first() else { continue };
            let used = if modules.contains(first) { Some(first) } else { homes.get(first) };
            // Modules that serve all others, such as the hidden names of generated code, have no place in the order.
            let hidden = |name: &str| name.starts_with("__");
            if let Some(used) = used.filter(|used| modules.contains(used) && !hidden(used)) {
                let own = &source.module[0];
                if own != used && !hidden(own) {
                    found.insert((own.clone(), used.clone()), source.file.clone());
                }
            }
        }
    }
    (modules, found)
}

#[test]
fn modules_of_a_crate_do_not_depend_on_each_other_in_a_cycle() {
    for krate in CRATES {
        let (_, mut left) = uses(krate);
        // Takes away modules that use nothing or that nothing uses, until only cycles are left.
        loop {
            let users: BTreeSet<String> = left.keys().map(|(own, _)| own.clone()).collect();
            let used: BTreeSet<String> = left.keys().map(|(_, used)| used.clone()).collect();
            let before = left.len();
            left.retain(|(own, target), _| users.contains(target) && used.contains(own));
            if left.len() == before {
                break;
            }
        }
        let cycles: Vec<String> = left
            .iter()
            .map(|((own, used), file)| format!("{own} uses {used} ({})", file.display()))
            .collect();
        assert!(cycles.is_empty(), "{krate}:\n{}", cycles.join("\n"));
    }
}

#[test]
fn a_module_of_the_runtime_uses_only_modules_above_it() {
    let (modules, uses) = uses("truto-core");
    assert!(uses.len() > 20, "too few uses were found: {uses:?}");
    let place = |name: &str| modules.iter().position(|module| module == name);
    let wrong: Vec<String> = uses
        .iter()
        .filter(|((own, used), _)| own != "properties" && place(own) < place(used))
        .map(|((own, used), file)| format!("{own} uses {used} ({})", file.display()))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_types_of_the_runtime_share_a_name() {
    struct Types(Vec<String>);
    impl<'ast> Visit<'ast> for Types {
        fn visit_item(&mut self, item: &'ast syn::Item) {
            match item {
                syn::Item::Struct(item) => self.0.push(item.ident.to_string()),
                syn::Item::Enum(item) => self.0.push(item.ident.to_string()),
                syn::Item::Trait(item) => self.0.push(item.ident.to_string()),
                syn::Item::Mod(module) if is_test(&module.attrs) => return,
                _ => {}
            }
            visit::visit_item(self, item);
        }

        // Types within a function are private to it.
        fn visit_block(&mut self, _: &'ast syn::Block) {}
    }
    let mut homes: HashMap<String, PathBuf> = HashMap::new();
    for source in sources("truto-core") {
        // Traits that are named after their methods and used with their module, and code of tests.
        if source.module.first().is_some_and(|module| ["resource", "testing"].contains(&&**module))
        {
            continue;
        }
        let mut types = Types(Vec::new());
        types.visit_file(&source.code);
        for name in types.0 {
            if let Some(other) = homes.insert(name.clone(), source.file.clone()) {
                panic!("{name}: {} and {}", other.display(), source.file.display());
            }
        }
    }
    assert!(homes.len() > 100, "too few types were found: {homes:?}");
}
