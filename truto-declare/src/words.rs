//! Words of a source as names in Rust's style.

/// The words of a text, in lower case and ASCII.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    let text = signed(text);
    let ascii = deunicode::deunicode_with_tofu(&text, " ");
    let mut rest = ascii.chars().peekable();
    while let Some(c) = rest.next() {
        let next_is_lower = rest.peek().is_some_and(char::is_ascii_lowercase);
        // `HTTPServer` is two words: a run of capitals ends before its last one.
        let begins = c.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || before.is_ascii_uppercase() && next_is_lower);
        if begins || !c.is_ascii_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_ascii_alphanumeric()) {
            word.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Splits the sign off a number, as a separate word.
fn signed(text: &str) -> String {
    let text = text.trim();
    let number = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(rest), _) if number(rest) => format!("plus {rest}"),
        (_, Some(rest)) if number(rest) => format!("minus {rest}"),
        _ => text.to_owned(),
    }
}

/// A name like `SigningRequest`, with the prefix `fallback` if it would be empty or start with a digit.
pub(crate) fn pascal(text: &str, fallback: &str) -> String {
    let mut name = String::new();
    for word in words(text) {
        if name.ends_with(|c: char| c.is_ascii_digit())
            && word.starts_with(|c: char| c.is_ascii_digit())
        {
            // Keeps `1_2` and `12` apart.
            name.push('_');
        }
        // Words are ASCII and not empty, so the first byte is the first character.
        let (first, rest) = word.split_at(1);
        name.push_str(&first.to_ascii_uppercase());
        name.push_str(rest);
    }
    match name.chars().next() {
        Some(c) if c.is_ascii_alphabetic() => name,
        _ => format!("{fallback}{name}"),
    }
}

/// A name like `signing_request`, never a keyword.
pub(crate) fn snake(text: &str, fallback: &str) -> String {
    let mut name = String::new();
    for word in words(text) {
        if !name.is_empty() {
            name.push('_');
        }
        name.push_str(&word);
    }
    match name.chars().next() {
        None => fallback.to_owned(),
        Some(c) if c.is_ascii_digit() => format!("{fallback}_{name}"),
        Some(_) if is_keyword(&name) => format!("{name}_"),
        Some(_) => name,
    }
}

/// The name of a field; `type` reads better as `kind`.
pub(crate) fn field(wire: &str) -> String {
    match snake(wire, "field") {
        name if name == "type_" => "kind".to_owned(),
        name => name,
    }
}

/// A name in the singular: `signing_requests` as `signing_request`.
pub(crate) fn singular(text: &str) -> String {
    let mut words = words(text);
    if let Some(last) = words.last_mut() {
        *last = singular_word(last);
    }
    words.join("_")
}

fn singular_word(word: &str) -> String {
    // Words without a plural `s`: uncountable ones and acronyms.
    const SAME: [&str; 33] = [
        "status", "address", "business", "access", "progress", "process", "canvas", "bus", "news",
        "series", "analysis", "basis", "species", "lens", "sms", "dns", "gps", "aws", "ios", "os",
        "css", "https", "tls", "rss", "gas", "atlas", "bias", "alias", "me", "data", "media",
        "metadata", "sales",
    ];
    // The general rules would cut too much off these words.
    const KEEP_E: [&str; 12] = [
        "caches",
        "excuses",
        "databases",
        "releases",
        "purchases",
        "phases",
        "cases",
        "causes",
        "clauses",
        "leases",
        "expenses",
        "licenses",
    ];
    if SAME.contains(&word) || word.ends_with("ss") || word.ends_with("us") || word.len() < 3 {
        return word.to_owned();
    }
    if KEEP_E.contains(&word) {
        return word[..word.len() - 1].to_owned();
    }
    match word {
        "statuses" => "status".to_owned(),
        "aliases" => "alias".to_owned(),
        _ => pluralizer::pluralize(word, 1, false),
    }
}

/// Returns whether any edition of Rust reserves the name.
pub(crate) fn is_keyword(name: &str) -> bool {
    const KEYWORDS: [&str; 51] = [
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
        "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
        "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
        "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type",
        "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
    ];
    KEYWORDS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_rusts_style() {
        let cases = [
            ("signing_requests", "SigningRequests", "signing_requests"),
            ("in-progress", "InProgress", "in_progress"),
            ("In Progress", "InProgress", "in_progress"),
            ("IN_PROGRESS", "InProgress", "in_progress"),
            ("getURLForID", "GetUrlForId", "get_url_for_id"),
            ("+1", "Plus1", "plus_1"),
            ("-1", "Minus1", "minus_1"),
            ("", "X", "x"),
            ("größe", "Grosse", "grosse"),
            ("1.5", "X1_5", "x_1_5"),
            ("$ref", "Ref", "ref_"),
            ("self", "Self", "self_"),
            ("日本", "RiBen", "ri_ben"),
        ];
        for (text, in_pascal, in_snake) in cases {
            assert_eq!(pascal(text, "X"), in_pascal, "{text}");
            assert_eq!(snake(text, "x"), in_snake, "{text}");
        }
        assert_eq!(field("type"), "kind");
    }

    #[test]
    fn names_become_singular() {
        for (plural, one) in [
            ("signing_requests", "signing_request"),
            ("signing_request_statuses", "signing_request_status"),
            ("addresses", "address"),
            ("status", "status"),
            ("categories", "category"),
            ("drive-items", "drive_item"),
            ("company_info", "company_info"),
            ("people", "person"),
            ("me", "me"),
            ("knowledge-base", "knowledge_base"),
            ("caches", "cache"),
            ("excuses", "excuse"),
            ("sms", "sms"),
            ("dns", "dns"),
            ("gps", "gps"),
            ("lens", "lens"),
            ("species", "species"),
            ("databases", "database"),
            ("houses", "house"),
            ("addresses", "address"),
            ("classes", "class"),
            ("branches", "branch"),
            ("boxes", "box"),
            ("movies", "movie"),
            ("taxes", "tax"),
            ("invoices", "invoice"),
            ("responses", "response"),
            ("courses", "course"),
        ] {
            assert_eq!(singular(plural), one);
        }
    }
}
