//! Converts wire names to Rust names.

/// The name in snake case, as functions and arguments are named.
///
/// ```
/// use truto_route::snake_case;
///
/// assert_eq!(snake_case("move-stage"), "move_stage");
/// assert_eq!(snake_case("getURLForID"), "get_url_for_id");
/// ```
#[must_use]
pub fn snake_case(text: &str) -> String {
    let is_separator = |c: char| !c.is_alphanumeric();
    let mut out = String::new();
    let mut before = '_';
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let word_ends = characters.peek().is_some_and(char::is_ascii_lowercase);
        // A capital begins a word after a small letter or digit (`userId`), and as the last one of an
        // acronym (`HTTPServer` is `http_server`).
        let starts_word = c.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || (before.is_ascii_uppercase() && word_ends));
        if (starts_word || is_separator(c)) && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        if !is_separator(c) {
            out.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    out.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separates_words_with_single_underscores() {
        for (text, expected) in [
            ("userId", "user_id"),
            ("userID", "user_id"),
            ("getURLForID", "get_url_for_id"),
            ("v2Users", "v2_users"),
            ("straßeBc", "straße_bc"),
            ("éBc", "ébc"),
            ("a--b-", "a_b"),
            ("a__b", "a_b"),
            ("_a", "a"),
            ("get_embed_url", "get_embed_url"),
            ("search.json", "search_json"),
            ("sheets:batchUpdate", "sheets_batch_update"),
            ("", ""),
            ("--", ""),
        ] {
            assert_eq!(snake_case(text), expected, "{text}");
        }
    }
}
