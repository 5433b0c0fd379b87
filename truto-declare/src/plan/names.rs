//! Which names are taken.

use std::collections::HashSet;

use crate::diagnostic::Warnings;

/// Names that a declared type would hide from its own file, or that no type can have.
pub(crate) fn is_taken_by_rust(name: &str) -> bool {
    const TAKEN: [&str; 43] = [
        "Self",
        "String",
        "Option",
        "Vec",
        "Box",
        "Some",
        "None",
        "Ok",
        "Err",
        "Result",
        "Default",
        "Debug",
        "Clone",
        "Copy",
        "PartialEq",
        "Eq",
        "Hash",
        "Serialize",
        "Deserialize",
        "From",
        "Into",
        "Fn",
        "FnMut",
        "FnOnce",
        "Drop",
        "Send",
        "Sync",
        "Sized",
        "Iterator",
        "ToString",
        "ToOwned",
        "AsRef",
        "Id",
        "OrRaw",
        "Filter",
        "RemoteData",
        "ByteStream",
        "Page",
        "Ord",
        "PartialOrd",
        "Extend",
        "TryFrom",
        "TryInto",
    ];
    TAKEN.contains(&name)
}

/// The names of the types of a model, or of all models.
#[derive(Debug, Default)]
pub(crate) struct Names {
    taken: HashSet<(usize, String)>,
    models: usize,
}

impl Names {
    pub(crate) fn new(models: usize) -> Self {
        Self { taken: HashSet::new(), models }
    }

    fn is_free(&self, model: Option<usize>, name: &str) -> bool {
        let free = |model| !self.taken.contains(&(model, name.to_owned()));
        !is_taken_by_rust(name)
            && match model {
                Some(model) => free(model),
                None => (0..self.models).all(free),
            }
    }

    fn take(&mut self, model: Option<usize>, name: &str) {
        let models = match model {
            Some(model) => model..model + 1,
            None => 0..self.models,
        };
        self.taken.extend(models.map(|model| (model, name.to_owned())));
    }

    /// The first of the candidates that is free; else the first one with a number, and a warning.
    /// Without a model the name holds for all.
    pub(crate) fn choose(
        &mut self,
        model: Option<usize>,
        candidates: &[String],
        what: &str,
        warnings: &mut Warnings,
    ) -> String {
        let free = candidates.iter().find(|name| self.is_free(model, name));
        let name = match free {
            Some(name) => name.clone(),
            None => {
                let first = candidates.first().map_or("Type", String::as_str);
                let name = numbered(first, |name| self.is_free(model, name));
                let message = format!("the name `{first}` is taken; {what} is called `{name}`");
                warnings.add(message, &[]);
                name
            }
        };
        self.take(model, &name);
        name
    }
}

/// The name with the first number that makes it free.
pub(crate) fn numbered(name: &str, is_free: impl Fn(&str) -> bool) -> String {
    let digit = name.ends_with(|c: char| c.is_ascii_digit());
    let words = name.starts_with(|c: char| c.is_ascii_lowercase()) && !name.ends_with('_');
    let between = match words || digit {
        true => "_",
        false => "",
    };
    let mut number = 2_u32;
    loop {
        let numbered = format!("{name}{between}{number}");
        if is_free(&numbered) {
            return numbered;
        }
        number += 1;
    }
}

/// Names that are unique within one list, in its order.
pub(crate) fn unique(
    wires: &[&str],
    name: impl Fn(&str) -> String,
    what: &str,
    warnings: &mut Warnings,
) -> Vec<String> {
    let mut taken: HashSet<String> = HashSet::new();
    let mut names = Vec::with_capacity(wires.len());
    for wire in wires {
        let wanted = name(wire);
        let chosen = match taken.contains(&wanted) {
            false => wanted,
            true => {
                let chosen = numbered(&wanted, |name| !taken.contains(name));
                let message =
                    format!("`{wire}` of `{what}` is called `{chosen}`; `{wanted}` is taken");
                warnings.add(message, &[]);
                chosen
            }
        };
        taken.insert(chosen.clone());
        names.push(chosen);
    }
    names
}
