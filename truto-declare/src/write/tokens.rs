//! The meaning of a file: its tokens and doc comments, regardless of its layout.

mod plain;

use std::borrow::Cow;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use sha2::{Digest, Sha256};
use syn::{Item, UseTree, Visibility};

/// A hash that no formatter changes; `None` if the text is not Rust.
pub(crate) fn fingerprint(text: &str) -> Option<String> {
    let text = text.trim_start_matches('\u{feff}');
    let text =
        if text.contains('\r') { text.replace("\r\n", "\n").into() } else { Cow::from(text) };
    if text.contains('\r') {
        return by_tree(&text);
    }
    let Some((items, rest)) = plain::read(&text) else { return by_tree(&text) };
    let mut meaning = Meaning::default();
    for item in items {
        meaning.add(item.parse::<TokenStream>().ok()?.into_iter().collect())?;
    }
    meaning.rest.text = rest;
    Some(meaning.hash())
}

/// The hash of any text.
pub(crate) fn by_tree(text: &str) -> Option<String> {
    // No syntax tree, and only the tokens of one part at a time: those of a long file take hundreds of
    // megabytes.
    let mut tokens = Tokens::new(text);
    let mut meaning = Meaning::default();
    while let Some(item) = next_item(&mut tokens) {
        meaning.add(item)?;
    }
    if tokens.is_broken { None } else { Some(meaning.hash()) }
}

/// The items of a file, in a form that no formatter changes.
#[derive(Default)]
struct Meaning {
    uses: Vec<String>,
    modules: Vec<String>,
    rest: Canonical,
}

impl Meaning {
    fn add(&mut self, item: Vec<TokenTree>) -> Option<()> {
        match keyword(&item).as_deref() {
            // A formatter may sort, merge and split these.
            Some("use") => {
                let item: syn::ItemUse = syn::parse2(item.into_iter().collect()).ok()?;
                let mut before = String::new();
                let attributes = item.attrs.iter().map(ToTokens::to_token_stream);
                canonical(attributes.collect::<TokenStream>(), &mut before);
                canonical(item.vis.to_token_stream(), &mut before);
                canonical(item.leading_colon.to_token_stream(), &mut before);
                flatten(&item.tree, &before, &mut self.uses);
            }
            Some("mod") if item.last().is_some_and(|last| is_punct(last, ';')) => {
                let mut text = String::new();
                canonical(item, &mut text);
                self.modules.push(text);
            }
            _ => self.rest.write(item),
        }
        Some(())
    }

    fn hash(mut self) -> String {
        self.uses.sort();
        self.modules.sort();
        self.rest.flush();
        let before = format!("{}\n{}\n", self.uses.join("\n"), self.modules.join("\n"));
        sha256_of(&[&before, &self.rest.text])
    }
}

/// The tokens of a text, which is read in parts that end at an empty line.
///
/// A part that ends within a string, a comment or a group cannot be read by itself. It is then read again
/// at twice its length; doubling reads even a long group in linear time.
struct Tokens<'t> {
    rest: &'t str,
    part: <TokenStream as IntoIterator>::IntoIter,
    /// The text is not Rust.
    is_broken: bool,
}

impl<'t> Tokens<'t> {
    /// Long enough that few parts have to be read twice.
    const PART: usize = 64 << 10;

    fn new(text: &'t str) -> Self {
        Self { rest: text, part: TokenStream::new().into_iter(), is_broken: false }
    }

    fn next_part(&self) -> Option<(TokenStream, usize)> {
        let mut length = Self::PART;
        loop {
            let end = self.rest.as_bytes().get(length..).and_then(|after| {
                after.windows(2).position(|two| two == b"\n\n").map(|at| length + at + 1)
            });
            let end = end.unwrap_or(self.rest.len());
            match self.rest[..end].parse() {
                Ok(tokens) => return Some((tokens, end)),
                Err(_) if end < self.rest.len() => length = end.saturating_mul(2),
                Err(_) => return None,
            }
        }
    }
}

impl Iterator for Tokens<'_> {
    type Item = TokenTree;

    fn next(&mut self) -> Option<TokenTree> {
        loop {
            if let Some(token) = self.part.next() {
                return Some(token);
            }
            if self.rest.is_empty() || self.is_broken {
                return None;
            }
            match self.next_part() {
                Some((tokens, end)) => {
                    self.part = tokens.into_iter();
                    self.rest = &self.rest[end..];
                }
                None => self.is_broken = true,
            }
        }
    }
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// SHA-256 of several texts in a row.
fn sha256_of(texts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text);
    }
    hexadecimal(&hash.finalize())
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
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

