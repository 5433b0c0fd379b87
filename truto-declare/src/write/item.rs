//! Structs and enums.

use super::{WIDTH, attribute};
use crate::plan::{Doc, StructField, Type, TypeBody};
use crate::text::doc;

/// rustfmt writes a struct literal on one line up to this width of its fields.
const SHORT_LITERAL: usize = 18;
/// Clippy's limits.
const MANY_ARGUMENTS: usize = 7;
const MANY_BOOLS: usize = 3;

pub(super) fn item(ty: &Type) -> String {
    let mut text = match &ty.doc {
        Doc::Foreign(words) => comment(words, ""),
        Doc::Own(words) => format!("/// {words}\n"),
    };
    for endpoint in &ty.endpoints {
        text.push_str(&attribute::endpoint(endpoint));
    }
    text.push_str(&derive(&ty.derives));
    match &ty.body {
        TypeBody::Enum(variants) => {
            text.push_str(&format!("pub enum {} {{\n", ty.name));
            for variant in variants {
                let rename = (variant.ident != variant.wire).then_some(&*variant.wire);
                text.push_str(&format!("    /// `{}`.\n", shown(&variant.wire)));
                text.push_str(&attribute::serde(rename, false, "    "));
                text.push_str(&format!("    {},\n", variant.ident));
            }
            text.push_str("}\n");
        }
        TypeBody::Struct { fields, new } => {
            let bools = |field: &&StructField| field.required && field.inner == "bool";
            if fields.iter().filter(bools).count() > MANY_BOOLS {
                text.push_str("#[allow(clippy::struct_excessive_bools)]\n");
            }
            text.push_str(&format!("pub struct {} {{", ty.name));
            text.push_str(if fields.is_empty() { "" } else { "\n" });
            for field in fields {
                text.push_str(&struct_field(field));
            }
            text.push_str("}\n");
            if *new {
                text.push('\n');
                text.push_str(&constructor(&ty.name, fields));
            }
        }
    }
    text
}

/// A word of an enum, between backticks.
fn shown(word: &str) -> String {
    match word.trim() {
        "" => " ".to_owned(),
        _ => crate::text::code(word),
    }
}

fn derive(derives: &[&str]) -> String {
    format!("#[derive({})]\n", derives.join(", "))
}

/// A doc comment of foreign text.
fn comment(words: &str, indent: &str) -> String {
    let lines = doc(words, WIDTH - indent.len() - "/// ".len());
    each_line(&lines, &format!("{indent}/// "), "")
}

/// Each part on a line of its own.
fn each_line(parts: &[String], before: &str, after: &str) -> String {
    let lines: Vec<String> = parts.iter().map(|part| format!("{before}{part}{after}\n")).collect();
    lines.concat()
}

fn struct_field(field: &StructField) -> String {
    let mut text = match &field.doc {
        Some(words) => comment(words, "    "),
        None => String::new(),
    };
    let rename = (field.ident != field.wire).then_some(&*field.wire);
    text.push_str(&attribute::serde(rename, field.skip, "    "));
    let kind = field.type_text();
    let line = format!("    pub {}: {kind},\n", field.ident);
    match line.len() > WIDTH + 1 {
        true => text.push_str(&format!("    pub {}:\n        {kind},\n", field.ident)),
        false => text.push_str(&line),
    }
    text
}

/// `new` with what is required.
fn constructor(name: &str, fields: &[StructField]) -> String {
    let required: Vec<&StructField> = fields.iter().filter(|field| field.required).collect();
    let many = required.len() > MANY_ARGUMENTS;
    let arguments: Vec<String> = required
        .iter()
        .map(|field| format!("{}: {}", field.ident, argument(&field.inner)))
        .collect();
    let line = format!("    pub fn new({}) -> Self {{", arguments.join(", "));
    let head = match line.len() > WIDTH {
        true => {
            let arguments = each_line(&arguments, "        ", ",");
            format!("    pub fn new(\n{arguments}    ) -> Self {{\n")
        }
        false => format!("{line}\n"),
    };
    let values: Vec<String> = fields
        .iter()
        .map(|field| match (field.required, is_converted(&field.inner)) {
            (true, true) => format!("{0}: {0}.into()", field.ident),
            (true, false) => field.ident.clone(),
            (false, _) => format!("{}: None", field.ident),
        })
        .collect();
    let short = values.join(", ");
    let literal = match short.len() > SHORT_LITERAL {
        true => {
            let lines = each_line(&values, "            ", ",");
            format!("        Self {{\n{lines}        }}\n")
        }
        false => format!("        Self {{ {short} }}\n"),
    };
    let allow = match many {
        true => "    #[allow(clippy::too_many_arguments)]\n",
        false => "",
    };
    format!(
        "impl {name} {{\n    /// With what is required.\n{allow}    #[must_use]\n{head}{literal}    }}\n}}\n"
    )
}

/// Whether `new` takes anything that converts into the type.
fn is_converted(kind: &str) -> bool {
    kind == "String" || kind == "Id" || kind.starts_with("OrRaw<") || kind.starts_with("Filter<")
}

fn argument(kind: &str) -> String {
    match is_converted(kind) {
        true => format!("impl Into<{kind}>"),
        false => kind.to_owned(),
    }
}
