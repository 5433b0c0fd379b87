//! Reads `declare.toml`; each mistake has the line of its key or value.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Derives, Entry, Override, Tables, types};
use crate::diagnostic::SourceError;
use crate::model::Place;

const TABLES: [&str; 5] = ["resources", "types", "fields", "derive", "output"];

pub(super) fn tables(file: &str, text: &str) -> Result<Tables, Vec<SourceError>> {
    // Editors on Windows often write a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let breaks = text.match_indices('\n').map(|(at, _)| at).collect();
    let mut reader = Reader { file: file.into(), breaks, errors: Vec::new() };
    let root = match DeTable::parse(text) {
        Ok(root) => root.into_inner(),
        Err(error) => {
            let place = reader.place(&error.span().unwrap_or(0..0));
            let error = SourceError::at(&place, error.message().to_owned());
            return Err(vec![error.expected("TOML; a key with a dot or a slash needs quotes")]);
        }
    };
    let tables = reader.root(&root);
    if reader.errors.is_empty() {
        return Ok(tables);
    }
    // Tables are read in the order of their keys; the user reads the file from the top.
    reader.errors.sort_by_key(|(at, _)| *at);
    Err(reader.errors.into_iter().map(|(_, error)| error).collect())
}

type Value<'i> = Spanned<DeValue<'i>>;

struct Reader {
    file: Arc<str>,
    /// The offsets of the line breaks.
    breaks: Vec<usize>,
    /// With the offset of each.
    errors: Vec<(usize, SourceError)>,
}

impl Reader {
    fn place(&self, span: &Range<usize>) -> Place {
        Place::new(&self.file, self.breaks.partition_point(|at| *at < span.start) + 1)
    }

    fn error(&mut self, span: &Range<usize>, message: String, expected: &str) {
        let error = SourceError::at(&self.place(span), message).expected(expected);
        self.errors.push((span.start, error));
    }

    fn root(&mut self, root: &DeTable<'_>) -> Tables {
        let mut tables = Tables::default();
        for (key, value) in root {
            let name = key.get_ref().as_ref();
            let DeValue::Table(table) = value.get_ref() else {
                if TABLES.contains(&name) {
                    let message = format!("`{name}` is {}, and has to be a table", kind(value));
                    self.error(&key.span(), message, &format!("`[{name}]`, in single brackets"));
                    continue;
                }
                let message = format!("`{name}` is {}, outside of any table", kind(value));
                self.error(&key.span(), message, &format!("it below one of {}", headers()));
                continue;
            };
            match name {
                "resources" => tables.resources = self.entries(name, table, Self::resource),
                "types" => tables.types = self.entries(name, table, Self::type_name),
                "fields" => tables.fields = self.entries(name, table, Self::field),
                "derive" => tables.derive = self.derives(table),
                "output" => self.output(table, &mut tables),
                _ => {
                    let message = format!("unknown table `[{name}]`");
                    let mut expected = format!("one of {}", headers());
                    if !table.is_empty() {
                        let entry = quoted(name, table);
                        expected.push_str(&format!("; a key below one of these is {entry}"));
                    }
                    self.error(&key.span(), message, &expected);
                }
            }
        }
        tables
    }

