//! From what the sources say to what is declared: types, names and endpoints, not yet text.

mod build;
mod declare;
mod endpoint;
mod home;
pub(crate) mod names;
mod naming;
mod shapes;
mod types;
pub(crate) mod words;

pub(crate) use build::plan;
pub(crate) use endpoint::Derived;

use std::collections::BTreeSet;
use std::sync::Arc;

/// All that is written.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) models: Vec<ModelPlan>,
    /// Types that several models use.
    pub(crate) shared: Vec<Type>,
}

#[derive(Debug)]
pub(crate) struct ModelPlan {
    pub(crate) segment: String,
    /// The folder and module of the model, where there are several.
    pub(crate) module: String,
    pub(crate) files: Vec<FilePlan>,
    /// Types that several resources of the model use, and the file that holds them.
    pub(crate) shared: Vec<Type>,
}

/// The file of a resource.
#[derive(Debug)]
pub(crate) struct FilePlan {
    pub(crate) segment: String,
    pub(crate) module: String,
    pub(crate) types: Vec<Type>,
    pub(crate) sources: Vec<Arc<str>>,
}

#[derive(Debug)]
pub(crate) struct Type {
    pub(crate) name: String,
    pub(crate) doc: Doc,
    pub(crate) derives: Vec<&'static str>,
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) body: TypeBody,
    /// The types of the output that its fields name.
    pub(crate) uses: BTreeSet<String>,
}

#[derive(Debug)]
pub(crate) enum TypeBody {
    Struct { fields: Vec<StructField>, new: bool },
    Enum(Vec<Variant>),
}

/// The text above a type.
#[derive(Debug)]
pub(crate) enum Doc {
    /// Of the source: plain text.
    Foreign(String),
    /// Our own, in Markdown.
    Own(String),
}

#[derive(Debug)]
pub(crate) struct StructField {
    pub(crate) ident: String,
    pub(crate) wire: String,
    /// Its type without the `Option` around it.
    pub(crate) inner: String,
    pub(crate) required: bool,
    pub(crate) doc: Option<String>,
    /// Left out of a body while it is `None`.
    pub(crate) skip: bool,
}

#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) ident: String,
    pub(crate) wire: String,
}

#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) verb: String,
    pub(crate) path: String,
    pub(crate) name: Option<String>,
    pub(crate) query: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) response: Option<String>,
}

impl StructField {
    pub(crate) fn type_text(&self) -> String {
        match self.required {
            true => self.inner.clone(),
            false => format!("Option<{}>", self.inner),
        }
    }
}
