//! The derivation table: method and shape to role, function and output.

use crate::{Method, Segment};

/// What an endpoint does, as its method and its shape say.
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

/// What `send` returns for a derived shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Output {
    /// One page of records.
    Page,
    /// One record.
    Record,
    /// The outcome of a delete.
    Deleted,
}

/// What follows from method and path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    /// What the endpoint does.
    pub role: Role,
    /// The name of its function; `None` for a shape without a derived name.
    pub name: Option<String>,
    /// What `send` returns; `None` for a shape without a derived name.
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

    /// What `send` returns where nothing else is declared.
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
