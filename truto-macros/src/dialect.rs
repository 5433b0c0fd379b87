//! The two attributes, with their names and examples in diagnostics.

/// The attribute that was written; diagnostics name it and suggest only routes that it accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `#[unified_endpoint]`
    Unified,
    /// `#[endpoint]`
    Any,
}

impl Dialect {
    /// The name of the attribute.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Unified => "unified_endpoint",
            Self::Any => "endpoint",
        }
    }

    /// The attribute of this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Unified, Self::Any].into_iter().find(|dialect| dialect.name() == name)
    }

    /// The other attribute.
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Unified => Self::Any,
            Self::Any => Self::Unified,
        }
    }

    /// An example of the path of a collection.
    pub(crate) const fn collection(self) -> &'static str {
        match self {
            Self::Unified => "/unified/e-signature/users",
            Self::Any => "/proxy/tickets",
        }
    }

    /// The smallest arguments that it accepts.
    pub(crate) const fn example(self) -> &'static str {
        match self {
            Self::Unified => r#"method = "GET", path = "/unified/e-signature/users""#,
            Self::Any => r#"method = "GET", path = "/proxy/tickets""#,
        }
    }
}
