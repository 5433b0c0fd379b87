//! The arguments of one attribute, as far as they could be read.

mod argument;
mod key;
mod mistake;
mod positional;
mod show;
mod split;
#[cfg(test)]
mod tests;
mod text;
mod value;
mod words;

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::{LitStr, Type};

use self::argument::Argument;
pub(crate) use self::key::Key;
use self::mistake::Mistake;
use self::split::{Item, split};
use self::value::Value;
use self::words::{aliased, place_of_setting};
use crate::diag::{Errors, shown};
use crate::dialect::Dialect;
use crate::recovered::Recovered;

/// Methods that some write as a key.
const VERBS: [&str; 5] = ["get", "post", "patch", "put", "delete"];

#[derive(Default)]
pub(crate) struct RawArgs {
    pub(crate) method: Option<LitStr>,
    pub(crate) path: Option<LitStr>,
    pub(crate) name: Option<LitStr>,
    pub(crate) query: Option<Type>,
    pub(crate) body: Option<Type>,
    pub(crate) response: Option<Type>,
    pub(crate) doc: Option<LitStr>,
    /// The place of `safe = true`.
    pub(crate) safe: Option<Span>,
    /// Names of placeholders.
    pub(crate) secret: Option<LitStr>,
    pub(crate) krate: Option<syn::Path>,
    /// Keys that were written, or that something else was written for, readable or not.
    given: Vec<Key>,
}

/// Reads all arguments; mistakes are reported, and repaired where the intention is clear.
pub(crate) fn parse(dialect: Dialect, args: TokenStream, errors: &mut Errors) -> RawArgs {
    let items = split(args, errors);
    // A word that means a key is judged by the keys that are written beside it, wherever they are.
    let written = items.iter().filter_map(|item| match item {
        Item::Keyed(argument) => Key::of(&argument.key.unraw().to_string()),
        _ => None,
    });
    let written = written.collect();
    let mut reader = Reader { dialect, errors, written, raw: RawArgs::default() };
    reader.read(items);
    reader.raw
}

impl RawArgs {
    /// True for a key that was written, even wrongly: its mistake is reported, its absence is not.
    pub(crate) fn is_given(&self, key: Key) -> bool {
        self.given.contains(&key)
    }

    fn set(&mut self, key: Key, value: Value) {
        match (key, value) {
            (Key::Method, Value::Text(text)) => self.method = Some(text),
            (Key::Path, Value::Text(text)) => self.path = Some(text),
            (Key::Name, Value::Text(text)) => self.name = Some(text),
            (Key::Doc, Value::Text(text)) => self.doc = Some(text),
            (Key::Query, Value::Type(ty)) => self.query = Some(*ty),
            (Key::Body, Value::Type(ty)) => self.body = Some(*ty),
            (Key::Response, Value::Type(ty)) => self.response = Some(*ty),
            (Key::Safe, Value::Flag(span)) => self.safe = Some(span),
            (Key::Secret, Value::Text(text)) => self.secret = Some(text),
            (Key::Crate, Value::ModulePath(path)) => self.krate = Some(path),
            // Each key is read as its own kind of value.
            _ => {}
        }
    }

    fn get(&self, key: Key) -> Option<Value> {
        match key {
            Key::Method => self.method.clone().map(Value::Text),
            Key::Path => self.path.clone().map(Value::Text),
            Key::Name => self.name.clone().map(Value::Text),
            Key::Doc => self.doc.clone().map(Value::Text),
            Key::Query => self.query.clone().map(Box::new).map(Value::Type),
            Key::Body => self.body.clone().map(Box::new).map(Value::Type),
            Key::Response => self.response.clone().map(Box::new).map(Value::Type),
            Key::Safe => self.safe.map(Value::Flag),
            Key::Secret => self.secret.clone().map(Value::Text),
            Key::Crate => self.krate.clone().map(Value::ModulePath),
        }
    }
}

