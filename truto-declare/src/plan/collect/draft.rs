//! Types before names are chosen.

use std::collections::BTreeSet;

use crate::model::{Field, Place};
use crate::plan::types::{Role, Ty};
use crate::plan::{Doc, Endpoint};

/// A type before names are chosen.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    /// The resources that use it; the first one declares it if it is the only one.
    pub(crate) resources: BTreeSet<usize>,
    pub(crate) site: Site,
    /// More places that share it, each with a parent of a smaller index.
    pub(crate) more: Vec<(usize, String)>,
    /// The lock has a type at one of its places.
    pub(super) is_locked: bool,
    /// The name that the config gives it.
    pub(crate) stated: Option<String>,
    /// The name that follows from the wire path.
    pub(crate) wanted: String,
    /// The shorter name of a field that repeats its parent's name: `TicketType` of `ticket_type`.
    pub(crate) collapsed: Option<String>,
    pub(crate) roles: Vec<Role>,
    pub(crate) doc: Option<Doc>,
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) body: DraftBody<'a>,
    pub(super) source: DraftSource<'a>,
    pub(super) place: Option<Place>,
}

/// The position of a type.
#[derive(Debug, Clone)]
pub(crate) enum Site {
    /// A record, a query or a body, with its path below the resource.
    Root { resource: usize, path: String },
    /// The field of another type.
    Nested { parent: usize, field: String },
}

#[derive(Debug)]
pub(crate) enum DraftBody<'a> {
    Struct(Vec<Member<'a>>),
    Enum(Vec<&'a str>),
}

/// The part of a source that a type comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum DraftSource<'a> {
    Object(&'a [Field]),
    Enum(&'a [String]),
}

/// A field with its type.
#[derive(Debug)]
pub(crate) struct Member<'a> {
    pub(crate) field: &'a Field,
    pub(crate) ty: Ty,
}
