//! Types with a part that no signature of a function or implementation can have.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{GenericArgument, Lifetime, PathArguments, PathSegment, Type, parse_quote};

use super::key::Key;
use super::mistake::Mistake;
use super::show::{compact, first_span};
use super::value::{Read, Value};

/// Reports such a part at its own place. rustc would report it for each generated item, and suggest a
/// change of the attribute's syntax.
pub(super) fn check(key: Key, ty: Type) -> Read {
    let tokens = ty.to_token_stream();
    let typed = |ty: Type| Value::Type(Box::new(ty));
    if let Some(word) = placeholder(&tokens) {
        let message = format!("`{word}` is not allowed in the type of `{}`", key.name());
        return Read::wrong(None, Mistake::new(word.span(), message));
    }
    if key == Key::Response {
        let mut owned = ty.clone();
        let Some(Borrowed { part, is_replaced }) = make_owned(&mut owned) else {
            return Read::good(typed(ty));
        };
        let owned = typed(owned);
        let message = format!("a response must own its data, found `{}`", compact(&part));
        let help = format!("write `{}`", owned.argument(key));
        let mistake = Mistake::new(first_span(&part), message).help(help);
        return Read::wrong(is_replaced.then_some(owned), mistake);
    }
    let lifetimes = Lifetimes::of(&tokens);
    let Some(name) = lifetimes.undeclared() else {
        return Read::good(typed(ty));
    };
    // As in the parameter of a function.
    let elided = syn::parse2(lifetimes.elided(tokens)).ok();
    let message = format!("use of undeclared lifetime name `'{name}`");
    Read::wrong(elided.map(typed), Mistake::new(name.span(), message))
}

/// The first `_` or `impl`.
fn placeholder(tokens: &TokenStream) -> Option<Ident> {
    let mut last = ' ';
    tokens.clone().into_iter().find_map(|token| {
        let before = std::mem::replace(&mut last, mark(&token));
        match token {
            TokenTree::Ident(word) if before != '\'' && (word == "_" || word == "impl") => {
                Some(word)
            }
            // Neither the arguments of macros nor expressions.
            TokenTree::Group(group) if before != '!' && group.delimiter() != Delimiter::Brace => {
                placeholder(&group.stream())
            }
            _ => None,
        }
    })
}

fn mark(token: &TokenTree) -> char {
    match token {
        TokenTree::Punct(mark) => mark.as_char(),
        _ => ' ',
    }
}

/// The first part of a response that borrows.
struct Borrowed {
    part: TokenStream,
    /// An owned type took the place of all such parts. A type of the user's may need another declaration.
    is_replaced: bool,
}

