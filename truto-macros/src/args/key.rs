//! The keys of the attribute: names, kinds of values, examples.

use crate::diag::closest;
use crate::dialect::Dialect;

/// A key of the attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Method,
    Path,
    Name,
    Query,
    Body,
    Response,
    Doc,
    Safe,
    Secret,
    Crate,
}

/// The form of a key's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A string literal.
    Text,
    Type,
    /// `true`.
    Flag,
    /// A module path, bare or in quotes.
    ModulePath,
}

impl Key {
    pub(crate) const ALL: [Self; 10] = [
        Self::Method,
        Self::Path,
        Self::Name,
        Self::Query,
        Self::Body,
        Self::Response,
        Self::Doc,
        Self::Safe,
        Self::Secret,
        Self::Crate,
    ];

    /// Its name, the form of its value, and a whole argument.
    const fn about(self) -> (&'static str, Kind, &'static str) {
        match self {
            Self::Method => ("method", Kind::Text, r#"method = "GET""#),
            Self::Path => ("path", Kind::Text, r#"path = "/unified/e-signature/users/<id>""#),
            Self::Name => ("name", Kind::Text, r#"name = "find_user""#),
            Self::Query => ("query", Kind::Type, "query = ListUsers"),
            Self::Body => ("body", Kind::Type, "body = NewUser"),
            Self::Response => ("response", Kind::Type, "response = User"),
            Self::Doc => ("doc", Kind::Text, r#"doc = "Lists the users.""#),
            Self::Safe => ("safe", Kind::Flag, "safe = true"),
            Self::Secret => ("secret", Kind::Text, r#"secret = "id""#),
            Self::Crate => ("crate", Kind::ModulePath, r#"crate = "my_crate::truto_core""#),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        self.about().0
    }

    pub(super) fn kind(self) -> Kind {
        self.about().1
    }

    /// A whole argument with this key, in a form that the attribute accepts.
    pub(crate) fn example(self, dialect: Dialect) -> &'static str {
        match (self, dialect) {
            (Self::Path, Dialect::Any) => r#"path = "/proxy/tickets/<id>""#,
            _ => self.about().2,
        }
    }

    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    /// The key that the word misspells, if one is similar enough.
    pub(super) fn of_typo(name: &str) -> Option<Self> {
        Self::of(closest(name, &Self::names())?)
    }

    /// The names of all keys.
    pub(crate) fn names() -> [&'static str; 10] {
        Self::ALL.map(Self::name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allows_one_edit_in_keys_of_up_to_four_letters() {
        for (word, key) in [
            ("pth", Some("path")),
            ("paht", Some("path")),
            ("paths", Some("path")),
            ("Path", Some("path")),
            ("nmae", Some("name")),
            ("bdoy", Some("body")),
            ("docc", Some("doc")),
            ("metod", Some("method")),
            ("mehtdo", Some("method")),
            ("respnse", Some("response")),
            ("qurey", Some("query")),
            ("page", None),
            ("mode", None),
            ("date", None),
            ("node", None),
            ("state", None),
            ("headers", None),
            ("x", None),
        ] {
            assert_eq!(Key::of_typo(word).map(Key::name), key, "{word}");
        }
    }
}
