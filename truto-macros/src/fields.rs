//! A look at the fields of a struct without parsing their types, since nearly all structs are in order.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use syn::DeriveInput;

/// The properties of fields that the expansion depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fields {
    /// False if the struct cannot be parsed, as while a field is typed. Derive macros then generate
    /// nothing, so a check of what they generate would add errors to theirs.
    pub(crate) are_whole: bool,
    /// True if a type contains `'static`.
    pub(crate) have_static: bool,
}

/// Scans a struct without its attributes. It is parsed only if the scan finds an unusual token.
pub(crate) fn scan(item: &TokenStream) -> Fields {
    let last = item.clone().into_iter().last();
    let (is_usual, have_static) = match &last {
        Some(TokenTree::Group(fields)) if fields.delimiter() == Delimiter::Brace => {
            let mut scan = Scan::default();
            let is_usual = fields.stream().into_iter().all(|token| scan.accepts(&token));
            (is_usual && scan.ends_field(), scan.has_static)
        }
        // The fields of a tuple struct are few.
        _ => (false, true),
    };
    let are_whole = is_usual || syn::parse2::<DeriveInput>(item.clone()).is_ok();
    Fields { are_whole, have_static: have_static && are_whole }
}

/// The state of the scan within a field.
#[derive(Default)]
struct Scan {
    read: Part,
    /// Of angle brackets.
    depth: u32,
    before: Kind,
    has_static: bool,
}

/// The last part of a field that was read.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Part {
    #[default]
    None,
    Name,
    Colon,
    Type,
}

/// The kind of a token, as far as it limits the next one.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Kind {
    #[default]
    Start,
    Word,
    Lifetime,
    /// Also the end of angle brackets.
    Group,
    Punct(char),
}

impl Scan {
    /// False if the token may be a mistake.
    fn accepts(&mut self, token: &TokenTree) -> bool {
        let before = self.before;
        if matches!(token, TokenTree::Punct(comma) if comma.as_char() == ',' && self.depth == 0) {
            return before != Kind::Start && self.ends_field();
        }
        self.before = match token {
            TokenTree::Ident(_) if before == Kind::Punct('\'') => Kind::Lifetime,
            TokenTree::Ident(_) => Kind::Word,
            TokenTree::Group(_) => Kind::Group,
            TokenTree::Punct(punct) => Kind::Punct(punct.as_char()),
            TokenTree::Literal(_) => return false,
        };
        if matches!(self.read, Part::None | Part::Name) {
            return self.accepts_before_colon(token);
        }
        self.read = Part::Type;
        match token {
            TokenTree::Ident(word) if self.before == Kind::Lifetime => {
                self.has_static |= word == "static";
                true
            }
            TokenTree::Ident(word) if before != Kind::Word && before != Kind::Group => {
                !is_keyword(&word.to_string())
            }
            TokenTree::Ident(_) | TokenTree::Group(_) => {
                // `(&'static str, u8)`
                self.has_static |= matches!(token, TokenTree::Group(_));
                self.before == Kind::Group && before != Kind::Group
            }
            TokenTree::Punct(punct) => self.accepts_in_type(punct.as_char(), before),
            TokenTree::Literal(_) => false,
        }
    }

    /// An attribute, the visibility, or the name.
    fn accepts_before_colon(&mut self, token: &TokenTree) -> bool {
        match token {
            TokenTree::Punct(colon) if colon.as_char() == ':' => {
                let is_after_name = std::mem::replace(&mut self.read, Part::Colon) == Part::Name;
                // Not a path.
                is_after_name && colon.spacing() == Spacing::Alone
            }
            TokenTree::Punct(punct) => punct.as_char() == '#',
            TokenTree::Ident(word) => {
                let word = word.to_string();
                if word == "pub" {
                    return true;
                }
                self.read = Part::Name;
                !is_keyword(&word)
            }
            TokenTree::Group(_) => true,
            TokenTree::Literal(_) => false,
        }
    }

    fn accepts_in_type(&mut self, punct: char, before: Kind) -> bool {
        match punct {
            '<' => self.depth += 1,
            // Not the arrow of a function type.
            '>' if before != Kind::Punct('-') => match self.depth.checked_sub(1) {
                Some(depth) => {
                    self.depth = depth;
                    self.before = Kind::Group;
                }
                None => return false,
            },
            _ => {}
        }
        // A path, a reference, a bound or a lifetime; a binding or a list within angle brackets.
        "<>:&'-+".contains(punct) || (self.depth > 0 && "=,".contains(punct))
    }

