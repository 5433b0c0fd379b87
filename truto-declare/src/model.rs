//! What the sources say, in one typed form: no Markdown, no JSON, no Rust.

use std::fmt;
use std::sync::Arc;

use crate::read::route::{self, Method};

/// Where something was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
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
    Page,
    Catalog,
    UnifiedModel,
    Meta,
}

/// How much a source counts where two disagree: its form, then its age, then its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    pub(crate) form: Form,
    pub(crate) updated_at: String,
    pub(crate) file: Arc<str>,
}

impl Rank {
    /// The rank of a source that does not tell its age.
    pub(crate) fn new(form: Form, file: &Arc<str>) -> Self {
        Self { form, updated_at: String::new(), file: Arc::clone(file) }
    }
}

/// What one source says about one resource.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    pub(crate) model: String,
    pub(crate) segment: String,
    pub(crate) rank: Rank,
    pub(crate) description: Option<String>,
    /// The fields of a record; `None` where the source does not tell.
    pub(crate) record: Option<Vec<Field>>,
    pub(crate) routes: Vec<Route>,
    pub(crate) files: Vec<Arc<str>>,
}

/// An endpoint: `path` begins with `/unified/` and has its placeholders as `<id>`.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) verb: String,
    pub(crate) path: String,
    pub(crate) query: Vec<Field>,
    pub(crate) body: Body,
    /// A file comes back instead of JSON.
    pub(crate) file: bool,
    pub(crate) place: Place,
}

#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// The source does not tell.
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
    pub(crate) description: Option<String>,
    pub(crate) place: Place,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    /// Any JSON.
    Open,
    Text(Text),
    Integer,
    Number,
    Boolean,
    Array(Box<Shape>),
    Object(Vec<Field>),
    /// The object that lies so many levels above; 0 is the one that holds the field.
    Back(usize),
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Text {
    pub(crate) format: Option<Format>,
    /// The known words, if they are listed.
    pub(crate) words: Vec<String>,
    /// How many more words there are than those listed.
    pub(crate) cut: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    DateTime,
    Date,
    Other,
}

impl PartialEq for Field {
    /// Whether both say the same about the wire; where and in which words does not count.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.required == other.required && self.shape == other.shape
    }
}

impl Resource {
    /// Adds the route of a method of which nothing more is known.
    pub(crate) fn add_method(&mut self, method: &str) {
        if !route::is_segment(method) {
            return;
        }
        let (verb, path) = Method::named(method).route(&self.model, &self.segment);
        self.routes.push(Route {
            verb: verb.to_owned(),
            path,
            query: Vec::new(),
            body: Body::Unknown,
            file: false,
            place: Place::new(&self.rank.file, 1),
        });
    }
}

impl Shape {
    /// The kind of value, in the words of Truto's pages.
    pub(crate) fn kind(&self) -> String {
        match self {
            Self::Open => "unknown".to_owned(),
            Self::Text(_) => "string".to_owned(),
            Self::Integer => "integer".to_owned(),
            Self::Number => "number".to_owned(),
            Self::Boolean => "boolean".to_owned(),
            Self::Array(item) => format!("array<{}>", item.kind()),
            Self::Object(_) | Self::Back(_) => "object".to_owned(),
        }
    }
}
