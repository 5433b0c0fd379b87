//! The stated Rust version is one that every dependency of the published crates supports.
#![allow(missing_docs, reason = "a test crate")]

use std::collections::{HashMap, HashSet};
use std::process::Command;

use serde_json::Value;

/// `1.85.1` as (1, 85).
fn version(text: &str) -> (u32, u32) {
    let mut parts = text.split('.').map(|part| part.parse().expect("a number"));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

#[test]
fn every_dependency_supports_the_stated_rust_version() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../truto-core/Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--all-features"])
        .args(["--manifest-path", manifest])
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages: HashMap<&str, &Value> =
        list(&metadata["packages"]).iter().map(|package| (text(&package["id"]), package)).collect();
    let nodes: HashMap<&str, &Value> =
        list(&metadata["resolve"]["nodes"]).iter().map(|node| (text(&node["id"]), node)).collect();
    let root = text(&metadata["resolve"]["root"]);
    let stated = text(&packages[root]["rust_version"]);
    let (mut seen, mut next) = (HashSet::from([root]), vec![root]);
    while let Some(id) = next.pop() {
        if let Some(needs) = packages[id]["rust_version"].as_str() {
            assert!(version(needs) <= version(stated), "{id} needs Rust {needs}");
        }
        for dependency in list(&nodes[id]["deps"]) {
            let kinds = list(&dependency["dep_kinds"]);
            let id = text(&dependency["pkg"]);
            if kinds.iter().any(|kind| kind["kind"] != "dev") && seen.insert(id) {
                next.push(id);
            }
        }
    }
    assert!(seen.len() > 50, "{} packages are too few", seen.len());
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let readme = std::fs::read_to_string(readme).expect("a README");
    assert!(readme.contains(&format!("Rust {stated}")));
}