    fn entries<T>(
        &mut self,
        name: &str,
        table: &DeTable<'_>,
        read: fn(&mut Self, &str, &Value<'_>) -> Option<T>,
    ) -> BTreeMap<String, Entry<T>> {
        let mut entries = BTreeMap::new();
        for (key, value) in table {
            let wire = key.get_ref().as_ref();
            if let DeValue::Table(inner) = value.get_ref() {
                self.missing_quotes(name, wire, &key.span(), inner);
                continue;
            }
            if let Some(value) = read(self, wire, value) {
                let place = self.place(&key.span());
                entries.insert(wire.to_owned(), Entry { value, place });
            }
        }
        entries
    }

    /// Reports a key without quotes: TOML reads `users.group = "X"` as a table `users`.
    fn missing_quotes(&mut self, name: &str, key: &str, span: &Range<usize>, inner: &DeTable<'_>) {
        if inner.is_empty() {
            let message = format!("`{key}` in `[{name}]` is an empty table");
            self.error(span, message, "a text or `false`");
            return;
        }
        let message = format!("`{key}` in `[{name}]` is a table: the key needs quotes");
        self.error(span, message, &quoted(key, inner));
    }

    /// The string of a value; any other value is an error.
    fn text<'v>(&mut self, key: &str, value: &'v Value<'_>, expected: &str) -> Option<&'v str> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(text);
        }
        self.error(&value.span(), format!("`{key}` is {}", kind(value)), expected);
        None
    }

    fn name(&mut self, key: &str, value: &Value<'_>, expected: &str) -> Option<String> {
        let name = self.text(key, value, expected)?;
        if types::is_type_name(name) {
            return Some(name.to_owned());
        }
        let message = format!("`{name}`, for `{key}`, cannot be the name of a type");
        self.error(&value.span(), message, "a name like `Person`");
        None
    }

    fn resource(&mut self, key: &str, value: &Value<'_>) -> Option<Override> {
        if let DeValue::Boolean(false) = value.get_ref() {
            return Some(Override::LeftOut);
        }
        self.name(key, value, "a name or `false`").map(Override::Named)
    }

    fn type_name(&mut self, key: &str, value: &Value<'_>) -> Option<String> {
        self.name(key, value, "a name like `GroupReference`")
    }

    fn field(&mut self, key: &str, value: &Value<'_>) -> Option<Override> {
        if let DeValue::Boolean(false) = value.get_ref() {
            return Some(Override::LeftOut);
        }
        let ty = self.text(key, value, "a type or `false`")?;
        match types::check_field_type(ty) {
            Ok(()) => Some(Override::Named(ty.to_owned())),
            Err(why) => {
                let message = format!("`{ty}`, for `{key}`, cannot be the type of a field: {why}");
                self.error(&value.span(), message, "an owned type like `u64`");
                None
            }
        }
    }

    fn path(&mut self, value: &Value<'_>, key: &str) -> Option<String> {
        let path = self.text(key, value, "a path like `truto_core`")?;
        if types::is_path(path) {
            return Some(path.split_whitespace().collect());
        }
        let message = format!("`{path}` is not a path");
        self.error(&value.span(), message, "a path like `truto_core`");
        None
    }

    fn derive(&mut self, value: &Value<'_>, key: &str) -> Option<String> {
        let path = self.text(key, value, "a path like `schemars::JsonSchema`")?;
        if types::is_derive(path) {
            return Some(types::derive_name(path));
        }
        let message = format!("`{path}` is not a path of a derive");
        self.error(&value.span(), message, "a path like `schemars::JsonSchema`");
        None
    }

    fn derives(&mut self, table: &DeTable<'_>) -> Derives {
        let mut derives = Derives::default();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let list = match name {
                "records" => &mut derives.records,
                "bodies" => &mut derives.bodies,
                "enums" => &mut derives.enums,
                _ => {
                    let message = format!("unknown key `{name}` in `[derive]`");
                    self.error(&key.span(), message, "one of `records`, `bodies`, `enums`");
                    continue;
                }
            };
            let DeValue::Array(all) = value.get_ref() else {
                let message = format!("`{name}` is {}", kind(value));
                self.error(&value.span(), message, "an array of paths");
                continue;
            };
            for one in all {
                if let Some(path) = self.derive(one, name) {
                    // A trait that is derived twice does not compile.
                    if !list.contains(&path) {
                        list.push(path);
                    }
                }
            }
        }
        derives
    }

    fn output(&mut self, table: &DeTable<'_>, tables: &mut Tables) {
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "tolerant" => match value.get_ref() {
                    DeValue::String(text) if text == "scalars" => tables.tolerant_scalars = true,
                    _ => {
                        let message = "`tolerant` has an unknown value".to_owned();
                        self.error(&value.span(), message, "`tolerant = \"scalars\"`");
                    }
                },
                "crate" => tables.runtime = self.path(value, "crate"),
                name => {
                    let message = format!("unknown key `{name}` in `[output]`");
                    self.error(&key.span(), message, "one of `tolerant`, `crate`");
                }
            }
        }
    }
}