/// The tokens of the next item, or of an inner attribute.
///
/// An item that is cut too early is harmless as long as what follows does not begin like `use` or `mod`.
fn next_item(tokens: &mut impl Iterator<Item = TokenTree>) -> Option<Vec<TokenTree>> {
    let (mut item, mut assigned) = (Vec::new(), false);
    for token in tokens {
        let ends = match &token {
            TokenTree::Punct(punct) => {
                assigned |= punct.as_char() == '=';
                punct.as_char() == ';'
            }
            TokenTree::Group(group) => match group.delimiter() {
                Delimiter::Brace => !assigned && keyword(&item).as_deref() != Some("use"),
                Delimiter::Bracket => {
                    matches!(&*item, [first, second] if is_punct(first, '#') && is_punct(second, '!'))
                }
                _ => false,
            },
            _ => false,
        };
        item.push(token);
        if ends {
            return Some(item);
        }
    }
    (!item.is_empty()).then_some(item)
}

/// The first word of an item after its attributes and visibility.
fn keyword(item: &[TokenTree]) -> Option<String> {
    match item {
        [first, TokenTree::Group(_), rest @ ..] if is_punct(first, '#') => keyword(rest),
        [TokenTree::Ident(first), TokenTree::Group(_), rest @ ..]
        | [TokenTree::Ident(first), rest @ ..]
            if first == "pub" =>
        {
            keyword(rest)
        }
        [TokenTree::Ident(first), ..] => Some(first.to_string()),
        _ => None,
    }
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

/// Writes the tokens one by one: without trailing commas, with joined doc comments and derives.
fn canonical(tokens: impl IntoIterator<Item = TokenTree>, text: &mut String) {
    let mut canonical = Canonical { text: std::mem::take(text), ..Canonical::default() };
    canonical.write(tokens);
    canonical.flush();
    *text = canonical.text;
}

/// What [`canonical`] writes; doc comments and derives join across the items that are written.
#[derive(Default)]
struct Canonical {
    text: String,
    docs: String,
    derives: String,
}

impl Canonical {
    /// Writes the doc comments and derives that no token has followed yet.
    fn flush(&mut self) {
        for (name, pending) in [("doc", &mut self.docs), ("derive", &mut self.derives)] {
            if !pending.is_empty() {
                self.text.push_str(&format!("#{name} {pending}\n"));
                pending.clear();
            }
        }
    }

    fn write(&mut self, tokens: impl IntoIterator<Item = TokenTree>) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            let starts = is_punct(&token, '#');
            let inner = if starts { tokens.next_if(|token| is_punct(token, '!')) } else { None };
            if let Some(attribute) = tokens.peek().filter(|_| starts).and_then(attribute) {
                tokens.next();
                match attribute {
                    Attribute::Doc(line) => {
                        for word in line.split_whitespace() {
                            self.docs.push_str(word);
                            self.docs.push(' ');
                        }
                    }
                    Attribute::Derive(names) => {
                        canonical(names, &mut self.derives);
                        self.derives.push_str(", ");
                    }
                }
                continue;
            }
            self.flush();
            let text = &mut self.text;
            match token {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("( ", ") "),
                        Delimiter::Brace => ("{ ", "} "),
                        Delimiter::Bracket => ("[ ", "] "),
                        Delimiter::None => ("", ""),
                    };
                    text.push_str(open);
                    let stream = group.stream();
                    // Otherwise its tokens are shared, and reading them copies them all.
                    drop(group);
                    canonical(stream, text);
                    text.push_str(close);
                }
                TokenTree::Punct(punct) if punct.as_char() == ',' && is_end(tokens.peek()) => {}
                token => {
                    text.push_str(&token.to_string());
                    text.push(' ');
                }
            }
            if inner.is_some() {
                text.push_str("! ");
            }
        }
    }
}

/// Returns whether a list ends here: at the end of a group, or at the `>` of generics.
fn is_end(next: Option<&TokenTree>) -> bool {
    next.is_none_or(|next| is_punct(next, '>'))
}

enum Attribute {
    Doc(String),
    Derive(TokenStream),
}

