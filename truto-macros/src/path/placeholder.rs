//! Placeholders in the notation of other frameworks, and their names.

/// Words that cannot be identifiers, not even raw ones.
const UNUSABLE: [&str; 5] = ["self", "Self", "super", "crate", "_"];

/// Types and converters next to a name, as in `<int:id>` or `{id:int}`.
const TYPES: [&str; 30] = [
    "alpha", "any", "bool", "decimal", "double", "float", "guid", "hex", "i32", "i64", "int",
    "integer", "long", "number", "path", "regex", "slug", "str", "string", "text", "token", "u32",
    "u64", "uint", "ulid", "usize", "uuid", "word", "&str", "isize",
];

/// True if `?` or `#` belongs to a placeholder: `{id?}`, `:id?`, `<id?>`, `#{id}`.
pub(super) fn is_mark_of_placeholder(path: &str, at: usize) -> bool {
    let rest = &path[at + 1..];
    if path[at..].starts_with('#') {
        return rest.starts_with('{');
    }
    let segment = path[..at].rsplit('/').next().unwrap_or_default();
    let is_inside = |open, close| {
        segment.rfind(open).is_some_and(|at| !segment[at..].contains(close)) && rest.contains(close)
    };
    let is_end = rest.is_empty() || rest.starts_with('/');
    is_inside('{', '}')
        || is_inside('<', '>')
        || is_inside('[', ']')
        || is_inside('(', ')')
        || (is_end && segment.starts_with([':', '{', '<', '$', '@', '*']))
}

/// Signs that some put before the name of a placeholder, though they are also used elsewhere.
const WEAK_SIGNS: [char; 11] = ['~', '!', '^', '|', '&', '=', '+', ';', '\'', '"', '`'];

/// True for a segment that is a placeholder in any notation, ours included.
pub(super) fn is_foreign(segment: &str) -> bool {
    let format = segment.strip_prefix('%').unwrap_or_default();
    let bare = segment.trim_matches(WEAK_SIGNS);
    let is_id = is_name(bare) && bare.to_ascii_lowercase().ends_with("id");
    segment.contains(['{', '}', '[', ']', '(', ')', '<', '>'])
        || segment.starts_with([':', '$', '@', '*'])
        || (is_id && segment.starts_with(WEAK_SIGNS))
        || matches!(format, "s" | "d" | "u" | "i" | "v" | "@")
        || format.strip_suffix("$s").is_some_and(|number| number.parse::<u8>().is_ok())
}

/// True for a placeholder of several segments: `*rest`, `{*path}`, `[...path]`, `{path..}`, `<path:rest>`,
/// `{rest:path}`.
pub(super) fn is_rest(segment: &str) -> bool {
    let inner = segment.trim_matches(['{', '}', '[', ']', '<', '>', '(', ')', ':']);
    inner.starts_with(['*', '+'])
        || inner.starts_with("..")
        || inner.ends_with("..")
        || inner.ends_with('*')
        || inner
            .strip_prefix("path:")
            .is_some_and(|name| name.trim() == "path" || !is_type(name.trim()))
        || inner.strip_suffix(":path").is_some_and(|name| !is_type(name.trim()))
}

/// The name in the text of a placeholder: `id` for `{id:int}`, `<uuid:id>`, `${id}`, `:id?`.
pub(super) fn name(segment: &str) -> String {
    if segment.starts_with('%') {
        return "id".to_owned();
    }
    let text = match segment.find(['{', '<', '[']) {
        Some(open) => segment[open..].split(['}', '>', ']']).next().unwrap_or(segment),
        None => segment,
    };
    let text = match beside(text) {
        Beside::Suffix(suffix) => text.strip_suffix(suffix).unwrap_or(text),
        _ => text,
    };
    let signs =
        ['{', '}', '<', '>', '[', ']', '(', ')', ':', '$', '@', '*', '+', '?', '.', '#', '%'];
    let text = text.trim_start_matches(signs).trim();
    let name = match text.split_once(':') {
        Some((left, right)) if is_type(left.trim()) && !is_type(right.trim()) => right,
        Some((left, _)) => left,
        None => text,
    };
    let end = name.find(['(', '=', '|']).filter(|&end| end > 0).unwrap_or(name.len());
    identifier(name[..end].trim_matches(signs))
}

