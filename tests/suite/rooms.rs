//! The rooms of the runtime: each uses only those before it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

const ROOMS: [&str; 7] = ["error", "encode", "policy", "response", "request", "client", "call"];

fn room(name: &str) -> Option<usize> {
    ROOMS.iter().position(|room| *room == name)
}

/// The names that a `use` tree brings from the crate's root.
fn names(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let inner = tree.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let first = |path: &str| path.trim().split("::").next().unwrap_or_default().to_owned();
    match inner {
        None => vec![first(tree)],
        Some(inner) => {
            let mut depth = 0;
            let parts = inner.split(|c| {
                depth += i32::from(c == '{') - i32::from(c == '}');
                c == ',' && depth == 0
            });
            parts.map(first).filter(|name| !name.is_empty()).collect()
        }
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && path.file_name().is_some_and(|name| name != "tests.rs")
        {
            found.push(path);
        }
    }
}

const SRC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../truto-core/src");

/// The lines of a file without comments and tests.
fn code(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).expect("a file");
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = text.lines().map(str::to_owned);
    lines.filter(|line| !line.trim_start().starts_with("//")).collect()
}

#[test]
fn a_room_uses_only_rooms_before_it() {
    let src = Path::new(SRC);
    let root = std::fs::read_to_string(src.join("lib.rs")).expect("lib.rs");
    let mut homes: HashMap<String, usize> = HashMap::new();
    for statement in root.split("pub use ").skip(1) {
        let statement = statement.split(';').next().unwrap_or_default();
        let Some((home, exported)) = statement.split_once("::") else {
            continue;
        };
        if let Some(home) = room(home) {
            homes.extend(names(exported).into_iter().map(|name| (name, home)));
        }
    }
    assert!(homes.len() > 20, "lib.rs is not read right: {homes:?}");
    let mut wrong = Vec::new();
    let mut uses = 0;
    for (own, name) in ROOMS.iter().enumerate() {
        let mut found = Vec::new();
        files(&src.join(name), &mut found);
        for path in found {
            let code = code(&path).concat();
            for statement in code.split("use crate::").skip(1) {
                let statement = statement.split(';').next().unwrap_or_default();
                for used in names(statement) {
                    uses += 1;
                    let home = room(&used).or_else(|| homes.get(&used).copied());
                    if home.is_some_and(|home| home > own) {
                        wrong.push(format!("{} uses {used}", path.display()));
                    }
                }
            }
        }
    }
    assert!(uses > 50, "the files are not read right");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_types_share_a_name() {
    let mut found = Vec::new();
    files(Path::new(SRC), &mut found);
    let mut homes: HashMap<String, PathBuf> = HashMap::new();
    for path in found {
        for line in code(&path) {
            let mut words = line.split_whitespace();
            if words.clone().next().is_some_and(|word| word.starts_with("pub")) {
                words.next();
            }
            if !matches!(words.next(), Some("struct" | "enum" | "trait")) {
                continue;
            }
            let name = words.next().unwrap_or_default();
            let name = name.split(|c: char| !c.is_alphanumeric()).next();
            let name = name.unwrap_or_default().to_owned();
            if let Some(other) = homes.insert(name.clone(), path.clone()) {
                panic!("{name}: {} and {}", other.display(), path.display());
            }
        }
    }
    assert!(homes.len() > 100, "the files are not read right: {homes:?}");
}