/// The first entry of a table as one entry with a quoted key, as the config has it.
fn quoted(name: &str, table: &DeTable<'_>) -> String {
    let mut path = name.to_owned();
    let (mut table, mut written) = (table, "…".to_owned());
    while let Some((key, value)) = table.iter().next() {
        path.push('.');
        path.push_str(key.get_ref());
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            DeValue::String(text) => {
                written = crate::text::literal(text);
                break;
            }
            DeValue::Boolean(flag) => {
                written = flag.to_string();
                break;
            }
            _ => break,
        }
    }
    format!("`{} = {written}`", crate::text::literal(&path))
}

fn headers() -> String {
    TABLES.map(|table| format!("`[{table}]`")).join(", ")
}

fn kind(value: &Value<'_>) -> &'static str {
    match value.get_ref() {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(true) => "`true`",
        DeValue::Boolean(false) => "`false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mistake_has_its_own_line() {
        for (text, line, words) in [
            // The text occurs before the place that is wrong.
            ("# users = \"a b\"\n[resources]\nusers = \"a b\"", 3, "cannot be the name of a type"),
            ("[resources]\nusers = true", 2, "`users` is `true`"),
            ("[resources]\r\nusers = 5\r\n", 2, "`users` is a number"),
            ("\u{feff}[resources]\nusers = [\"X\"]", 2, "`users` is an array"),
            ("[nothing]\n", 1, "unknown table `[nothing]`"),
            ("users = false", 1, "`users` is `false`, outside of any table"),
            ("[fields]\nusers.group = \"X\"", 2, "`\"users.group\" = \"X\"`"),
            ("[types]\nusers.a.b = \"X\"", 2, "`\"users.a.b\" = \"X\"`"),
            ("[fields.users]\navatar = false", 1, "`\"users.avatar\" = false`"),
            ("[types]\ncrm/users = \"X\"", 2, "needs quotes"),
            ("[fields]\n\"a.b\" = \"u64\"\n\"a.b\" = \"u8\"", 3, "duplicate key"),
            ("[derive]\nrecord = []", 2, "unknown key `record`"),
            ("users.group = \"X\"", 1, "below one of these is `\"users.group\" = \"X\"`"),
            ("[[resources]]\nusers = \"X\"", 1, "`[resources]`, in single brackets"),
            ("fields = false", 1, "`fields` is `false`, and has to be a table"),
            ("[resources]\nusers = {}", 2, "`users` in `[resources]` is an empty table"),
            // In the order of the file.
            ("[types]\n\"z\" = 1\n\"a\" = 1\n[fields]\n\"a\" = 1", 2, "`z` is a number"),
            ("[derive]\nrecords = [\"crate\"]", 2, "`crate` is not a path of a derive"),
            ("[derive]\nrecords = [\n\"A\",\n\"not a path\"]", 4, "`not a path` is not a path"),
            ("[derive]\nrecords = \"A\"", 2, "an array of paths"),
            ("[derive]\nrecords = [\"A<'a>\"]", 2, "is not a path"),
            ("[output]\ncrate = \"a b\"", 2, "is not a path"),
            ("[output]\ncrates = \"a\"", 2, "unknown key `crates`"),
            ("[output]\ntolerant = true", 2, "`tolerant = \"scalars\"`"),
            ("[", 1, "TOML"),
        ] {
            let errors = tables("d.toml", text).expect_err(text);
            let first = errors[0].to_string();
            assert!(first.starts_with(&format!("d.toml:{line}: ")), "{text}\n{first}");
            assert!(first.contains(words), "{text}\n{first}");
        }
        let two = "[resources]\nusers = true\n[fields]\n\"users.a\" = \"_\"";
        assert_eq!(tables("d.toml", two).expect_err("errors").len(), 2);
    }

    #[test]
    fn derives_are_listed_once() {
        let read =
            tables("d.toml", "[derive]\nenums = [\"A\", \"b::C\", \"A\"]").expect("a config");
        assert_eq!(read.derive.enums, ["A", "b::C"]);
    }
}
