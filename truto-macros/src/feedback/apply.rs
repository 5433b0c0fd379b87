//! Follows a help as its reader would.

use super::source::Declaration;
use crate::dialect::Dialect;

/// The parts of a text between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Applies a help to its attribute.
pub(super) fn apply(error: &str, attribute: &mut Declaration) -> Result<(), String> {
    let Some((message, help)) = error.split_once("\nhelp: ") else {
        return Err(format!("an error without help: {error}"));
    };
    let (subjects, suggestions) = (quoted(message), quoted(help));
    let subject = subjects.first().copied().unwrap_or_default();
    if help.starts_with("remove one of the two ") || help.starts_with("remove `") {
        let is_removed = attribute.remove(suggestions[0]);
        return is_removed.then_some(()).ok_or_else(|| format!("nothing to remove: {error}"));
    }
    if help.contains("comma") || help.starts_with("separate arguments") {
        // The arguments are kept apart already.
        return Ok(());
    }
    if help.starts_with("the keys are") || help.starts_with("add headers to a call") {
        attribute.remove_word(subject);
        return Ok(());
    }
    if help.starts_with("write one attribute per method") && !help.contains("for example") {
        let methods = subject.split(|c: char| !c.is_ascii_alphabetic());
        let first = methods.into_iter().find(|method| !method.is_empty()).unwrap_or_default();
        attribute.set("method", &format!("{first:?}"));
        return Ok(());
    }
    if help.starts_with("remove it") {
        attribute.remove_prefix();
        return Ok(());
    }
    if let Some(rest) = help.strip_prefix("did you mean ") {
        attribute.rename(subject, quoted(rest)[0]);
        return Ok(());
    }
    let Some((&first, others)) = suggestions.split_first() else {
        return Err(format!("a help that cannot be followed: {error}"));
    };
    if let Some(key) = first.strip_suffix(" = ...") {
        // The value is kept: a mistake in it is another error.
        let written = if subject == "=" { key } else { subject };
        return attribute.keep_value(written, key).ok_or_else(|| format!("no value: {error}"));
    }
    if subject != first && !pairs(first).is_empty() && !is_key(subject) {
        // The argument under its wrong name, or in the form of another language.
        if message.starts_with("unknown keys") {
            for own in &subjects {
                attribute.remove_word(own);
            }
        } else if message.contains("found `{`") {
            attribute.arguments.retain(|argument| !argument.contains('{'));
        } else if subject.starts_with(char::is_alphabetic) && !subject.contains(' ') {
            attribute.remove_word(subject);
        }
    }
    if help.contains("secret = \"id\"") && !attribute.args().contains("<id>") {
        // The name in an example is for the reader to replace.
        let args = attribute.args();
        let name = args.split_once('<').and_then(|(_, rest)| rest.split('>').next());
        attribute.set("secret", &format!("{:?}", name.unwrap_or("id")));
        return Ok(());
    }
    suggest(first, subject, attribute).ok_or_else(|| format!("no way to follow: {error}"))?;
    for (key, value) in others.iter().flat_map(|other| pairs(other)) {
        if !attribute.has(key) || key == "path" {
            attribute.set(key, value);
        }
    }
    Ok(())
}

fn is_key(word: &str) -> bool {
    crate::args::Key::of(word).is_some()
}

/// Writes one suggestion into the attribute.
fn suggest(text: &str, subject: &str, attribute: &mut Declaration) -> Option<()> {
    if let Some(inside) = text.strip_prefix("#[") {
        let (name, arguments) = inside.strip_suffix(")]")?.split_once('(')?;
        attribute.dialect = Dialect::from_name(name)?;
        for (key, value) in pairs(arguments.trim_end_matches(", ...")) {
            attribute.set(key, value);
        }
        return Some(());
    }
    if text.starts_with('/') {
        attribute.set("path", &format!("{text:?}"));
        return Some(());
    }
    if text.starts_with('<') {
        attribute.replace_in_path((subject, text));
        return Some(());
    }
    let verb = text.trim_matches('"');
    if truto_route::Method::from_name(verb).is_some() {
        attribute.set("method", &format!("{verb:?}"));
        return Some(());
    }
    let pairs = pairs(text);
    for (key, value) in &pairs {
        attribute.set(key, value);
    }
    (!pairs.is_empty()).then_some(())
}

/// The arguments in a suggestion: `method = "GET", path = "/unified/m/r"`.
fn pairs(text: &str) -> Vec<(&str, &str)> {
    let mut pairs = Vec::new();
    let mut rest = text;
    while let Some((key, value)) = rest.split_once(" = ") {
        if !is_key(key) {
            break;
        }
        let next = value.match_indices(", ").find(|(at, _)| {
            value[at + 2..].split_once(" = ").is_some_and(|(next, _)| is_key(next))
        });
        let end = next.map_or(value.len(), |(at, _)| at);
        pairs.push((key, &value[..end]));
        rest = value.get(end + 2..).unwrap_or_default();
    }
    pairs
}

/// Applies a help about several attributes, or about the item.
pub(super) fn apply_to_stack(
    error: &str,
    attributes: &mut [Declaration],
    item: &mut String,
) -> Result<(), String> {
    let Some((message, help)) = error.split_once("\nhelp: ") else {
        return Err(format!("an error without help: {error}"));
    };
    if help.ends_with("to one of them") {
        let route = quoted(message).pop().unwrap_or_default();
        let path = route.split_once(' ').map_or(route, |(_, path)| path);
        let is_at = |own: &Declaration| own.args().contains(&format!("{path:?}"));
        let unnamed = attributes.iter().rposition(|own| is_at(own) && !own.has("name"));
        let at = unnamed.or_else(|| attributes.iter().rposition(is_at));
        let own = at.map(|at| &mut attributes[at]);
        let own = own.ok_or_else(|| format!("no attribute has `{path}`: {error}"))?;
        return apply(error, own);
    }
    if let (Some((_, borrowed)), Some((_, owned))) =
        (message.split_once("a field is "), help.split_once("write "))
    {
        let (borrowed, owned) = (quoted(borrowed)[0], quoted(owned)[0]);
        let owned = owned.split_once(": ").map_or(owned, |(_, ty)| ty);
        let tokens = item.parse().map_err(|_| "no tokens".to_owned())?;
        *item = crate::args::compact(&tokens).replacen(borrowed, owned, 1);
        return Ok(());
    }
    // The item is not a struct, or one that borrows.
    *item = quoted(help)
        .into_iter()
        .find(|suggestion| suggestion.starts_with("struct "))
        .unwrap_or(super::ITEM)
        .to_owned();
    Ok(())
}
