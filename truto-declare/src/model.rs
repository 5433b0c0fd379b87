//! The content of the sources in one typed form, free of Markdown, JSON and Rust.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::route::{self, Method};

/// File and line of an item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub(crate) file: Arc<str>,
    pub(crate) line: usize,
}

impl Place {
    pub(crate) fn new(file: &Arc<str>, line: usize) -> Self {
        Self { file: Arc::clone(file), line }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", crate::text::visible(&self.file), self.line)
    }
}

/// The forms of sources, the least exact first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// Method names alone, for resources that other sources name.
    Coverage,
    Page,
    Catalog,
    UnifiedModel,
    Meta,
}

/// Precedence of a source over others: by form, then age, then name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    pub(crate) form: Form,
    pub(crate) updated_at: String,
    pub(crate) file: Arc<str>,
}

impl Rank {
    /// The rank of a source that does not state its age.
    pub(crate) fn new(form: Form, file: &Arc<str>) -> Self {
        Self { form, updated_at: String::new(), file: Arc::clone(file) }
    }
}

/// One resource as one source describes it.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    pub(crate) model: String,
    pub(crate) segment: String,
    pub(crate) rank: Rank,
    pub(crate) description: Option<String>,
    /// The fields of a record; `None` if the source does not state them.
    pub(crate) record: Option<Vec<Field>>,
    pub(crate) routes: Vec<Route>,
}

/// An endpoint; the placeholders of `path` are written as `<id>`.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) verb: String,
    pub(crate) path: String,
    pub(crate) query: Vec<Field>,
    pub(crate) body: Body,
    /// The response is a file instead of JSON.
    pub(crate) file: bool,
    pub(crate) place: Place,
}

#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// The source does not state it.
    Unknown,
    Nothing,
    /// Any JSON.
    Open,
    Fields(Vec<Field>),
}

#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) shape: Shape,
    pub(crate) required: bool,
    /// `null` is a value of the field, even where the field is required.
    pub(crate) nullable: bool,
    pub(crate) description: Option<Arc<str>>,
    pub(crate) place: Place,
}

#[cfg(test)]
impl Field {
    /// An optional field without a description.
    pub(crate) fn of_shape(name: &str, shape: Shape, place: Place) -> Self {
        let name = name.to_owned();
        Self { name, shape, required: false, nullable: false, description: None, place }
    }
}

/// The positions of fields by name, at each level of a value.
///
/// It is kept while more descriptions of the same fields are merged, so that a merge costs what it
/// adds and not what is already there.
#[derive(Debug, Default)]
pub(crate) struct FieldIndex {
    indexed: usize,
    at: HashMap<String, usize>,
    below: HashMap<usize, FieldIndex>,
}

#[cfg(test)]
thread_local! {
    /// The fields that all indexes of a test have read.
    pub(crate) static INDEXED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

impl FieldIndex {
    /// The position of a field. Fields are only ever appended to the list.
    pub(crate) fn find(&mut self, fields: &[Field], name: &str) -> Option<usize> {
        for (at, field) in fields.iter().enumerate().skip(self.indexed) {
            self.at.insert(field.name.clone(), at);
            #[cfg(test)]
            INDEXED.set(INDEXED.get() + 1);
        }
        self.indexed = fields.len();
        self.at.get(name).copied()
    }

    /// The index of the fields within the value of a field.
    pub(crate) fn below(&mut self, at: usize) -> &mut Self {
        self.below.entry(at).or_default()
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    /// Any JSON.
    Open,
    Text(Text),
    Integer,
    /// An integer that may exceed the range of `i64`.
    Unsigned,
    Number,
    Boolean,
    /// An enum of integers, numbers or booleans: the type of its values.
    Coded(Box<Shape>),
    Array(Box<Shape>),
    /// An item of an array or map that may be `null`.
    Nullable(Box<Shape>),
    Object(Object),
    /// An object with any keys and values of one shape.
    Map(Box<Shape>),
    /// The enclosing object this many levels up; 0 is the one that contains the field.
    Back(usize),
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Object {
    pub(crate) fields: Vec<Field>,
    /// The target of the `$ref` that leads here, unique within the sources.
    pub(crate) reference: Option<Reference>,
}

/// The target of a `$ref`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Reference {
    /// The number of the schema that the pointer starts from; several schemas may begin in one line.
    pub(crate) root: usize,
    /// The pointer, without `#`.
    pub(crate) pointer: Arc<str>,
}

impl PartialEq for Object {
    /// Ignores references: they decide which places share a type, but do not change the wire format.
    fn eq(&self, other: &Self) -> bool {
        self.fields == other.fields
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Text {
    pub(crate) format: Option<Format>,
    /// The known words, if they are listed; all `$ref`s to one definition share them.
    pub(crate) words: Arc<[String]>,
    /// The number of words that the source omits.
    pub(crate) cut: usize,
    /// The target of the `$ref` that leads here.
    pub(crate) reference: Option<Reference>,
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.format == other.format && self.words == other.words && self.cut == other.cut
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    DateTime,
    Date,
    Other,
}

impl PartialEq for Field {
    /// Compares the wire format only; place and description do not count.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.required == other.required
            && self.nullable == other.nullable
            && self.shape == other.shape
    }
}

impl Resource {
    /// Adds the route of a method of which only the name is known.
    pub(crate) fn add_method(&mut self, method: &str) {
        if !route::is_segment(method) {
            return;
        }
        let place = Place::new(&self.rank.file, 1);
        let method = Method::named(method);
        self.routes.push(Route::of_method(&method, &self.model, &self.segment, place));
    }
}

impl Route {
    /// The route of a method of which only the name is known.
    pub(crate) fn of_method(method: &Method, model: &str, segment: &str, place: Place) -> Self {
        let (verb, path) = method.route(model, segment);
        Self {
            verb: verb.to_owned(),
            path,
            query: Vec::new(),
            body: Body::Unknown,
            file: false,
            place,
        }
    }
}

impl Shape {
    /// The kind of value, in the words of Truto's pages.
    pub(crate) fn kind(&self) -> String {
        match self {
            Self::Open => "unknown".to_owned(),
            Self::Text(_) => "string".to_owned(),
            Self::Integer | Self::Unsigned => "integer".to_owned(),
            Self::Coded(inner) | Self::Nullable(inner) => inner.kind(),
            Self::Number => "number".to_owned(),
            Self::Boolean => "boolean".to_owned(),
            Self::Array(item) => format!("array<{}>", item.kind()),
            Self::Object(_) | Self::Map(_) | Self::Back(_) => "object".to_owned(),
        }
    }
}
