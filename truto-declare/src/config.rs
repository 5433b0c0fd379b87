//! The names and types that taste decides: `declare.toml`.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::diagnostic::{SourceError, Warnings};
use crate::model::Place;

/// The settings, each with whether it was of use.
#[derive(Debug, Default)]
pub(crate) struct Config {
    pub(crate) name: Option<std::sync::Arc<str>>,
    tables: Tables,
    used: RefCell<BTreeSet<(&'static str, String)>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    #[serde(default)]
    resources: BTreeMap<String, Override>,
    #[serde(default)]
    types: BTreeMap<String, String>,
    #[serde(default)]
    fields: BTreeMap<String, Override>,
    #[serde(default)]
    derive: Derives,
    #[serde(default)]
    output: OutputSettings,
}

/// More derives for the generated types.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Derives {
    #[serde(default)]
    pub(crate) records: Vec<String>,
    #[serde(default)]
    pub(crate) bodies: Vec<String>,
    #[serde(default)]
    pub(crate) enums: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutputSettings {
    tolerant: Option<Tolerant>,
    #[serde(rename = "crate")]
    crate_path: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Tolerant {
    Scalars,
}

/// A name, or `false` for "leave it out".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Override {
    Named(String),
    LeftOut,
}

impl<'de> Deserialize<'de> for Override {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Flag(bool),
            Name(String),
        }
        match Written::deserialize(deserializer) {
            Ok(Written::Name(name)) => Ok(Self::Named(name)),
            Ok(Written::Flag(false)) => Ok(Self::LeftOut),
            _ => Err(serde::de::Error::custom("expected a name or `false`")),
        }
    }
}

fn has_comment(text: &str) -> bool {
    text.contains("//") || text.contains("/*")
}

impl Config {
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, SourceError> {
        let name: std::sync::Arc<str> = file.into();
        let line = |offset: usize| {
            Place::new(&name, text.get(..offset).unwrap_or_default().matches('\n').count() + 1)
        };
        let tables: Tables = toml::from_str(text).map_err(|error| {
            let place = line(error.span().map_or(0, |span| span.start));
            SourceError::at(&place, error.message().to_owned()).expected(
                "`[resources]`, `[types]` and `[fields]` with a name or `false` for each key",
            )
        })?;
        let at = |key: &str| line(text.find(key).unwrap_or(0));
        let resources = tables.resources.iter().filter_map(|(key, choice)| match choice {
            Override::Named(name) => Some((key, name)),
            Override::LeftOut => None,
        });
        for (key, name) in resources.chain(&tables.types) {
            let usable = syn::parse_str::<syn::Ident>(name).is_ok()
                && name.starts_with(|c: char| c.is_ascii_uppercase())
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            if !usable || crate::names::is_taken_by_rust(name) {
                let message = format!("`{name}`, for `{key}`, cannot name a type here");
                return Err(SourceError::at(&at(key), message).expected("a name like `Person`"));
            }
        }
        for (key, choice) in &tables.fields {
            if let Override::Named(kind) = choice {
                let parsed = syn::parse_str::<syn::Type>(kind).map_err(|error| {
                    let message = format!("`{kind}`, for `{key}`, is not a type: {error}");
                    SourceError::at(&at(key), message).expected("a type like `u64`")
                })?;
                // A comment would swallow what follows the type in the output.
                let is_owned = matches!(
                    parsed,
                    syn::Type::Path(_) | syn::Type::Tuple(_) | syn::Type::Array(_)
                );
                if !is_owned || has_comment(kind) {
                    let message = format!("`{kind}`, for `{key}`, cannot be the type of a field");
                    return Err(
                        SourceError::at(&at(key), message).expected("an owned type like `u64`")
                    );
                }
            }
        }
        let derives = &tables.derive;
        let paths = derives.records.iter().chain(&derives.bodies).chain(&derives.enums);
        for path in paths.chain(&tables.output.crate_path) {
            if syn::parse_str::<syn::Path>(path).is_err() || has_comment(path) {
                let message = format!("`{path}` is not a path");
                return Err(SourceError::at(&at(path), message)
                    .expected("a path like `schemars::JsonSchema`"));
            }
        }
        Ok(Self { name: Some(name), tables, used: RefCell::default() })
    }

    fn find<'a, T>(
        &self,
        table: &'static str,
        entries: &'a BTreeMap<String, T>,
        path: &ConfigPath<'_>,
    ) -> Option<&'a T> {
        [path.short(), path.long()].into_iter().find_map(|key| {
            let entry = entries.get(&key)?;
            self.used.borrow_mut().insert((table, key));
            Some(entry)
        })
    }

    /// Whether every scalar of a record is kept as JSON where it is of another kind.
    pub(crate) fn tolerant_scalars(&self) -> bool {
        matches!(self.tables.output.tolerant, Some(Tolerant::Scalars))
    }

    /// The path of the runtime, `truto_core` unless it is renamed.
    pub(crate) fn runtime(&self) -> &str {
        self.tables.output.crate_path.as_deref().unwrap_or("truto_core")
    }

    pub(crate) fn derives(&self) -> &Derives {
        &self.tables.derive
    }

    pub(crate) fn resource(&self, model: &str, segment: &str) -> Option<&Override> {
        let path = ConfigPath { model, segment, rest: "" };
        self.find("resources", &self.tables.resources, &path)
    }

    pub(crate) fn type_name(&self, path: &ConfigPath<'_>) -> Option<&str> {
        self.find("types", &self.tables.types, path).map(String::as_str)
    }

    pub(crate) fn field(&self, path: &ConfigPath<'_>) -> Option<&Override> {
        self.find("fields", &self.tables.fields, path)
    }

    /// Warns of each key that fitted nothing.
    pub(crate) fn check_used(&self, warnings: &mut Warnings) {
        let used = self.used.borrow();
        let tables = [
            ("resources", self.tables.resources.keys().collect::<Vec<_>>()),
            ("types", self.tables.types.keys().collect()),
            ("fields", self.tables.fields.keys().collect()),
        ];
        for (table, keys) in tables {
            for key in keys.into_iter().filter(|key| !used.contains(&(table, (*key).clone()))) {
                let name = self.name.as_deref().unwrap_or_default();
                warnings.add(format!("{name}: `{key}` in `[{table}]` fits nothing"), &[]);
            }
        }
    }
}

/// Where something stands, as the keys of the config write it: `users.group.id`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConfigPath<'a> {
    pub(crate) model: &'a str,
    pub(crate) segment: &'a str,
    /// What follows the segment, without a dot at its begin.
    pub(crate) rest: &'a str,
}

impl ConfigPath<'_> {
    fn short(&self) -> String {
        match self.rest {
            "" => self.segment.to_owned(),
            rest => format!("{}.{rest}", self.segment),
        }
    }

    /// With the model, where two models have a resource of the name.
    fn long(&self) -> String {
        format!("{}/{}", self.model, self.short())
    }
}
