//! Generated code raises no lint, in either edition: rustc's lints that are off by
//! default, and clippy's `all`, `pedantic` and `nursery`.
#![allow(missing_docs, reason = "a test crate")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// Lints of rustc that are allowed by default, and that a declaration can raise.
const RUSTC: &[&str] = &[
    "absolute_paths_not_starting_with_crate",
    "deprecated_in_future",
    "elided_lifetimes_in_paths",
    "explicit_outlives_requirements",
    "let_underscore_drop",
    "macro_use_extern_crate",
    "meta_variable_misuse",
    "missing_copy_implementations",
    "missing_debug_implementations",
    "missing_docs",
    "non_ascii_idents",
    "redundant_imports",
    "redundant_lifetimes",
    "single_use_lifetimes",
    "trivial_casts",
    "trivial_numeric_casts",
    "unit_bindings",
    "unnameable_types",
    "unreachable_pub",
    "unsafe_code",
    "unstable_features",
    "unused",
    "unused_extern_crates",
    "unused_import_braces",
    "unused_lifetimes",
    "unused_qualifications",
    "unused_results",
    "variant_size_differences",
    "warnings",
];

#[test]
fn generated_code_raises_no_lint() {
    let clippy = Command::new(env!("CARGO")).args(["clippy", "--version"]).output();
    if !clippy.is_ok_and(|output| output.status.success()) {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "clippy is not installed");
        eprintln!("skipped: clippy is not installed (`rustup component add clippy`)");
        return;
    }
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = tests.parent().expect("a workspace");
    let lints = RUSTC.join(" = \"deny\"\n") + " = \"deny\"\n";
    for (edition, groups) in [
        (
            "2021",
            "rust_2018_idioms = { level = \"deny\", priority = -1 }\n\
                  rust_2024_compatibility = { level = \"deny\", priority = -1 }\n",
        ),
        ("2024", "rust_2018_idioms = { level = \"deny\", priority = -1 }\n"),
    ] {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("lints-{edition}"));
        fs::create_dir_all(folder.join("src")).expect("a folder");
        let manifest = format!(
            "[package]\nname = \"lints-{edition}\"\nversion = \"0.1.0\"\nedition = \"{edition}\"\n\
             [workspace]\n[dependencies]\n\
             truto-core = {{ path = {:?}, default-features = false, features = [\"macros\"] }}\n\
             serde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\n\
             [lints.rust]\n{groups}{lints}\
             [lints.clippy]\nall = {{ level = \"deny\", priority = -1 }}\n\
             pedantic = {{ level = \"deny\", priority = -1 }}\n\
             nursery = {{ level = \"deny\", priority = -1 }}\n",
            workspace.join("truto-core")
        );
        fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
        fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).expect("a lock file");
        fs::copy(tests.join("lints/model.rs"), folder.join("src/lib.rs")).expect("a source");
        let output = Command::new(env!("CARGO"))
            .args(["clippy", "--quiet"])
            .current_dir(&folder)
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("build"))
            .env_remove("RUSTFLAGS")
            .output()
            .expect("cargo");
        assert!(
            output.status.success(),
            "edition {edition}:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
