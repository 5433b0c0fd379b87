//! The names and types that the user chooses: `declare.toml`.

mod read;
mod types;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::diagnostic::{SourceError, Warnings};
use crate::model::Place;

/// The settings, and which of them had an effect.
#[derive(Debug, Default)]
pub(crate) struct Config {
    tables: Tables,
    // A cell, since the plan reads the settings through shared references.
    used: RefCell<BTreeSet<(&'static str, String)>>,
}

#[derive(Debug, Default)]
struct Tables {
    resources: BTreeMap<String, Entry<Override>>,
    types: BTreeMap<String, Entry<String>>,
    fields: BTreeMap<String, Entry<Override>>,
    derive: Derives,
    tolerant_scalars: bool,
    /// The path of the runtime, unless it is `truto_core`.
    runtime: Option<String>,
}

/// A value and the place of its key.
#[derive(Debug)]
struct Entry<T> {
    value: T,
    place: Place,
}

/// More derives for the generated types.
#[derive(Debug, Default)]
pub(crate) struct Derives {
    pub(crate) records: Vec<String>,
    pub(crate) bodies: Vec<String>,
    pub(crate) enums: Vec<String>,
}

/// A name or a type, or `false` for "leave it out".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Override {
    Named(String),
    LeftOut,
}

impl Config {
    /// Reads the settings; each mistake is an error with its line.
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, Vec<SourceError>> {
        let tables = read::tables(file, text)?;
        Ok(Self { tables, used: RefCell::default() })
    }

    /// The entry for a place; a key with the model takes precedence over one without.
    fn find<'a, T>(
        &self,
        table: &'static str,
        entries: &'a BTreeMap<String, Entry<T>>,
        path: &ConfigPath<'_>,
    ) -> Option<&'a T> {
        if entries.is_empty() {
            return None;
        }
        [path.long(), path.short()].into_iter().find_map(|key| {
            let entry = entries.get(&key)?;
            self.used.borrow_mut().insert((table, key));
            Some(&entry.value)
        })
    }

    /// `[output] tolerant = "scalars"`: wrap every scalar of a record in `OrRaw`.
    pub(crate) fn tolerant_scalars(&self) -> bool {
        self.tables.tolerant_scalars
    }

    /// The path of the runtime.
    pub(crate) fn runtime(&self) -> &str {
        self.tables.runtime.as_deref().unwrap_or("truto_core")
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

    /// The places of the types that the config gives to fields, with their keys, by the type and the last word of
    /// the key.
    pub(crate) fn field_types(&self) -> HashMap<(&str, &str), Vec<(&str, &Place)>> {
        let mut places: HashMap<_, Vec<_>> = HashMap::new();
        for (key, entry) in &self.tables.fields {
            if let Override::Named(ty) = &entry.value {
                places.entry((&**ty, last_word(key))).or_default().push((&**key, &entry.place));
            }
        }
        places
    }

    /// Warns of each key that had no effect.
    pub(crate) fn check_used(&self, warnings: &mut Warnings) {
        fn keys<T>(table: &BTreeMap<String, Entry<T>>) -> Vec<(&String, &Place)> {
            table.iter().map(|(key, entry)| (key, &entry.place)).collect()
        }
        let used = self.used.borrow();
        // The used keys with a model, by the key without it.
        let mut with_model = HashMap::new();
        for (table, key) in used.iter() {
            if let Some((_, short)) = key.split_once('/') {
                with_model.entry((*table, short)).or_insert(key.as_str());
            }
        }
        let tables = [
            ("resources", keys(&self.tables.resources)),
            ("types", keys(&self.tables.types)),
            ("fields", keys(&self.tables.fields)),
        ];
        for (table, keys) in tables {
            for (key, place) in keys {
                if used.contains(&(table, key.clone())) {
                    continue;
                }
                let message = match self.overruling(table, key, &with_model) {
                    Some((other, by)) => format!(
                        "`{key}` in `[{table}]` has no effect: `{by}` in `[{other}]` overrides it"
                    ),
                    None => format!("`{key}` in `[{table}]` matches nothing"),
                };
                warnings.add(message, &[place]);
            }
        }
    }

    /// The key that overrides another one: a more specific key, or one for an enclosing type or resource.
    fn overruling(
        &self,
        table: &'static str,
        key: &str,
        with_model: &HashMap<(&'static str, &str), &str>,
    ) -> Option<(&'static str, String)> {
        let (model, short) = match key.split_once('/') {
            Some((model, short)) => (Some(model), short),
            None => (None, key),
        };
        let used = self.used.borrow();
        let is_used = |table: &'static str, short: &str| {
            let exact = model.map(|model| format!("{model}/{short}"));
            exact
                .or_else(|| with_model.get(&(table, short)).map(|key| (*key).to_owned()))
                .filter(|key| used.contains(&(table, key.clone())))
                .or_else(|| used.contains(&(table, short.to_owned())).then(|| short.to_owned()))
        };
        if model.is_none() {
            if let Some(by) = is_used(table, short) {
                return Some((table, by));
            }
        }
        // A key in `[fields]` replaces the whole type of a field, with all types below it.
        let around = short.match_indices('.').map(|(at, _)| &short[..at]);
        let own = (table == "types").then_some(short);
        if let Some(by) = own.into_iter().chain(around).find_map(|path| is_used("fields", path)) {
            return Some(("fields", by));
        }
        let segment = short.split('.').next().unwrap_or_default();
        let by = is_used("resources", segment).filter(|_| table != "resources")?;
        let left_out = self.tables.resources.get(&by)?.value == Override::LeftOut;
        left_out.then_some(("resources", by))
    }
}