/// The doc comment or derive in the brackets after `#`.
fn attribute(token: &TokenTree) -> Option<Attribute> {
    let TokenTree::Group(group) = token else { return None };
    let content: Vec<TokenTree> = group.stream().into_iter().collect();
    let TokenTree::Ident(name) = content.first()? else { return None };
    match (content.get(1)?, content.get(2)) {
        (TokenTree::Punct(_), Some(TokenTree::Literal(literal))) if name == "doc" => {
            let text = syn::parse_str::<syn::LitStr>(&literal.to_string()).ok()?.value();
            Some(Attribute::Doc(text))
        }
        (TokenTree::Group(names), None) if name == "derive" => {
            Some(Attribute::Derive(names.stream()))
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
    fn the_parts_of_a_long_text_are_its_tokens() {
        let unit = "/// It's \"one\".\n\n#[derive(Debug)]\npub struct S {\n\n    /// F.\n\n    pub f: &'static str,\n}\n\n\
            const A: &str = \"a\n\n\";\n\nconst B: &str = r#\"b\"\n\n\"#;\n\n/* c\n\n /* d\n\n */ */\n\nfn f() {\n\n    'x'\n\n}\n\n";
        let whole = |text: &str| text.parse::<TokenStream>().expect("tokens").to_string();
        let units = unit.repeat(2 * Tokens::PART / unit.len() + 1);
        let long = format!("fn g() {{\n\n{units}}}\n\n{units}");
        // The first part ends at each of the empty lines.
        for shift in (0..unit.len()).step_by(9) {
            let text = format!("//{}\n{units}", "-".repeat(shift));
            assert!(Tokens::new(&text).collect::<TokenStream>().to_string() == whole(&text));
        }
        assert!(Tokens::new(&long).collect::<TokenStream>().to_string() == whole(&long));
        assert_eq!(fingerprint(&format!("{units}struct {{")), None);
    }

    #[test]
    fn plain_texts_mean_what_their_trees_mean() {
        let broken = ["struct {", "a)", "(]", "\"", "#[derive(A", "use a", "pub use a::{b;", "/"];
        let odd = [
            "",
            "//! A.\n//!  b\n\n//// no\n// no\nuse a::b;\n/// C.\nstruct C;\nmod d;",
            "/// On.\nuse a::b;\nstruct A;",
            "#[cfg(x)]\nmod a;",
            "#![allow(a, b,)]\n//! A.\nuse a::{b, c,};\nmod b { use c; }",
            "#[doc = \"a\"] struct A;",
            "#[derive(A, b::C,)]\n#[serde(rename = \"\\\"a\\\\\")]\npub struct A<T,>(pub Vec<T,>,);",
            "struct A { /// a\n #[b] a: B, /// c\n c: D<E, F>, }\nconst A: B = C { a: b };\npub mod e;",
            "const A: &str = r\"a\"; const B: &[u8] = b\"a\"; struct r#C;",
            "fn f<'a>() { 'a': loop { 1 + 0x2 } } /* a */",
            "struct é; const A: &str = \"é\\u{e9}\"; use é;",
            "const A: B = \"a\"c;\nmacro_rules! m { ($a) => {} }",
            "pub(crate) use a::b;\npub(crate) struct A;\nuse::a;\nmodel!(a);\npublic!{}\nuser!{}",
            "pub\nuse a::b;",
            "#[ derive(A) ] #[derive (B)]\n#[\ndoc = \"c\"]struct D;",
            "struct A;;\nuse a as b;\nuse a::*;\nuse {a, b::{c, d,}};\n,",
            "impl A { #![a] //! b\n fn c(&mut self,) -> D<E,> { self.d(|e,| e?, ..) } }\n/// End.",
            "pub  use a::b;\npub \nmod c;\npub // d\nuse e::f;\npub (crate) use g::h;",
            "struct A;\n, use b::c;",
            "struct\u{a0}A;\nfn b\u{200e}() {}",
            "//! A.\nmod b;\n//! C.",
            "/// A.\n/// B.\nuse ::c::d;",
            TEXT,
        ];
        for text in odd.into_iter().chain(broken) {
            assert_eq!(fingerprint(text), by_tree(text), "{text}");
        }
        for text in [odd[1], odd[4].rsplit_once('\n').expect("lines").0, odd[6], odd[7], TEXT] {
            assert!(plain::read(text).is_some(), "{text}");
        }
    }

    #[test]
    fn layout_is_not_an_edit() {
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
        for (one, other) in [
            ("pub use a::b;", "pub  use a::b;"),
            ("pub mod a;\nstruct B;", "struct B;\npub\nmod a;"),
            ("struct A;", "struct\u{2003}A;"),
            ("/// A b.\nuse c::{d, e};", "/// A\n/// b.\nuse c::d;\n/// A b.\nuse c::e;"),
        ] {
            assert_eq!(fingerprint(one), fingerprint(other), "{other}");
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
        // Nothing but imports and modules follows the comments.
        let text = "//! A.\nuse a::b;\n/// B.\npub use a::c;\nmod d;\n#![allow(e)]\n//! F.\nmod g { /// H.\n }";
        let hash = fingerprint(text).expect("Rust");
        for (from, to) in
            [("A.", "B."), ("B.", "C."), ("F.", "G."), ("H.", "I."), ("a::b", "::a::b")]
        {
            assert_ne!(fingerprint(&text.replace(from, to)), Some(hash.clone()), "{from}");
        }
        for text in ["mod a;", "use a::b;"] {
            let commented = fingerprint(&format!("//! C.\n{text}"));
            assert_ne!(commented, fingerprint(text));
            assert_ne!(commented, fingerprint(&format!("//! D.\n{text}")));
        }
        assert_eq!(fingerprint("struct {"), None);
    }

    #[test]
    fn finds_the_end_of_each_item() {
        let text = "#![allow(a)]\n//! Doc.\npub use self::a::{B, C};\npub(crate) mod x;\nmod y { mod z; }\n\
            const N: S = S { a: 1 };\nstruct T(u8);\n#[cfg(test)]\nmod tests;\nfn f() -> u8 { 1 }";
        let mut tokens = text.parse::<TokenStream>().expect("tokens").into_iter();
        let items: Vec<Option<String>> =
            std::iter::from_fn(|| next_item(&mut tokens)).map(|item| keyword(&item)).collect();
        let words =
            ["use", "mod", "mod", "const", "struct", "mod", "fn"].map(|w| Some(w.to_owned()));
        assert_eq!(items, [&[None, None], &words[..]].concat());
    }
}
