//! Prints types with prettyplease.

use std::fmt::Write as _;

use proc_macro2::TokenStream;

use super::item::{Scope, is_converted};
use crate::plan::{Presence, StructField, Type, TypeBody};

/// Structs with more fields are printed in parts, since the syntax tree of a field takes kilobytes.
const MAX_FIELDS: usize = 1_000;

/// The items of a type, each after an empty line.
pub(super) fn printed(scope: &Scope<'_>, ty: &Type) -> String {
    match &ty.body {
        TypeBody::Struct(fields) if fields.len() > MAX_FIELDS => in_parts(scope, ty, fields),
        _ => whole(scope, ty),
    }
}

fn whole(scope: &Scope<'_>, ty: &Type) -> String {
    match unparsed(scope.item(ty)) {
        Some(items) => joined(&items.join("\n")),
        // Written unformatted: the compiler explains the mistake better than this command could.
        None => format!("{}\n", scope.item(ty)),
    }
}

/// The items in the tokens as prettyplease prints them; `None` if they are not Rust.
fn unparsed(tokens: TokenStream) -> Option<Vec<String>> {
    let file = syn::parse2::<syn::File>(tokens).ok()?;
    let one = |item: syn::Item| {
        let file =
            syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items: vec![item] };
        prettyplease::unparse(&file)
    };
    Some(file.items.into_iter().map(one).collect())
}

/// Prints a struct and its `new` like [`whole`], but parses only some of the fields at a time.
fn in_parts(scope: &Scope<'_>, ty: &Type, fields: &[StructField]) -> String {
    let (head, empty) = (scope.head(ty), scope.part(ty, &[]));
    let head = unparsed(quote::quote!(#head #empty)).unwrap_or_default().concat();
    let mut text = joined(head.trim_end().trim_end_matches("{}"));
    text.truncate(text.trim_end().len());
    text.push_str(" {\n");
    for part in fields.chunks(MAX_FIELDS) {
        let part = unparsed(scope.part(ty, part)).unwrap_or_default().concat();
        let inner = part.split_once("{\n").map_or("", |(_, inner)| inner);
        text.push_str(inner.trim_end().trim_end_matches('}'));
    }
    text.push_str("}\n");
    if ty.required().next().is_some() {
        constructor(scope, ty, fields, &mut text);
    }
    text
}

/// `new` with the required fields, each on its line.
fn constructor(scope: &Scope<'_>, ty: &Type, fields: &[StructField], text: &mut String) {
    let _ = writeln!(text, "\nimpl {} {{", ty.name);
    text.push_str("    /// Creates a value with the required fields; all others are left out.\n    #[must_use]\n    pub fn new(\n");
    for field in ty.required() {
        let inner = scope.text(&field.inner);
        let _ = if is_converted(&field.inner) {
            writeln!(text, "        {}: impl Into<{inner}>,", field.ident)
        } else {
            writeln!(text, "        {}: {inner},", field.ident)
        };
    }
    text.push_str("    ) -> Self {\n        Self {\n");
    for field in fields {
        let name = &field.ident;
        let _ = match field.presence {
            Presence::Required if is_converted(&field.inner) => {
                writeln!(text, "            {name}: {name}.into(),")
            }
            Presence::Required => writeln!(text, "            {name},"),
            Presence::Updated => {
                writeln!(text, "            {name}: {}::Keep,", scope.runtime("Update"))
            }
            Presence::Optional | Presence::Skipped => writeln!(text, "            {name}: None,"),
        };
    }
    text.push_str("        }\n    }\n}\n");
}

/// Joins each attribute of an endpoint into one line where it fits; rustfmt does not reformat attributes that
/// contain types.
fn joined(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if !line.starts_with("#[") || !line.ends_with("endpoint(") {
            joined.push_str(line);
            joined.push('\n');
            continue;
        }
        let parts: Vec<&str> = lines.by_ref().take_while(|line| *line != ")]").collect();
        let arguments: Vec<&str> =
            parts.iter().map(|part| part.trim().trim_end_matches(',')).collect();
        let whole = format!("{line}{})]\n", arguments.join(", "));
        if whole.chars().count() <= super::WIDTH + 1 {
            joined.push_str(&whole);
        } else {
            joined.push_str(&format!("{line}\n{}\n)]\n", parts.join("\n")));
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::plan::{Doc, Endpoint, ModelPlan, Ty, TypeRole};

    #[test]
    fn a_long_struct_is_printed_as_a_short_one() {
        let place = crate::model::Place::new(&"s.json".into(), 1);
        let field = |n: usize| StructField {
            ident: format!("field_{n}"),
            wire: if n % 2 == 0 { format!("field_{n}") } else { format!("{{field{n}}}") },
            inner: match n % 5 {
                0 => Ty::Plain("String".to_owned()),
                1 => Ty::Plain("bool".to_owned()),
                2 => Ty::Runtime("OrRaw", vec![Ty::Plain("i64".to_owned())]),
                3 => Ty::Std("Vec", Box::new(Ty::Plain("u64".to_owned()))),
                _ => Ty::Runtime("Id", Vec::new()),
            },
            presence: match n % 7 {
                0..4 => Presence::Required,
                4 => Presence::Optional,
                5 => Presence::Skipped,
                _ => Presence::Updated,
            },
            doc: (n % 3 == 0).then(|| format!("Text {{}} of {n}.\n\n- `}}`")),
            place: place.clone(),
        };
        let endpoint = Endpoint {
            verb: "GET".to_owned(),
            path: "/unified/m/records".to_owned(),
            function: "list".to_owned(),
            named: false,
            query: None,
            body: None,
            response: None,
            place: place.clone(),
        };
        let mut ty = Type {
            name: "Record".to_owned(),
            path: "records".to_owned(),
            file: Some(0),
            resource: 0,
            doc: Some(Doc::Own("A `{}` record {".to_owned())),
            endpoints: vec![endpoint],
            role: TypeRole::Record,
            body: TypeBody::Struct((0..2 * MAX_FIELDS + 5).map(field).collect()),
        };
        let model = ModelPlan {
            segment: "m".to_owned(),
            folder: String::new(),
            files: Vec::new(),
            types: Vec::new(),
        };
        let config = Config::default();
        let scope = Scope { model: &model, config: &config, own: std::collections::HashSet::new() };
        assert!(printed(&scope, &ty) == whole(&scope, &ty), "required fields");
        if let TypeBody::Struct(fields) = &mut ty.body {
            for field in fields {
                field.presence = Presence::Optional;
            }
        }
        let text = printed(&scope, &ty);
        assert!(text == whole(&scope, &ty) && !text.contains("fn new"), "optional fields");
    }
}