/// Reads arguments into [`RawArgs`].
struct Reader<'e> {
    dialect: Dialect,
    errors: &'e mut Errors,
    /// Keys that are written as such.
    written: Vec<Key>,
    raw: RawArgs,
}

impl Reader<'_> {
    fn read(&mut self, items: Vec<Item>) {
        let mut positional = Vec::new();
        for item in items {
            match item {
                Item::Keyed(argument) if Self::is_verb_alone(&argument) => {
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

    /// `GET` without a value.
    fn is_verb_alone(argument: &Argument) -> bool {
        argument.value.is_none()
            && VERBS.contains(&&*argument.key.unraw().to_string().to_lowercase())
            && argument.mistake.is_none()
    }

    fn keyed(&mut self, argument: Argument) {
        let name = argument.key.unraw().to_string();
        let span = argument.key.span();
        if let Some(key) = Key::of(&name) {
            if self.raw.is_given(key) {
                let help = format!("remove one of the two `{name}`");
                self.errors.help(span, format!("duplicate key `{name}`"), help);
                return;
            }
            self.raw.given.push(key);
            self.argument(key, argument, None);
            return;
        }
        let lower = name.to_lowercase();
        let is_verb = VERBS.contains(&&*lower);
        if is_verb && !self.is_taken(Key::Method) {
            self.verb(&argument, &lower);
            return;
        }
        let meant = aliased(&name)
            .or_else(|| self.meant_by_value(&argument))
            .or_else(|| is_verb.then_some(Key::Method))
            .or_else(|| self.typo(&name, &argument));
        let Some(meant) = meant else {
            let help = place_of_setting(&lower).map_or_else(
                || format!("the keys are `{}`", Key::names().join("`, `")),
                str::to_owned,
            );
            self.errors.help(span, format!("unknown key `{name}`"), help);
            return;
        };
        let mistake = format!("unknown key `{name}`; did you mean `{}`?", meant.name());
        let mistake = Mistake::new(span, mistake);
        if self.is_taken(meant) {
            let help = format!("remove `{name}`: `{}` is given, too", meant.name());
            self.errors.help(span, mistake.message, help);
            return;
        }
        self.raw.given.push(meant);
        self.argument(meant, argument, Some(mistake));
    }

    /// True for a key that is given, before or after this argument.
    fn is_taken(&self, key: Key) -> bool {
        self.written.contains(&key) || self.raw.is_given(key)
    }

    /// A route can only be the value of `path`, whatever its key: `patch = "/unified/…"`.
    fn meant_by_value(&self, argument: &Argument) -> Option<Key> {
        let text = text::intended(Key::Path, argument.value.as_ref()?)?;
        let is_path = text.starts_with('/') && !self.is_taken(Key::Path);
        is_path.then_some(Key::Path)
    }

    /// A key that is nearly this word and that takes this value.
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
        let mut mistakes: Vec<Mistake> = wrong_key.into_iter().chain(mistake).collect();
        let Some(value) = value else {
            let message = format!("key `{}` has no value", key.name());
            mistakes.push(Mistake::new(written.span(), message));
            self.report(mistakes, key.example(self.dialect));
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
                self.report(mistakes, &read.argument(key));
                self.raw.set(key, read);
            }
            // The checks of paths and names report the mistake in the text.
            Some(Err(read)) => {
                self.report(mistakes, &format!("{} = ...", key.name()));
                self.raw.set(key, read);
            }
            None => self.report(mistakes, key.example(self.dialect)),
        }
    }

    /// Repairs the text of a value that is part of a help; `Err` is the value as it was.
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

    /// A doc comment between arguments: the endpoint's documentation unless `doc` is given, too.
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

    /// All arguments in brackets of their own.
    fn wrapped(&mut self, group: &Group) {
        let mut errors = Errors::default();
        let mut raw = parse(self.dialect, group.stream(), &mut errors);
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