    /// Ends the field, if there is one; false if it is incomplete.
    fn ends_field(&mut self) -> bool {
        let field = Self { has_static: self.has_static, ..Self::default() };
        let Self { read, depth, before, .. } = std::mem::replace(self, field);
        let is_end = matches!(before, Kind::Word | Kind::Group);
        before == Kind::Start || (read == Part::Type && depth == 0 && is_end)
    }
}

/// True for a keyword that is neither a name nor a path; few types begin with one.
fn is_keyword(word: &str) -> bool {
    let keywords = [
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do",
        "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "if", "impl", "in", "let",
        "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
        "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
        "virtual", "where", "while", "yield",
    ];
    keywords.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detects_incomplete_fields() {
        for item in [
            "struct A;",
            "struct A(u8, String);",
            "struct A {}",
            "struct A { id: String }",
            "struct A { id: String, }",
            "struct A { #[serde(skip)] pub(crate) id: ::std::string::String, b: u8 }",
            "struct A { map: HashMap<String, Vec<u8>>, call: fn(u8) -> u8, b: [u8; 2] }",
            "struct A<T> where T: Clone { a: T }",
            "struct A { r#type: &'static str, b: Box<dyn Fn(u8) -> u8 + 'static> }",
            "struct A { a: dyn Iterator<Item = u8>, b: &mut u8, c: *const u8, d: <A as B>::C }",
            "struct A { a: for<'a> fn(&'a u8), b: Uint<{ 1 }>, c: Uint<1>, d: [u8; { 1 }] }",
            "struct A { a: !, b: (u8, String), c: ::a::B, d: dyn A + 'static, e: vec![u8] }",
        ] {
            assert!(scan(&item.parse().expect("tokens")).are_whole, "{item}");
        }
        for field in [
            "na",
            "na:",
            "na:, id: String",
            "na, id: String",
            "pub",
            "pub(crate)",
            "pub na",
            "na: ,",
            "na: Vec<",
            "na: Vec<, b: u8",
            "na: Option<Vec",
            "na: &",
            "na String",
            "na; String",
            "na: String tag: u8",
            "na: Foo::",
            "na: dyn",
            "na: Vec<String>>",
            "na::",
            "na: String:",
            "na: 'a",
            "na: String =",
            "na: pub b: String",
            "na: <",
            "#[serde]",
            "na = String",
            "struct",
            "type: String",
            "na: String;",
            "na: [u8; 2] b: u8",
            "na: \"x\"",
            "na-b: u8",
            "na: Vec<u8> b: u8",
            "na: u8 #[serde(skip)] b: u8",
            "na: u8,, b: u8",
            "'a: u8",
            "pub: u8",
        ] {
            for item in ["struct A { id: String, $ }", "struct A { $ }", "struct A($);"] {
                let item = item.replace('$', field);
                // Tuples have no names.
                let is_tuple = item.contains('(') && syn::parse_str::<DeriveInput>(&item).is_ok();
                let fields = scan(&item.parse().expect("tokens"));
                assert_eq!(fields.are_whole, is_tuple && item.ends_with(';'), "{item}");
            }
        }
    }

    #[test]
    fn knows_the_keywords_of_syn() {
        for word in ["as", "dyn", "type", "yield", "where", "virtual", "unsized", "try"] {
            assert!(is_keyword(word) && syn::parse_str::<syn::Ident>(word).is_err(), "{word}");
        }
        for word in ["union", "gen", "auto", "raw", "r#type", "String"] {
            assert!(!is_keyword(word) && syn::parse_str::<syn::Ident>(word).is_ok(), "{word}");
        }
    }

    #[test]
    fn finds_static_types() {
        for (item, have_static) in [
            ("struct A { a: &'static str, b: u8 }", true),
            ("struct A { a: Option<&'static [u8]> }", true),
            ("struct A { a: (u8, &'static str) }", true),
            ("struct A(&'static str);", true),
            (
                "struct A { r#static: u8, a: Vec<u8>, #[serde(borrow = \"'static\")] b: Cow<'a, str> }",
                false,
            ),
            ("struct A { a: &'static str, b }", false),
        ] {
            assert_eq!(scan(&item.parse().expect("tokens")).have_static, have_static, "{item}");
        }
    }
}
