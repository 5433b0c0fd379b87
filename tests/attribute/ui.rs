//! The attribute as users meet it: what compiles, and how each mistake is explained.
#![allow(missing_docs, clippy::items_after_statements, reason = "a test crate")]

use std::process::Command;

/// The compiler whose words the `.stderr` files hold; another one words its errors another way.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output();
    let version = String::from_utf8(version.expect("rustc").stdout).expect("UTF-8");
    if version.starts_with(COMPILER) {
        cases.compile_fail("ui/fail/*.rs");
    } else {
        let version = version.trim();
        eprintln!("skipped: the error texts are those of {COMPILER}x, and this is {version}");
    }
}
