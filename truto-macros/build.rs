//! Finds out whether the compiler has `proc_macro::Span::start` and `end`, stable since 1.88.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(span_ends)");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output();
    let version = version.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    // `rustc 1.95.0 (…)`
    let minor =
        version.as_deref().and_then(|version| version.split('.').nth(1)?.parse::<u32>().ok());
    if minor.is_some_and(|minor| minor >= 88) {
        println!("cargo::rustc-cfg=span_ends");
    }
}
