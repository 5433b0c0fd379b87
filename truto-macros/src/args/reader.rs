//! Turns arguments into values: finds the intended key, and reports one error per mistake.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use syn::LitStr;
use syn::ext::IdentExt as _;

use super::argument::Argument;
use super::key::Key;
use super::mistake::Mistake;
use super::split::{Item, split};
use super::value::{self, Value};
use super::words::aliased;
use super::{RawArgs, VERBS, parse, prose, text};
use crate::diag::{Errors, shown};
use crate::dialect::Dialect;
use crate::recovered::Recovered;

/// Reads arguments into [`RawArgs`].
pub(super) struct Reader<'e> {
    pub(super) dialect: Dialect,
    pub(super) errors: &'e mut Errors,
    /// Keys that are written as such.
    written: Vec<Key>,
    /// Values without a key are reported as one mistake, together with such a form of `method` and `path`.
    has_positional: bool,
    /// Keys whose form that mistake reports, too.
    pub(super) reformed: Vec<Key>,
    pub(super) raw: RawArgs,
}

impl Reader<'_> {
    pub(super) fn read_all(dialect: Dialect, args: TokenStream, errors: &mut Errors) -> RawArgs {
        let items = split(args, errors);
        // Collected first, since a word cannot mean a key that is written elsewhere, even after it.
        let written = items.iter().filter_map(|item| match item {
            Item::Keyed(argument) => Key::of(&argument.key.unraw().to_string()),
            _ => None,
        });
        let written = written.collect();
        let has_positional = items.iter().any(|item| matches!(item, Item::Positional(_)));
        let mut reader = Reader {
            dialect,
            errors,
            written,
            has_positional,
            reformed: Vec::new(),
            raw: RawArgs::default(),
        };
        reader.read(items);
        reader.raw
    }

    fn read(&mut self, mut items: Vec<Item>) {
        let mut positional = Vec::new();
        self.join_parts(&mut items);
        for item in prose::joined(items) {
            match item {
                Item::Keyed(argument) if self.is_verb_alone(&argument) => {
                    positional.push(TokenTree::Ident(argument.key).into());
                }
                Item::Keyed(argument) => self.keyed(argument),
                Item::Positional(value) => positional.push(value),
                Item::Wrapped(group) => self.wrapped(&group),
                Item::Comment(span, text) => self.comment(span, &text),
            }
        }
        self.positional(&positional);
    }

    /// `GET` without a value, or with a handler next to a path: `"/unified/…", get(list_deals)`.
    fn is_verb_alone(&self, argument: &Argument) -> bool {
        let is_handler = |value: &TokenStream| {
            self.has_positional
                && text::intended(Key::Path, value).is_none_or(|text| !text.contains('/'))
        };
        VERBS.contains(&&*argument.key.unraw().to_string().to_lowercase())
            && argument.value.as_ref().map_or(argument.mistake.is_none(), is_handler)
    }

    pub(super) fn keyed(&mut self, argument: Argument) {
        let name = argument.key.unraw().to_string();
        let span = argument.key.span();
        if let Some(key) = Key::of(&name) {
            if self.raw.is_given(key) {
                let help = format!("remove one of the two `{name}`");
                self.errors.help(span, format!("duplicate key `{name}`"), help);
                return;
            }
            // Given even if its value is unusable: it must not be reported as missing as well.
            self.raw.given.push(key);
            self.argument(key, argument, None);
            return;
        }
        let lower = name.to_lowercase();
        let is_verb = VERBS.contains(&&*lower);
        if is_verb && !self.is_taken(Key::Method) {
            self.verb(argument, &lower);
            return;
        }
        if self.is_encoding(&name, &argument) {
            let help = format!("remove `{name}`: requests and responses are JSON");
            self.errors.help(span, format!("unknown key `{name}`"), help);
            return;
        }
        let meant = aliased(&name)
            .or_else(|| self.meant_by_value(&argument))
            .or_else(|| is_verb.then_some(Key::Method))
            .or_else(|| self.typo(&name, &argument));
        let Some(meant) = meant else {
            let help = self.help_for_unknown(&name, &argument);
            self.errors.help(span, format!("unknown key `{name}`"), help);
            return;
        };
        let mistake = format!("unknown key `{name}`; did you mean `{}`?", meant.name());
        let mistake = Mistake::new(span, mistake);
        if self.is_taken(meant) {
            let help = format!("remove `{name}`: `{}` is already given", meant.name());
            self.errors.help(span, mistake.message, help);
            return;
        }
        self.raw.given.push(meant);
        self.argument(meant, argument, Some(mistake));
    }

    /// True for a key that is given, before or after this argument.
    pub(super) fn is_taken(&self, key: Key) -> bool {
        self.written.contains(&key) || self.raw.is_given(key)
    }

    /// A route can only be the value of `path`, whatever its key: `patch = "/unified/…"`.
    fn meant_by_value(&self, argument: &Argument) -> Option<Key> {
        let text = text::intended(Key::Path, argument.value.as_ref()?)?;
        let is_path = text.starts_with('/') && !self.is_taken(Key::Path);
        is_path.then_some(Key::Path)
    }

    /// True for a setting such as `format = "json"`, but not for a function with this name.
    fn is_encoding(&self, name: &str, argument: &Argument) -> bool {
        let meant = aliased(name).or_else(|| self.typo(name, argument));
        matches!(meant, None | Some(Key::Query | Key::Body | Key::Response))
            && argument.value.as_ref().is_some_and(text::is_encoding)
    }

    /// A key that is similar to this word and accepts this value.
    fn typo(&self, name: &str, argument: &Argument) -> Option<Key> {
        let key = Key::of_typo(name)?;
        let fits = match &argument.value {
            Some(value) => value::read(self.dialect, key, value).errors.is_empty(),
            None => true,
        };
        fits.then_some(key)
    }

    /// Reads the value of a key. The argument has at most one error: its first mistake, with the
    /// whole argument as it should be.
    fn argument(&mut self, key: Key, argument: Argument, wrong_key: Option<Mistake>) {
        let Argument { key: written, value, mistake } = argument;
        let is_known = wrong_key.is_none();
        let mut mistakes: Vec<Mistake> = wrong_key.into_iter().chain(mistake).collect();
        let Some(value) = value else {
            let message = format!("key `{}` has no value", key.name());
            mistakes.push(Mistake::new(written.span(), message));
            self.report(mistakes, &self.example(key));
            return;
        };
        if key == Key::Method && self.is_whole_route(&value) {
            return;
        }
        let Recovered { value: read, errors: wrong_value } = value::read(self.dialect, key, &value);
        mistakes.extend(wrong_value);
        if mistakes.is_empty() {
            if let Some(read) = read {
                self.raw.set(key, read);
            }
            return;
        }
        match read.map(|read| self.repaired(key, read)) {
            Some(Ok(read)) => {
                // `"/unified/…", method("GET")`
                let is_form = matches!(key, Key::Method | Key::Path) && is_known;
                if self.has_positional && is_form && mistakes.len() == 1 {
                    self.reformed.push(key);
                } else {
                    self.report(mistakes, &read.argument(key));
                }
                self.raw.set(key, read);
            }
            // A path of the other attribute is another mistake, which the check of paths reports.
            Some(Err(Value::Text(text))) if text::is_path(self.dialect, key, &text.value()) => {
                self.report(mistakes, &format!("{} = ...", key.name()));
                self.raw.set(key, Value::Text(text));
            }
            // The text has no meaning for this key: one error, with an example.
            Some(Err(_)) => self.report(mistakes, &self.example(key)),
            // The help of the value explains why no argument can be suggested.
            None => {
                let last = mistakes.last_mut().and_then(|mistake| mistake.help.take());
                if let Some(first) = mistakes.first_mut() {
                    first.help = first.help.take().or(last);
                }
                self.report(mistakes, &self.example(key));
            }
        }
    }

    /// An example of a whole argument; of `secret`, with the placeholder of this path.
    fn example(&self, key: Key) -> String {
        let path = self.raw.path.as_ref().filter(|_| key == Key::Secret).map(LitStr::value);
        let name = path.as_ref().and_then(|path| path.split_once('<')?.1.split_once('>'));
        match name {
            Some((name, _)) => format!("secret = \"{name}\""),
            None => key.example(self.dialect).to_owned(),
        }
    }

    /// Repairs the text of a value for a help; `Err` returns the value unchanged.
    fn repaired(&self, key: Key, value: Value) -> Result<Value, Value> {
        let Value::Text(literal) = value else {
            return Ok(value);
        };
        match text::repaired(self.dialect, key, &literal.value()) {
            // As written, with the places inside the literal.
            Some(text) if text == literal.value() => Ok(Value::Text(literal)),
            Some(text) => Ok(Value::Text(LitStr::new(&text, literal.span()))),
            None => Err(Value::Text(literal)),
        }
    }

    fn report(&mut self, mistakes: Vec<Mistake>, argument: &str) {
        if let Some(Mistake { span, message, help }) = mistakes.into_iter().next() {
            let help = help.unwrap_or_else(|| format!("write `{argument}`"));
            self.errors.help(span, message, help);
        }
    }

    /// A doc comment between arguments: the endpoint's documentation unless `doc` is also given.
    fn comment(&mut self, span: Span, text: &str) {
        let help = if self.is_taken(Key::Doc) || text.is_empty() {
            "write a plain comment, which begins with `//`".to_owned()
        } else {
            let doc = Value::Text(LitStr::new(text, span));
            let argument = doc.argument(Key::Doc);
            self.raw.given.push(Key::Doc);
            self.raw.set(Key::Doc, doc);
            format!("write `{argument}` to document the function, or begin the comment with `//`")
        };
        self.errors.help(span, "doc comments are not allowed between arguments", help);
    }

    /// Reads arguments that are wrapped in brackets.
    fn wrapped(&mut self, group: &Group) {
        let mut errors = Errors::default();
        let mut raw = parse(self.dialect, group.stream(), &mut errors);
        // The help shows the arguments repaired, so their own mistakes need no errors.
        errors.discard();
        let all = [Key::Method, Key::Path].into_iter().chain(Key::ALL.into_iter().skip(2));
        let arguments: Vec<String> =
            all.filter_map(|key| raw.get(key).map(|value| value.argument(key))).collect();
        let help = if arguments.is_empty() {
            self.dialect.example().to_owned()
        } else {
            arguments.join(", ")
        };
        if arguments.is_empty() {
            raw.given.extend([Key::Method, Key::Path]);
        }
        let open = shown(&TokenTree::Group(group.clone())).chars().next().unwrap_or('(');
        self.errors.help(
            group.span_open(),
            format!("expected `key = value`, found `{open}`"),
            format!("write `{help}`"),
        );
        self.raw = raw;
    }
}