/// The text of a segment next to its placeholder.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Beside<'a> {
    Nothing,
    /// `.json` or `:verb` after it.
    Suffix(&'a str),
    /// Other text, before or after it.
    Text,
    /// Another placeholder.
    Placeholder,
}

/// Finds the text next to a placeholder in brackets (`x-{id}`) or after a sign (`:id.json`).
pub(super) fn beside(segment: &str) -> Beside<'_> {
    let is_word = |text: &str| text.contains(|c: char| c.is_ascii_alphanumeric());
    let suffix = |text| match text {
        "" => Beside::Nothing,
        text if text.starts_with(['.', ':']) => Beside::Suffix(text),
        _ => Beside::Text,
    };
    let Some((start, end)) = brackets(segment) else {
        let bare = segment.trim_start_matches([':', '$', '@']);
        let end = bare.find(['.', ':']).unwrap_or(bare.len());
        let is_kind = is_type(bare[end..].trim_start_matches([':', '.']));
        let is_plain = is_name(&bare[..end]) && bare.len() < segment.len();
        return if is_plain && !is_kind { suffix(&bare[end..]) } else { Beside::Nothing };
    };
    let (before, after) = (&segment[..start], &segment[end..]);
    if brackets(after).is_some() {
        Beside::Placeholder
    } else if is_word(before) {
        Beside::Text
    } else if is_word(after) {
        suffix(after)
    } else {
        Beside::Nothing
    }
}

/// The first placeholder in braces or angle brackets, with those in it.
fn brackets(text: &str) -> Option<(usize, usize)> {
    let (mut start, mut depth) = (None, 0_usize);
    for (at, c) in text.char_indices() {
        if matches!(c, '{' | '<') {
            start = start.or(Some(at));
            depth += 1;
        } else if matches!(c, '}' | '>') && depth > 0 {
            depth -= 1;
            if depth == 0 {
                return Some((start?, at + 1));
            }
        }
    }
    None
}

/// True for a type or a pattern, as opposed to a name.
fn is_type(word: &str) -> bool {
    let word = word.split(['(', '[']).next().unwrap_or_default();
    word.is_empty()
        || TYPES.contains(&word)
        || word.starts_with(|c: char| c.is_ascii_uppercase())
        || word.contains(['\\', '.', '*', '^'])
}

/// True if an argument can have the name.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !is_unusable(text)
}

/// True for a reserved word that cannot be an argument even as a raw identifier.
pub(super) fn is_unusable(text: &str) -> bool {
    let argument = truto_route::snake_case(text);
    let is_reserved = !text.ends_with('_') && UNUSABLE.contains(&argument.as_str());
    UNUSABLE.contains(&text) || is_reserved || argument.is_empty()
}

/// A valid name derived from the text, or else `id`.
pub(super) fn identifier(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars() {
        let c = if c.is_ascii_alphanumeric() { c } else { '_' };
        if !(c == '_' && name.ends_with('_')) {
            name.push(c);
        }
    }
    let name = name.trim_matches('_');
    if is_name(name) { name.to_owned() } else { "id".to_owned() }
}

/// The text with its percent escapes of ASCII characters resolved.
pub(super) fn decoded(segment: &str) -> String {
    let mut out = String::new();
    let mut rest = segment;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        // `None` also within a character of several bytes, which is not an escape.
        let code = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(code) = code.filter(|code| code.is_ascii_graphic() || *code == b' ') {
            // A slash would make two segments.
            out.push(if code == b'/' { '-' } else { char::from(code) });
            rest = &after[2..];
        } else {
            out.push('%');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}
