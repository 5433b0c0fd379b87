//! The derivation table: method and shape to role, function and output.

use crate::{Method, Segment};

/// The kind of an endpoint, by its method and shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// `GET /unified/M/R`
    List,
    /// `GET /unified/M/R/<id>`
    Get,
    /// `POST /unified/M/R`
    Create,
    /// `PATCH /unified/M/R/<id>`
    Update,
    /// `DELETE /unified/M/R/<id>`
    Delete,
    /// `POST /unified/M/R/…/some-method`
    Method,
    /// Anything under `/custom/`.
    Custom,
    /// A route of Truto's own API, which acts on no account.
    Admin,
    /// Any other shape under `/unified/` or `/proxy/`.
    Other,
}

/// The result of `send` for a derived shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Output {
    /// One page of records.
    Page,
    /// One record.
    Record,
    /// The outcome of a delete.
    Deleted,
}

/// The function that is derived from method and path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    /// The kind of the endpoint.
    pub role: Role,
    /// The name of its function; `None` for a shape without a derived name.
    pub name: Option<String>,
    /// The result of `send`; `None` for a shape without a derived name.
    pub output: Option<Output>,
}

impl Role {
    /// The role of a route under `/unified/` or `/proxy/` with these segments after the resource.
    pub(crate) fn of_tail(method: Method, tail: &[Segment<'_>]) -> Self {
        match (method, tail) {
            (Method::Get, []) => Self::List,
            (Method::Get, [Segment::Parameter(_)]) => Self::Get,
            (Method::Post, []) => Self::Create,
            (Method::Post, [.., Segment::Literal(_)]) => Self::Method,
            (Method::Patch, [Segment::Parameter(_)]) => Self::Update,
            (Method::Delete, [Segment::Parameter(_)]) => Self::Delete,
            _ => Self::Other,
        }
    }

    /// The name of the function, for the five roles that have one name each.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::List => Some("list"),
            Self::Get => Some("get"),
            Self::Create => Some("create"),
            Self::Update => Some("update"),
            Self::Delete => Some("delete"),
            Self::Method | Self::Custom | Self::Admin | Self::Other => None,
        }
    }

    /// The name of the variant, for generated code.
    #[must_use]
    pub const fn variant(self) -> &'static str {
        match self {
            Self::List => "List",
            Self::Get => "Get",
            Self::Create => "Create",
            Self::Update => "Update",
            Self::Delete => "Delete",
            Self::Method => "Method",
            Self::Custom => "Custom",
            Self::Admin => "Admin",
            Self::Other => "Other",
        }
    }

    /// The result of `send` if no other one is declared.
    #[must_use]
    pub const fn output(self) -> Option<Output> {
        match self {
            Self::List => Some(Output::Page),
            Self::Get | Self::Create | Self::Update | Self::Method => Some(Output::Record),
            Self::Delete => Some(Output::Deleted),
            Self::Custom | Self::Admin | Self::Other => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_has_its_function_output_and_variant() {
        for (role, name, output) in [
            (Role::List, Some("list"), Some(Output::Page)),
            (Role::Get, Some("get"), Some(Output::Record)),
            (Role::Create, Some("create"), Some(Output::Record)),
            (Role::Update, Some("update"), Some(Output::Record)),
            (Role::Delete, Some("delete"), Some(Output::Deleted)),
            (Role::Method, None, Some(Output::Record)),
            (Role::Custom, None, None),
            (Role::Admin, None, None),
            (Role::Other, None, None),
        ] {
            assert_eq!(role.name(), name, "{role:?}");
            assert_eq!(role.output(), output, "{role:?}");
            assert_eq!(role.variant(), format!("{role:?}"));
        }
    }
}