/// Replaces each part that borrows: a decoded response has nothing to borrow from.
fn make_owned(ty: &mut Type) -> Option<Borrowed> {
    match ty {
        Type::Reference(reference) => {
            if reference.lifetime.as_ref().is_some_and(is_static) {
                return None;
            }
            let part = reference.to_token_stream();
            let mut owned = match &*reference.elem {
                Type::Path(path) if path.path.is_ident("str") => parse_quote!(String),
                Type::Slice(slice) => {
                    let element = &slice.elem;
                    parse_quote!(Vec<#element>)
                }
                other => other.clone(),
            };
            let inner = make_owned(&mut owned);
            *ty = owned;
            Some(Borrowed { part, is_replaced: inner.is_none_or(|inner| inner.is_replaced) })
        }
        Type::Array(array) => make_owned(&mut array.elem),
        Type::Slice(slice) => make_owned(&mut slice.elem),
        Type::Group(group) => make_owned(&mut group.elem),
        Type::Paren(paren) => make_owned(&mut paren.elem),
        Type::Tuple(tuple) => tuple.elems.iter_mut().map(make_owned).fold(None, first),
        Type::Path(path) => path.path.segments.iter_mut().map(make_segment_owned).fold(None, first),
        _ => None,
    }
}

fn make_segment_owned(segment: &mut PathSegment) -> Option<Borrowed> {
    let part = segment.to_token_stream();
    let is_cow = segment.ident == "Cow";
    let PathArguments::AngleBracketed(arguments) = &mut segment.arguments else {
        return None;
    };
    let mut borrowed = None;
    let old = std::mem::take(&mut arguments.args);
    for mut argument in old {
        match &mut argument {
            GenericArgument::Lifetime(name) if !is_static(name) => {
                let own = Borrowed { part: part.clone(), is_replaced: is_cow };
                borrowed = first(borrowed, Some(own));
                if !is_cow {
                    continue;
                }
                name.ident = Ident::new("static", name.ident.span());
            }
            GenericArgument::Type(ty) => borrowed = first(borrowed, make_owned(ty)),
            _ => {}
        }
        arguments.args.push(argument);
    }
    if borrowed.is_some() && arguments.args.is_empty() {
        segment.arguments = PathArguments::None;
    }
    borrowed
}

fn is_static(lifetime: &Lifetime) -> bool {
    lifetime.ident == "static"
}

fn first(first: Option<Borrowed>, next: Option<Borrowed>) -> Option<Borrowed> {
    match (first, next) {
        (Some(first), Some(next)) => {
            Some(Borrowed { is_replaced: first.is_replaced && next.is_replaced, ..first })
        }
        (first, next) => first.or(next),
    }
}

/// The lifetimes that a type names.
struct Lifetimes {
    names: Vec<Ident>,
    /// Those of `for<'a>`.
    declared: Vec<Ident>,
}

impl Lifetimes {
    fn of(tokens: &TokenStream) -> Self {
        let mut lifetimes = Self { names: Vec::new(), declared: Vec::new() };
        lifetimes.add(tokens);
        lifetimes
    }

    fn add(&mut self, tokens: &TokenStream) {
        let (mut last, mut is_binder) = (' ', false);
        for token in tokens.clone() {
            let before = std::mem::replace(&mut last, mark(&token));
            match token {
                TokenTree::Ident(name) if before == '\'' => {
                    let names = if is_binder { &mut self.declared } else { &mut self.names };
                    names.push(name);
                }
                TokenTree::Ident(word) => is_binder = word == "for",
                TokenTree::Punct(mark) if mark.as_char() == '>' => is_binder = false,
                TokenTree::Group(group) if before != '!' => self.add(&group.stream()),
                _ => {}
            }
        }
    }

    fn undeclared(&self) -> Option<&Ident> {
        self.names.iter().find(|name| self.is_undeclared(name))
    }

    fn is_undeclared(&self, name: &Ident) -> bool {
        name != "static" && name != "_" && !self.declared.contains(name)
    }

    /// The tokens with `'_` for each undeclared lifetime, and with none in a reference.
    fn elided(&self, tokens: TokenStream) -> TokenStream {
        let mut elided: Vec<TokenTree> = Vec::new();
        for token in tokens {
            let [before, mark] = match &*elided {
                [.., before, last] => [mark(before), mark(last)],
                [last] => [' ', mark(last)],
                [] => [' ', ' '],
            };
            match token {
                TokenTree::Ident(name) if mark == '\'' && self.is_undeclared(&name) => {
                    if before == '&' {
                        elided.pop();
                    } else {
                        elided.push(Ident::new("_", name.span()).into());
                    }
                }
                TokenTree::Group(group) if mark != '!' => {
                    let mut inner = Group::new(group.delimiter(), self.elided(group.stream()));
                    inner.set_span(group.span());
                    elided.push(inner.into());
                }
                other => elided.push(other),
            }
        }
        elided.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The message and the type that was meant.
    fn checked(key: Key, ty: &str) -> (Option<String>, Option<String>) {
        let read = check(key, syn::parse_str(ty).expect(ty));
        // Tokens are spaced in another way than these types.
        let meant = read.value.map(|value| squeezed(&value.argument(key)));
        (read.errors.into_iter().next().map(|mistake| mistake.message), meant)
    }

    fn squeezed(text: &str) -> String {
        text.split_whitespace().collect()
    }

    #[test]
    fn omits_undeclared_lifetimes() {
        for (ty, name, meant) in [
            ("List<'a>", "a", "List<'_>"),
            ("&'a str", "a", "&str"),
            ("[(&'a str, Cow<'b, str>); 2]", "a", "[(&str, Cow<'_, str>); 2]"),
            ("Box<dyn for<'a> Shape<'a> + 'b>", "b", "Box<dyn for<'a> Shape<'a> + '_>"),
        ] {
            let message = format!("use of undeclared lifetime name `'{name}`");
            let meant = squeezed(&format!("query = {meant}"));
            assert_eq!(checked(Key::Query, ty), (Some(message), Some(meant)), "{ty}");
        }
    }

    #[test]
    fn accepts_valid_types() {
        for ty in [
            "List<'_>",
            "&'static str",
            "&str",
            "Box<dyn for<'a> Shape<'a>>",
            "fn(&u8)",
            "ty!(_, 'a)",
            "Sized<{ size('_') }>",
        ] {
            assert_eq!(
                checked(Key::Body, ty),
                (None, Some(squeezed(&format!("body = {ty}")))),
                "{ty}"
            );
        }
    }

    #[test]
    fn rejects_borrowed_responses() {
        for (ty, found, meant) in [
            ("Vec<&str>", "&str", "Vec<String>"),
            ("Option<&'a [User]>", "&'a [User]", "Option<Vec<User>>"),
            ("(&'_ User, &Vec<&str>)", "&'_ User", "(User, Vec<String>)"),
            ("&User", "&User", "User"),
            ("std::borrow::Cow<'a, str>", "Cow<'a, str>", "std::borrow::Cow<'static, str>"),
        ] {
            let message = format!("a response must own its data, found `{found}`");
            let meant = squeezed(&format!("response = {meant}"));
            assert_eq!(checked(Key::Response, ty), (Some(message), Some(meant)), "{ty}");
        }
        // The declaration of the type has to change, too.
        let message = "a response must own its data, found `Row<'a>`".to_owned();
        assert_eq!(checked(Key::Response, "Vec<Row<'a>>"), (Some(message), None));
        for ty in ["Cow<'static, str>", "Box<[u8]>", "Marker<fn(&str)>", "Marker<&'static str>"] {
            assert_eq!(
                checked(Key::Response, ty),
                (None, Some(squeezed(&format!("response = {ty}"))))
            );
        }
    }

    #[test]
    fn rejects_placeholder_types() {
        for (ty, word) in [("Vec<(_, u8)>", "_"), ("Vec<impl Sized>", "impl")] {
            let message = format!("`{word}` is not allowed in the type of `query`");
            assert_eq!(checked(Key::Query, ty), (Some(message), None), "{ty}");
        }
    }
}
