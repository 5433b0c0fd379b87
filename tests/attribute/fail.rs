//! Compares the error text of each mistake.
#![allow(missing_docs, reason = "a test crate")]

use std::process::Command;

/// The compiler that wrote the `.stderr` files; other versions word their errors differently.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn fail() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output();
    let version = String::from_utf8(version.expect("rustc").stdout).expect("UTF-8");
    if version.starts_with(COMPILER) {
        trybuild::TestCases::new().compile_fail("ui/fail/*.rs");
    } else {
        let version = version.trim();
        assert_ne!(
            std::env::var("CI").as_deref(),
            Ok("true"),
            "{COMPILER}x is needed, not {version}"
        );
        eprintln!("skipped: the error texts are those of {COMPILER}x, and this is {version}");
    }
}

/// The README's error must be one that the attribute still reports.
#[test]
fn the_readme_shows_an_error_as_rustc_prints_it() {
    let readme = include_str!("../../README.md");
    let expected = include_str!("../ui/fail/path_curly_placeholder.stderr")
        .replace("ui/fail/path_curly_placeholder.rs", "src/main.rs");
    assert!(readme.contains(&expected), "README.md does not show:\n{expected}");
}
