//! The attribute as users meet it: what compiles, and how each mistake is explained.
#![allow(missing_docs, clippy::items_after_statements, reason = "a test crate")]

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    cases.compile_fail("ui/fail/*.rs");
}