/// A place in a resource, as the keys of the config write it: `users.group.id`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConfigPath<'a> {
    pub(crate) model: &'a str,
    pub(crate) segment: &'a str,
    /// The rest after the segment, without a leading dot.
    pub(crate) rest: &'a str,
}

impl ConfigPath<'_> {
    fn short(&self) -> String {
        match self.rest {
            "" => self.segment.to_owned(),
            rest => format!("{}.{rest}", self.segment),
        }
    }

    /// With the model, for a resource name that two models have, and for messages.
    pub(crate) fn long(&self) -> String {
        format!("{}/{}", self.model, self.short())
    }
}

/// The text after the last dot of a key. It may be the end of a name, since names may contain dots.
pub(crate) fn last_word(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_without_effect_are_reported_with_the_key_that_overrules_them() {
        let text = "[resources]\ngroups = false\n\
            [types]\n\"users.size\" = \"Size\"\n\
            [fields]\n\"users.size\" = \"u64\"\n\"users.size.unit\" = \"u8\"\n\
            \"users.age\" = \"u8\"\n\"crm/users.age\" = \"u16\"\n\
            \"groups.id\" = \"u8\"\n\"users.nothing\" = false\n";
        let config = Config::parse("d.toml", text).expect("a config");
        let path = |rest| ConfigPath { model: "crm", segment: "users", rest };
        assert_eq!(config.resource("crm", "groups"), Some(&Override::LeftOut));
        assert_eq!(config.field(&path("size")), Some(&Override::Named("u64".to_owned())));
        // The key with the model is the more exact one.
        assert_eq!(config.field(&path("age")), Some(&Override::Named("u16".to_owned())));
        let mut warnings = Warnings::default();
        config.check_used(&mut warnings);
        let by_size = "`users.size` in `[fields]` overrides it";
        let expected = [
            format!("`users.size` in `[types]` has no effect: {by_size} (d.toml:4)"),
            "`groups.id` in `[fields]` has no effect: `groups` in `[resources]` overrides it (d.toml:10)".to_owned(),
            "`users.age` in `[fields]` has no effect: `crm/users.age` in `[fields]` overrides it (d.toml:8)".to_owned(),
            "`users.nothing` in `[fields]` matches nothing (d.toml:11)".to_owned(),
            format!("`users.size.unit` in `[fields]` has no effect: {by_size} (d.toml:7)"),
        ];
        let mut lines = warnings.lines(true);
        lines.sort();
        let mut expected = expected.to_vec();
        expected.sort();
        assert_eq!(lines, expected);
    }
}
