//! A check that the fields of a struct are complete, without parsing their types.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// False if a named field lacks its `:` or its type, as while it is typed. Derive macros then generate
/// nothing, so a check of what they generate would add errors to theirs.
pub(crate) fn are_whole(item: &TokenStream) -> bool {
    let fields = item.clone().into_iter().last();
    let Some(TokenTree::Group(fields)) = fields else {
        return true;
    };
    fields.delimiter() != Delimiter::Brace || are_named(fields.stream())
}

fn are_named(fields: TokenStream) -> bool {
    let mut field = Field::default();
    let mut depth = 0_u32;
    let mut before = ' ';
    for token in fields {
        let sign = match &token {
            TokenTree::Punct(punct) => punct.as_char(),
            _ => ' ',
        };
        match sign {
            ',' if depth == 0 => {
                if !field.is_whole() {
                    return false;
                }
                field = Field::default();
            }
            '<' => depth += 1,
            // Not the arrow of a function type.
            '>' if before != '-' => depth = depth.saturating_sub(1),
            ':' if !field.has_colon => field.has_colon = true,
            // An attribute, a doc comment or a restriction of the visibility.
            _ if !field.has_colon => field.has_name |= matches!(token, TokenTree::Ident(_)),
            _ => {}
        }
        field.has_type |= field.has_colon && sign != ':' && sign != ',';
        before = sign;
    }
    field.is_whole()
}

#[derive(Default)]
struct Field {
    has_name: bool,
    has_colon: bool,
    has_type: bool,
}

impl Field {
    /// Also true for no field, as after the last comma.
    fn is_whole(&self) -> bool {
        !self.has_name || self.has_type
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detects_incomplete_fields() {
        for (item, is_whole) in [
            ("struct A;", true),
            ("struct A(u8, String);", true),
            ("struct A {}", true),
            ("struct A { id: String }", true),
            ("struct A { id: String, }", true),
            ("struct A { #[serde(skip)] pub(crate) id: ::std::string::String, b: u8 }", true),
            ("struct A { map: HashMap<String, Vec<u8>>, call: fn(u8) -> u8, b: [u8; 2] }", true),
            ("struct A<T> where T: Clone { a: T }", true),
            ("struct A { id: String, pub na }", false),
            ("struct A { id: String, na: }", false),
            ("struct A { na:, id: String }", false),
            ("struct A { na, id: String }", false),
            ("struct A { pub }", false),
        ] {
            assert_eq!(are_whole(&item.parse().expect("tokens")), is_whole, "{item}");
        }
    }
}
