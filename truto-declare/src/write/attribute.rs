//! Attributes, on one line where rustfmt keeps them there.

use super::WIDTH;
use crate::plan::Endpoint;
use crate::text::literal;

/// rustfmt breaks the arguments of an attribute of literals beyond this width.
const ARGUMENTS: usize = 70;

/// `#[name(a, b)]`, or an argument a line.
fn attribute(name: &str, arguments: &[String], indent: &str, breaks: bool) -> String {
    if !breaks {
        return format!("{indent}#[{name}({})]\n", arguments.join(", "));
    }
    let between = format!(",\n{indent}    ");
    format!("{indent}#[{name}(\n{indent}    {}\n{indent})]\n", arguments.join(&between))
}

/// An attribute whose arguments are literals, which rustfmt formats.
fn of_literals(name: &str, arguments: &[String], indent: &str) -> String {
    let width =
        arguments.iter().map(|a| a.chars().count()).sum::<usize>() + 2 * (arguments.len() - 1);
    let whole = indent.len() + "#[()]".len() + name.len() + width;
    attribute(name, arguments, indent, width > ARGUMENTS || whole > WIDTH)
}

pub(super) fn endpoint(endpoint: &Endpoint) -> String {
    let mut arguments = vec![
        format!("method = {}", literal(&endpoint.verb)),
        format!("path = {}", literal(&endpoint.path)),
    ];
    if let Some(name) = &endpoint.name {
        arguments.push(format!("name = {}", literal(name)));
    }
    let types =
        [("query", &endpoint.query), ("body", &endpoint.body), ("response", &endpoint.response)];
    let mut literals = true;
    for (key, kind) in types {
        if let Some(kind) = kind {
            literals = false;
            arguments.push(format!("{key} = {kind}"));
        }
    }
    if literals {
        return of_literals("unified_endpoint", &arguments, "");
    }
    // rustfmt leaves an attribute with a type in it as it finds it.
    let line = attribute("unified_endpoint", &arguments, "", false);
    match line.trim_end().chars().count() > WIDTH {
        true => attribute("unified_endpoint", &arguments, "", true),
        false => line,
    }
}

pub(super) fn serde(rename: Option<&str>, skip: bool, indent: &str) -> String {
    let mut arguments = Vec::new();
    if let Some(wire) = rename {
        arguments.push(format!("rename = {}", literal(wire)));
    }
    if skip {
        arguments.push("skip_serializing_if = \"Option::is_none\"".to_owned());
    }
    match arguments.is_empty() {
        true => String::new(),
        false => of_literals("serde", &arguments, indent),
    }
}
