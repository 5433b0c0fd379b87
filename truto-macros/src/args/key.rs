//! The keys: one list of all that is known of each.

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
    Crate,
}

impl Key {
    pub(crate) const ALL: [Self; 9] = [
        Self::Method,
        Self::Path,
        Self::Name,
        Self::Query,
        Self::Body,
        Self::Response,
        Self::Doc,
        Self::Safe,
        Self::Crate,
    ];

    /// Its name, a whole argument as an example, and what other frameworks call it.
    const fn about(
        self,
        dialect: Dialect,
    ) -> (&'static str, &'static str, &'static [&'static str]) {
        match self {
            Self::Method => ("method", "method = \"GET\"", &["verb", "http_method"]),
            Self::Path => (
                "path",
                match dialect {
                    Dialect::Unified => "path = \"/unified/e-signature/users/<id>\"",
                    Dialect::Any => "path = \"/proxy/tickets/<id>\"",
                },
                &["url", "uri", "route", "endpoint"],
            ),
            Self::Name => ("name", "name = \"find_user\"", &[]),
            Self::Query => ("query", "query = ListUsers", &["params", "parameters"]),
            Self::Body => ("body", "body = NewUser", &["data", "json", "payload", "request"]),
            Self::Response => {
                ("response", "response = User", &["returns", "return", "output", "ret"])
            }
            Self::Doc => ("doc", "doc = \"Lists the users.\"", &["summary", "description"]),
            Self::Safe => ("safe", "safe = true", &[]),
            Self::Crate => ("crate", "crate = \"my_crate::truto_core\"", &[]),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        self.about(Dialect::Unified).0
    }

    /// A whole argument with this key, in a form that the attribute accepts.
    pub(crate) fn example(self, dialect: Dialect) -> &'static str {
        self.about(dialect).1
    }

    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    /// The key that another framework calls so.
    pub(crate) fn of_alias(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.about(Dialect::Unified).2.contains(&name))
    }

    /// The names of all keys.
    pub(crate) fn names() -> [&'static str; 9] {
        Self::ALL.map(Self::name)
    }
}
