//! The Rust type of a value.

use std::collections::BTreeSet;

use crate::model::{Field, Format, Shape, Text};

/// The use of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Response,
    Query,
    Body,
    /// A body in which every field is left out, cleared or set.
    Patch,
}

/// A Rust type; names are resolved when it is printed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ty {
    /// A primitive, or the text of the config.
    Plain(String),
    /// A type of the runtime.
    Runtime(&'static str, Vec<Ty>),
    /// `Option`, `Vec`, `Box`, or `BTreeMap` with text keys.
    Std(&'static str, Box<Ty>),
    /// A type of the same model, by its index.
    Own(usize),
}

impl Ty {
    pub(crate) fn plain(text: &str) -> Self {
        Self::Plain(text.to_owned())
    }

    pub(crate) fn std(name: &'static str, inner: Self) -> Self {
        Self::Std(name, Box::new(inner))
    }

    pub(crate) fn remote_data() -> Self {
        Self::Runtime("RemoteData", Vec::new())
    }

    pub(crate) fn or_raw(inner: Self) -> Self {
        Self::Runtime("OrRaw", vec![inner])
    }

    pub(crate) fn own_types(&self, found: &mut BTreeSet<usize>) {
        match self {
            Self::Own(index) => {
                found.insert(*index);
            }
            Self::Std(_, inner) => inner.own_types(found),
            Self::Runtime(_, inner) => inner.iter().for_each(|inner| inner.own_types(found)),
            Self::Plain(_) => {}
        }
    }

    pub(crate) fn text(&self, name: &dyn Fn(usize) -> String) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Own(index) => name(*index),
            Self::Std("BTreeMap", inner) => format!("BTreeMap<String, {}>", inner.text(name)),
            Self::Std(outer, inner) => format!("{outer}<{}>", inner.text(name)),
            Self::Runtime(outer, inner) if inner.is_empty() => (*outer).to_owned(),
            Self::Runtime(outer, inner) => {
                let inner: Vec<String> = inner.iter().map(|inner| inner.text(name)).collect();
                format!("{outer}<{}>", inner.join(", "))
            }
        }
    }
}

/// The type of a scalar; `filter` at the top level of a query, `tolerant` for `[output] tolerant`.
pub(crate) fn leaf(name: &str, shape: &Shape, role: Role, filter: bool, tolerant: bool) -> Ty {
    let date = |kind: &str| {
        let outer = if filter { "Filter" } else { "OrRaw" };
        Ty::Runtime(outer, vec![Ty::plain(kind)])
    };
    let scalar = |kind: &str| {
        if tolerant && role == Role::Response {
            Ty::or_raw(Ty::plain(kind))
        } else {
            Ty::plain(kind)
        }
    };
    let id = || Ty::Runtime("Id", Vec::new());
    let named_id = name == "id" || name.ends_with("_id");
    let response = role == Role::Response;
    match shape {
        Shape::Text(Text { format: Some(Format::DateTime), .. }) => date("jiff::Timestamp"),
        Shape::Text(Text { format: Some(Format::Date), .. }) => date("jiff::civil::Date"),
        Shape::Text(_) if named_id => id(),
        // Only in responses: an `Id` is always sent as a string, which the provider may refuse for a
        // number.
        Shape::Integer | Shape::Unsigned | Shape::Number if name == "id" && response => id(),
        Shape::Open if name == "id" => id(),
        Shape::Text(Text { format: None, .. }) if name.ends_with("_at") => date("jiff::Timestamp"),
        Shape::Text(_) => scalar("String"),
        Shape::Integer => scalar("i64"),
        Shape::Unsigned => scalar("u64"),
        Shape::Number => scalar("f64"),
        Shape::Boolean => scalar("bool"),
        _ => Ty::remote_data(),
    }
}

/// The operators of a filter.
pub(crate) fn is_operator(name: &str) -> bool {
    ["eq", "gt", "gte", "lt", "lte"].contains(&name)
}

/// `Filter` of the values that its operators take.
pub(crate) fn filter(name: &str, operators: &[Field]) -> Ty {
    let dated = |shape: &Shape| matches!(shape, Shape::Text(Text { format: Some(_), .. }));
    let shapes = operators.iter().map(|field| &field.shape);
    let shape = shapes.clone().find(|shape| dated(shape)).or_else(|| shapes.clone().next());
    let value = match shape {
        None | Some(Shape::Open) => {
            leaf(name, &Shape::Text(Text::default()), Role::Query, false, false)
        }
        Some(shape) => leaf(name, shape, Role::Query, false, false),
    };
    let value = match value {
        Ty::Runtime("OrRaw", mut inner) => inner.pop().unwrap_or_else(Ty::remote_data),
        // Operators take values, not objects.
        Ty::Runtime("RemoteData", _) => Ty::plain("String"),
        other => other,
    };
    Ty::Runtime("Filter", vec![value])
}
