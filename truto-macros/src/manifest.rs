//! The name of `truto-core` in the user's crate, if its `Cargo.toml` renames it.
//!
//! Cargo passes a renamed dependency (`truto = { package = "truto-core", … }`) to the compiler by its new
//! name alone, and a macro cannot ask for it. So the manifest is read, once per crate. Without a readable
//! manifest, as in other build systems, the name is `truto_core`, and `crate = …` states another one.

mod tables;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

use self::tables::{Dependency, Manifest};

/// The path of `truto_core`: the one in `crate = …`, or its name in the manifest.
pub(crate) fn path(krate: Option<&syn::Path>) -> TokenStream {
    krate.map_or_else(
        || {
            let name = Ident::new(&runtime(), Span::call_site());
            quote!(::#name)
        },
        ToTokens::to_token_stream,
    )
}

/// The name, with `_` for `-`.
pub(crate) fn runtime() -> String {
    /// The names by folder, since rust-analyzer expands the macros of all crates in one process.
    static NAMES: OnceLock<Mutex<HashMap<PathBuf, Option<String>>>> = OnceLock::new();
    let renamed = std::env::var_os("CARGO_MANIFEST_DIR").and_then(|folder| {
        let mut names = NAMES.get_or_init(Mutex::default).lock().ok()?;
        let folder = PathBuf::from(folder);
        names.entry(folder.clone()).or_insert_with(|| renamed(&folder)).clone()
    });
    renamed.unwrap_or_else(|| "truto_core".to_owned())
}

/// The new name, if it is certain that no dependency has the usual one.
fn renamed(folder: &Path) -> Option<String> {
    let manifest = Manifest::read(folder)?;
    let dependencies = manifest.dependencies();
    let is_ours = |package: &str| package == "truto-core";
    let is_usual = |dependency: &Dependency| {
        is_ours(&dependency.name.replace('_', "-"))
            && dependency.package.as_deref().is_none_or(is_ours)
    };
    if dependencies.iter().any(is_usual) {
        return None;
    }
    let is_inherited = |dependency: &&Dependency| dependency.is_inherited;
    let inherited = if dependencies.iter().any(|dependency| dependency.is_inherited) {
        let root = manifest.root(folder)?.workspace_dependencies();
        let names: Vec<_> = dependencies.iter().filter(is_inherited).map(|it| &it.name).collect();
        root.into_iter().filter(|dependency| names.contains(&&dependency.name)).collect()
    } else {
        Vec::new()
    };
    let mut names: Vec<String> = dependencies
        .iter()
        .chain(&inherited)
        .filter(|dependency| dependency.package.as_deref().is_some_and(is_ours))
        .map(|dependency| dependency.name.replace('-', "_"))
        .collect();
    names.dedup();
    // Of several names, the right one is unknown.
    let name = names.pop().filter(|_| names.is_empty());
    name.filter(|name| syn::parse_str::<syn::Ident>(name).is_ok())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The name that a crate finds in its manifest and in that of its workspace.
    fn name(manifest: &str, root: &str) -> Option<String> {
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let folder = format!("truto-macros-manifest-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        let member = folder.join("crates/member");
        fs::create_dir_all(&member).expect("a folder");
        fs::write(folder.join("Cargo.toml"), root).expect("a file");
        fs::write(folder.join("crates/Cargo.toml"), "[package]\nname = \"other\"").expect("a file");
        fs::write(member.join("Cargo.toml"), manifest).expect("a file");
        let name = renamed(&member);
        fs::remove_dir_all(&folder).expect("the folder");
        name
    }

    #[test]
    fn finds_the_new_name() {
        for manifest in [
            "[dependencies]\ntruto = { package = \"truto-core\", version = \"0.1\" }",
            "[dependencies]\nserde = \"1\"\n[dependencies.truto]\nversion = \"0.1\"\npackage = 'truto-core'",
            "[ dependencies ]\n\"truto\" = {version=\"1\",package=\"truto-core\"} # renamed",
            "[dependencies]\ntruto-core = { package = \"other\" }\ntruto = { package = \"truto-core\" }",
            "[dependencies]\ntruto.version = \"1\"\ntruto.package = \"truto-core\"",
            "[dev-dependencies]\ntruto = { package = \"truto-core\", path = \"..\" }",
            "[target.'cfg(target_os = \"linux\")'.dependencies]\ntruto = { package = \"truto-core\" }",
            "[target.\"cfg(a.b)\".dependencies.truto]\npackage = \"truto-core\"",
            "dependencies = { truto = { package = \"truto-core\" } }",
            "[dependencies]\ntruto = {\n  package = \"truto-core\", # text, \"}\n  features = [\"a\",\n  \"b\"],\n}",
            "[dependencies]\ntruto = { package = \"truto-core\" }\n[dev-dependencies]\ntruto = { package = \"truto-core\" }",
            "[package]\ndescription = \"\"\"\n[dependencies]\ntruto-core = \"1\"\n\"\"\"\n[dependencies]\ntruto = { package = \"truto-core\" }",
        ] {
            assert_eq!(name(manifest, "").as_deref(), Some("truto"), "{manifest}");
        }
        let dashes = "[dependencies]\nmy-truto = { package = \"truto-core\" }";
        assert_eq!(name(dashes, "").as_deref(), Some("my_truto"));
    }

    #[test]
    fn finds_the_new_name_in_the_workspace() {
        let root = "[workspace]\nmembers = [\"crates/*\"]\n[workspace.dependencies]\n
            serde = \"1\"\ntruto = { package = \"truto-core\", version = \"1\" }";
        for manifest in [
            "[dependencies]\ntruto.workspace = true",
            "[dependencies]\ntruto = { workspace = true, features = [\"macros\"] }",
            "[dependencies.truto]\nworkspace = true",
            "[package]\nworkspace = \"../..\"\n[dependencies]\ntruto = { workspace = true }",
        ] {
            assert_eq!(name(manifest, root).as_deref(), Some("truto"), "{manifest}");
        }
        for manifest in [
            "[dependencies]\nserde.workspace = true",
            "[dependencies]\ntruto = \"1\"",
            "[package]\nworkspace = \"../../none\"\n[dependencies]\ntruto = { workspace = true }",
        ] {
            assert_eq!(name(manifest, root), None, "{manifest}");
        }
        let own = "[workspace]\n[workspace.dependencies.truto]\npackage = \"truto-core\"\n
            [dependencies]\ntruto.workspace = true";
        assert_eq!(name(own, "").as_deref(), Some("truto"));
    }

    #[test]
    fn keeps_the_usual_name() {
        for manifest in [
            "",
            "[package]\nname = \"truto-core\"",
            "[dependencies]\ntruto-core = \"0.1\"",
            "[dependencies]\ntruto_core = { package = \"truto-core\" }",
            "[dependencies]\ntruto-core = \"0.1\"\ntruto = { package = \"truto-core\", version = \"0.2\" }",
            "[dependencies]\ntruto = { package = \"truto-core\" }\n[dev-dependencies]\ntruto-core = \"1\"",
            "[dependencies]\ntruto-core.workspace = true",
            "[dependencies]\na = { package = \"truto-core\" }\nb = { package = \"truto-core\" }",
            "[dependencies]\ntruto = { package = \"truto-cores\" }",
            "[dependencies]\n\"a b\" = { package = \"truto-core\" }",
            "[dependencies]\n\"\" = { package = \"truto-core\" }",
            "[dependencies]\nasync = { package = \"truto-core\" }",
            "[build-dependencies]\ntruto = { package = \"truto-core\" }",
            "[package.metadata.dependencies]\ntruto = { package = \"truto-core\" }",
            "# [dependencies]\n# truto = { package = \"truto-core\" }",
            "[dependencies]\ntruto = { path = 'package = \"truto-core\"' }",
            "[dependencies\ntruto = { package = \"truto-core\"",
            "[dependencies]\ntruto = { package = \"truto-core",
            "}}]] = {{[\"\"\"",
        ] {
            assert_eq!(name(manifest, ""), None, "{manifest}");
        }
        assert_eq!(renamed(Path::new("/no/such/folder")), None);
        assert_eq!(runtime(), "truto_core");
    }
}
