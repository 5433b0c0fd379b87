//! The meaning of a file: its tokens and doc comments, whatever its layout.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use sha2::{Digest, Sha256};
use syn::{Item, UseTree, Visibility};

/// A hash that no formatter changes; `None` if the text is not Rust.
pub(crate) fn fingerprint(text: &str) -> Option<String> {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let file = syn::parse_file(&text).ok()?;
    let (mut uses, mut modules, mut rest) = (Vec::new(), Vec::new(), TokenStream::new());
    for attribute in &file.attrs {
        attribute.to_tokens(&mut rest);
    }
    for item in &file.items {
        match item {
            // A formatter may sort, merge and split these.
            Item::Use(item) => {
                let mut before = String::new();
                for attribute in &item.attrs {
                    canonical(attribute.to_token_stream(), &mut before);
                }
                canonical(item.vis.to_token_stream(), &mut before);
                flatten(&item.tree, &before, &mut uses);
            }
            Item::Mod(item) if item.content.is_none() => {
                let mut text = String::new();
                canonical(item.to_token_stream(), &mut text);
                modules.push(text);
            }
            item => item.to_tokens(&mut rest),
        }
    }
    // The syntax tree of a long file is large, and only its tokens are needed from here on.
    drop(file);
    uses.sort();
    modules.sort();
    let mut all = format!("{}\n{}\n", uses.join("\n"), modules.join("\n"));
    canonical(rest, &mut all);
    Some(sha256(all.as_bytes()))
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// One line for each name that is used.
fn flatten(tree: &UseTree, before: &str, lines: &mut Vec<String>) {
    match tree {
        UseTree::Path(path) => flatten(&path.tree, &format!("{before} {}::", path.ident), lines),
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, before, lines)),
        other => lines.push(format!("{before} {}", other.to_token_stream())),
    }
}

/// Writes the tokens one by one: without trailing commas, with joined doc comments and derives.
fn canonical(tokens: TokenStream, text: &mut String) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let (mut docs, mut derives) = (String::new(), String::new());
    let mut at = 0;
    while at < tokens.len() {
        if let Some((used, attribute)) = attribute(&tokens[at..]) {
            match attribute {
                Attribute::Doc(line) => {
                    for word in line.split_whitespace() {
                        docs.push_str(word);
                        docs.push(' ');
                    }
                }
                Attribute::Derive(names) => {
                    canonical(names, &mut derives);
                    derives.push_str(", ");
                }
            }
            at += used;
            continue;
        }
        if !docs.is_empty() {
            text.push_str(&format!("#doc {docs}\n"));
            docs.clear();
        }
        if !derives.is_empty() {
            text.push_str(&format!("#derive {derives}\n"));
            derives.clear();
        }
        match &tokens[at] {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("( ", ") "),
                    Delimiter::Brace => ("{ ", "} "),
                    Delimiter::Bracket => ("[ ", "] "),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                canonical(group.stream(), text);
                text.push_str(close);
            }
            TokenTree::Punct(punct) if punct.as_char() == ',' && is_end(tokens.get(at + 1)) => {}
            token => {
                text.push_str(&token.to_string());
                text.push(' ');
            }
        }
        at += 1;
    }
}

/// Returns whether a list ends here: at the end of a group, or at the `>` of generics.
fn is_end(next: Option<&TokenTree>) -> bool {
    match next {
        None => true,
        Some(TokenTree::Punct(punct)) => punct.as_char() == '>',
        Some(_) => false,
    }
}

enum Attribute {
    Doc(String),
    Derive(TokenStream),
}

/// A doc comment or a derive at the beginning of the tokens, and the number of its tokens.
fn attribute(tokens: &[TokenTree]) -> Option<(usize, Attribute)> {
    let TokenTree::Punct(first) = tokens.first()? else { return None };
    if first.as_char() != '#' {
        return None;
    }
    let inner = matches!(tokens.get(1), Some(TokenTree::Punct(punct)) if punct.as_char() == '!');
    let at = if inner { 2 } else { 1 };
    let TokenTree::Group(group) = tokens.get(at)? else { return None };
    let content: Vec<TokenTree> = group.stream().into_iter().collect();
    let TokenTree::Ident(name) = content.first()? else { return None };
    match (content.get(1)?, content.get(2)) {
        (TokenTree::Punct(_), Some(TokenTree::Literal(literal))) if name == "doc" => {
            let text = syn::parse_str::<syn::LitStr>(&literal.to_string()).ok()?.value();
            Some((at + 1, Attribute::Doc(text)))
        }
        (TokenTree::Group(names), None) if name == "derive" => {
            Some((at + 1, Attribute::Derive(names.stream())))
        }
        _ => None,
    }
}

/// The public structs and enums of a text; `None` if it is not Rust.
pub(crate) fn public_types(text: &str) -> Option<Vec<String>> {
    let text = text.trim_start_matches('\u{feff}');
    let public = |visibility: &Visibility| matches!(visibility, Visibility::Public(_));
    let name = |item: Item| match item {
        Item::Struct(item) if public(&item.vis) => Some(item.ident.to_string()),
        Item::Enum(item) if public(&item.vis) => Some(item.ident.to_string()),
        Item::Type(item) if public(&item.vis) => Some(item.ident.to_string()),
        _ => None,
    };
    Some(syn::parse_file(text).ok()?.items.into_iter().filter_map(name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "//! Doc of it.\nuse a::{B, c::D};\nmod x;\nmod y;\n\n/// One two\n/// three.\n\
        #[derive(Debug, Clone)]\n#[serde(rename = \"a\")]\npub struct S {\n    /// F.\n    pub f: Vec<u8>,\n}\n";

    #[test]
    fn layout_is_no_edit() {
        let hash = fingerprint(TEXT).expect("Rust");
        for other in [
            TEXT.replace('\n', "\r\n"),
            format!("\u{feff}{TEXT}"),
            TEXT.replace("pub f: Vec<u8>,\n", "pub f: Vec<u8>"),
            TEXT.replace("Vec<u8>", "Vec<\n        u8,\n    >"),
            TEXT.replace("use a::{B, c::D};", "use a::c::D;\nuse a::B;"),
            TEXT.replace("mod x;\nmod y;", "mod y;\n\nmod x;"),
            TEXT.replace("One two\n/// three.", "One\n/// two three."),
            TEXT.replace("#[derive(Debug, Clone)]", "#[derive(Debug)]\n#[derive(\n    Clone,\n)]"),
            TEXT.replace("pub struct", "// A note.\npub struct"),
        ] {
            assert_eq!(fingerprint(&other).as_deref(), Some(&*hash), "{other}");
        }
    }

    #[test]
    fn tokens_and_doc_comments_are_edits() {
        let hash = fingerprint(TEXT).expect("Rust");
        for (from, to) in [
            ("Vec<u8>", "Vec<u16>"),
            ("three.", "four."),
            ("/// F.\n", ""),
            ("Clone", "Copy"),
            ("mod y;\n", ""),
            ("c::D", "c::E"),
            ("rename = \"a\"", "rename = \"b\""),
        ] {
            assert_ne!(fingerprint(&TEXT.replace(from, to)), Some(hash.clone()), "{from}");
        }
        assert_eq!(fingerprint("struct {"), None);
    }
}
