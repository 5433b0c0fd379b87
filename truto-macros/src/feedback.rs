//! What the help of an error says is fed back: the attribute has to take it.

use crate::dialect::Dialect;

/// The texts of all errors that a stack of attributes yields.
fn errors(source: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest = source;
    // Each stack begins at its first attribute and ends behind its struct.
    while let Some(at) =
        rest.find("#[unified_endpoint").into_iter().chain(rest.find("#[endpoint")).min()
    {
        let stack = &rest[at..];
        let end =
            stack.find("\n}\n").or_else(|| stack.find(";\n")).map_or(stack.len(), |end| end + 2);
        let (stack, behind) = stack.split_at(end);
        rest = behind;
        let dialect = match stack.starts_with("#[unified") {
            true => Dialect::Unified,
            false => Dialect::Any,
        };
        let Ok(tokens) = stack.parse::<proc_macro2::TokenStream>() else {
            continue;
        };
        // The first attribute is expanded; the others stand below it.
        let mut tokens = tokens.into_iter().skip(1);
        let Some(proc_macro2::TokenTree::Group(group)) = tokens.next() else {
            continue;
        };
        let args = group.stream().into_iter().find_map(|token| match token {
            proc_macro2::TokenTree::Group(args) => Some(args.stream()),
            _ => None,
        });
        let expanded = crate::endpoints(dialect, args.unwrap_or_default(), tokens.collect());
        texts.extend(compile_errors(&expanded.to_string()));
    }
    texts
}

/// The texts within `compile_error!`.
pub(crate) fn compile_errors(expanded: &str) -> Vec<String> {
    let parts = expanded.split("compile_error !").skip(1);
    let literal = |part: &str| {
        let tokens: proc_macro2::TokenStream =
            part.trim_start().get(1..)?.parse().ok().or_else(|| {
                let end = part.find("} ").or_else(|| part.rfind('}'))?;
                part[..end].trim_start().get(1..)?.parse().ok()
            })?;
        let first: proc_macro2::TokenStream = tokens.into_iter().next().into_iter().collect();
        syn::parse2::<syn::LitStr>(first).ok().map(|text| text.value())
    };
    parts.filter_map(literal).collect()
}

/// Whether the attribute takes the arguments.
fn is_taken(dialect: Dialect, arguments: &str) -> Result<(), String> {
    let item = "struct User { id: String }".parse().expect("tokens");
    let args = arguments.parse().map_err(|_| "no tokens".to_owned())?;
    let expanded = crate::endpoints(dialect, args, item).to_string();
    match compile_errors(&expanded).first() {
        None => Ok(()),
        Some(error) => Err(error.clone()),
    }
}

/// A whole declaration with the suggestion in it; `None` for a word that does not belong into one.
fn declaration(suggestion: &str) -> Option<(Dialect, String)> {
    let inside = |open: &str| suggestion.strip_prefix(open)?.strip_suffix(")]");
    // `/custom/` names a family of routes, `query = ...` a key; neither is to be written so.
    let names_a_kind = suggestion.ends_with('/') || suggestion.contains("...");
    if names_a_kind {
        return None;
    }
    if let Some(arguments) = inside("#[unified_endpoint(") {
        return Some((Dialect::Unified, arguments.to_owned()));
    }
    if let Some(arguments) = inside("#[endpoint(") {
        return Some((Dialect::Any, arguments.to_owned()));
    }
    let unified = |text: String| Some((Dialect::Unified, text));
    if suggestion.starts_with('/') {
        let dialect = match suggestion.starts_with("/unified/") {
            true => Dialect::Unified,
            false => Dialect::Any,
        };
        return Some((
            dialect,
            format!("method = \"GET\", path = \"{suggestion}\", name = \"x\", response = User"),
        ));
    }
    if suggestion.starts_with('<') {
        return unified(format!("method = \"GET\", path = \"/unified/m/r/{suggestion}\""));
    }
    let verb = suggestion.trim_matches('"');
    if ["GET", "POST", "PATCH", "DELETE"].contains(&verb) {
        return unified(format!(
            "method = \"{verb}\", path = \"/unified/m/r/<id>\", name = \"x\", response = User"
        ));
    }
    let (key, _) = suggestion.split_once(" = ")?;
    let rest = match key {
        "method" if suggestion.contains("path = ") => "",
        "method" => ", path = \"/unified/m/r\", name = \"x\", response = User",
        "path" => ", method = \"GET\"",
        "name" | "query" | "response" | "doc" | "crate" => {
            ", method = \"GET\", path = \"/unified/m/r\""
        }
        "secret" => {
            ", method = \"POST\", path = \"/unified/m/r/<id>/<token>\", name = \"x\", response = User"
        }
        "body" | "safe" => ", method = \"POST\", path = \"/unified/m/r\"",
        _ => return None,
    };
    // Only the route of a whole declaration may be of the other attribute.
    let dialect = match suggestion.contains("path = \"/") && !suggestion.contains("\"/unified/") {
        true => Dialect::Any,
        false => Dialect::Unified,
    };
    Some((dialect, format!("{suggestion}{rest}")))
}

#[test]
fn every_suggestion_is_taken() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/ui/fail");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the ui cases")
        .map(|file| file.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    let (mut helps, mut fed_back) = (0, 0);
    for file in files {
        let source = std::fs::read_to_string(&file).expect("a file");
        for error in errors(&source) {
            let Some((_, help)) = error.split_once("\nhelp: ") else {
                continue;
            };
            helps += 1;
            // Every second part stands between backticks.
            for suggestion in help.split('`').skip(1).step_by(2) {
                let Some((dialect, arguments)) = declaration(suggestion) else {
                    continue;
                };
                fed_back += 1;
                if let Err(why) = is_taken(dialect, &arguments) {
                    panic!(
                        "{}: {error}\n`{suggestion}` is refused: {why}\nin {arguments}",
                        file.display()
                    );
                }
            }
        }
    }
    assert!(helps > 80 && fed_back > 80, "{helps} helps, {fed_back} suggestions");
}
