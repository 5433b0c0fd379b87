//! Compares the errors of each case in `tests/ui` with its `.stderr`, without a compiler.

use proc_macro2::{TokenStream, TokenTree};

use super::{cases, compile_errors};
use crate::dialect::Dialect;

/// The errors of the attributes in a `.stderr`, which all have a help; those of rustc have a code.
fn reviewed(stderr: &str) -> Vec<String> {
    let blocks = stderr.split("\nerror").map(|block| block.trim_start_matches("error"));
    let texts = blocks.filter_map(|block| block.strip_prefix(": ")?.split_once("--> "));
    let texts = texts.filter_map(|(text, _)| text.split_once("\n       help: "));
    texts
        .map(|(message, help)| {
            let message = message.replace("\n       ", "\n");
            format!("{message}\nhelp: {}", help.trim_end())
        })
        .collect()
}

/// The errors of all attributes in a source.
fn found(source: &str) -> Vec<String> {
    let mut errors = Vec::new();
    let mut tokens = source.parse::<TokenStream>().expect("tokens").into_iter();
    let mut is_attribute = false;
    while let Some(token) = tokens.next() {
        let TokenTree::Group(group) = &token else {
            is_attribute = token.to_string() == "#";
            continue;
        };
        let mut inner = group.stream().into_iter();
        let name = inner.next().map(|name| name.to_string()).unwrap_or_default();
        let Some(dialect) = Dialect::from_name(&name).filter(|_| is_attribute) else {
            errors.extend(found(&group.stream().to_string()));
            continue;
        };
        let args = match inner.next() {
            Some(TokenTree::Group(args)) => args.stream(),
            // `#[endpoint = "…"]`: rustc passes the value.
            Some(TokenTree::Punct(_)) => inner.collect(),
            _ => TokenStream::new(),
        };
        // The item is everything up to its braces or its semicolon.
        let mut item = TokenStream::new();
        for token in tokens.by_ref() {
            let ends = match &token {
                TokenTree::Group(group) => group.delimiter() == proc_macro2::Delimiter::Brace,
                TokenTree::Punct(punct) => punct.as_char() == ';',
                _ => false,
            };
            item.extend([token]);
            if ends {
                break;
            }
        }
        let expanded = crate::endpoints(dialect, args, item).to_string();
        errors.extend(compile_errors(&expanded));
        // An attribute below that may be another crate's is left in place, and expanded next.
        errors.extend(found(&expanded));
    }
    errors
}

#[test]
fn errors_match_the_stderr_of_each_case() {
    let (mut count, mut failures) = (0, Vec::new());
    for file in cases("fail") {
        let source = std::fs::read_to_string(&file).expect("a case");
        // Only rustc continues after a literal that is none, such as `'Deal'`, and resolves an alias.
        if source.parse::<TokenStream>().is_err() || source.contains("endpoint as ") {
            continue;
        }
        let stderr = std::fs::read_to_string(file.with_extension("stderr")).expect("its errors");
        let (mut reviewed, mut found) = (reviewed(&stderr), found(&source));
        reviewed.sort();
        found.sort();
        count += found.len();
        if found != reviewed {
            failures.push(format!("{}\n{found:#?}\n{reviewed:#?}", file.display()));
        }
    }
    assert!(failures.is_empty(), "{} differ\n{}", failures.len(), failures.join("\n\n"));
    assert!(count > 200, "{count} errors");
}

#[test]
fn cases_that_pass_have_no_error() {
    for file in cases("pass") {
        let source = std::fs::read_to_string(&file).expect("a case");
        // Only the compiler fills in the body of a macro, and resolves an alias.
        if !source.contains("macro_rules!") && !source.contains("endpoint as ") {
            assert_eq!(found(&source), [""; 0], "{}", file.display());
        }
    }
}
