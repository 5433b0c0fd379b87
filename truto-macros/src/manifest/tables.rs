//! Reads the dependency tables of a `Cargo.toml`: as much of TOML as they take.

use std::path::Path;

/// The values of a manifest by their full keys, such as `["dependencies", "truto", "package"]`.
pub(super) struct Manifest(Vec<(Vec<String>, String)>);

/// One dependency, in any of the tables.
pub(super) struct Dependency {
    pub(super) name: String,
    pub(super) package: Option<String>,
    /// `workspace = true`
    pub(super) is_inherited: bool,
}

impl Manifest {
    pub(super) fn read(folder: &Path) -> Option<Self> {
        std::fs::read_to_string(folder.join("Cargo.toml")).ok().map(|text| Self::parse(&text))
    }

    fn parse(text: &str) -> Self {
        let mut values = Vec::new();
        let mut table = Vec::new();
        for line in statements(text) {
            if let Some(header) = line.strip_prefix('[') {
                table = keys(header.trim_start_matches('[').trim_end_matches(']'));
                values.push((table.clone(), String::new()));
            } else {
                add(&table, &line, &mut values);
            }
        }
        Self(values)
    }

    /// The dependencies of the library, its tests and its examples, for any target.
    pub(super) fn dependencies(&self) -> Vec<Dependency> {
        self.within(|path| {
            let path = if path.first()? == "target" { path.get(2..)? } else { path };
            let (table, path) = path.split_first()?;
            ["dependencies", "dev-dependencies", "dev_dependencies"]
                .contains(&&**table)
                .then_some(path)
        })
    }

    /// Those that its members inherit.
    pub(super) fn workspace_dependencies(&self) -> Vec<Dependency> {
        self.within(|path| match path {
            [first, second, path @ ..] if first == "workspace" && second == "dependencies" => {
                Some(path)
            }
            _ => None,
        })
    }

    /// The manifest of the workspace that the crate in this folder belongs to.
    pub(super) fn root(&self, folder: &Path) -> Option<Self> {
        let is_key = |path: &[String]| path == ["package", "workspace"];
        if let Some((_, root)) = self.0.iter().find(|(path, _)| is_key(path)) {
            return Self::read(&folder.join(root));
        }
        let is_root = |manifest: &Self| {
            manifest.0.iter().any(|(path, _)| path.first().is_some_and(|key| key == "workspace"))
        };
        folder.ancestors().filter_map(Self::read).find(is_root)
    }

    /// The dependencies whose keys remain after `table` has removed those of their table.
    fn within(&self, table: impl Fn(&[String]) -> Option<&[String]>) -> Vec<Dependency> {
        let mut found: Vec<Dependency> = Vec::new();
        for (path, value) in &self.0 {
            let Some((name, key)) = table(path).and_then(<[String]>::split_first) else {
                continue;
            };
            if found.last().is_none_or(|last| last.name != *name) {
                let name = name.clone();
                found.push(Dependency { name, package: None, is_inherited: false });
            }
            if let (Some(last), [key]) = (found.last_mut(), key) {
                match key.as_str() {
                    "package" => last.package = Some(value.clone()),
                    "workspace" => last.is_inherited = value == "true",
                    _ => {}
                }
            }
        }
        found
    }
}

/// Adds `key = value`; an inline table adds each of its values.
fn add(table: &[String], statement: &str, values: &mut Vec<(Vec<String>, String)>) {
    let Some((key, value)) = split(statement, '=') else {
        return;
    };
    let path = [table, &keys(key)].concat();
    let value = value.trim();
    match value.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')) {
        Some(inner) => {
            values.push((path.clone(), String::new()));
            let mut rest = inner;
            while let Some((first, others)) = split(rest, ',').or(Some((rest, ""))) {
                add(&path, first, values);
                rest = others;
                if rest.is_empty() {
                    break;
                }
            }
        }
        None => values.push((path, value.trim_matches(['"', '\'']).to_owned())),
    }
}

/// The parts of a dotted key, without quotes.
fn keys(text: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some((first, others)) = split(rest, '.') {
        keys.push(first);
        rest = others;
    }
    keys.push(rest);
    keys.into_iter().map(|key| key.trim().trim_matches(['"', '\'']).to_owned()).collect()
}

/// Splits at the first separator outside of quotes and brackets.
fn split(text: &str, separator: char) -> Option<(&str, &str)> {
    let mut state = State::default();
    let at = text.char_indices().find(|(_, c)| {
        state.is_outside() && *c == separator || {
            state.read(*c);
            false
        }
    });
    at.map(|(at, _)| (&text[..at], &text[at + separator.len_utf8()..]))
}

/// The lines of a manifest without comments; a value of several lines is one.
fn statements(text: &str) -> Vec<String> {
    let mut statements = Vec::new();
    let mut state = State::default();
    let mut statement = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if state.quote.is_none() && c == '#' {
            // The end of the line is read next.
            let comment = rest.as_str().find('\n').unwrap_or(rest.as_str().len());
            rest = rest.as_str()[comment..].chars();
        } else if c == '\n' && state.ends_at_line_break() {
            statements.push(std::mem::take(&mut statement).trim().to_owned());
            state = State::default();
        } else {
            state.read(c);
            statement.push(c);
        }
    }
    statements.push(statement.trim().to_owned());
    statements
}

/// The state between two characters.
#[derive(Default)]
struct State {
    /// Of brackets and braces.
    depth: usize,
    /// The quote of the string, and its length: three for one of several lines.
    quote: Option<(char, usize)>,
    /// The number of equal quotes read before this character.
    run: usize,
    is_escaped: bool,
}

impl State {
    fn is_outside(&self) -> bool {
        self.depth == 0 && self.quote.is_none()
    }

    fn ends_at_line_break(&self) -> bool {
        let is_long = matches!(self.quote, Some((_, 3)));
        !is_long && self.depth == 0
    }

    fn read(&mut self, c: char) {
        match self.quote {
            Some(('"', _)) if self.is_escaped => self.is_escaped = false,
            Some(('"', _)) if c == '\\' => self.is_escaped = true,
            Some((quote, length)) if c == quote => {
                self.run += 1;
                if self.run == length {
                    self.quote = None;
                }
                return;
            }
            // `""` was an empty string, or begins one of several lines.
            None if "\"'".contains(c) => {
                let length = if self.run == 1 { 3 } else { 1 };
                self.quote = Some((c, length));
                self.run = 0;
                return;
            }
            None if "[{".contains(c) => self.depth += 1,
            None if "]}".contains(c) => self.depth = self.depth.saturating_sub(1),
            Some(_) | None => {}
        }
        self.run = 0;
    }
}
