//! The `rename_all` of serde that fits the words of an enum.

/// The styles that are tried, the usual one first.
const STYLES: [&str; 8] = [
    "snake_case",
    "lowercase",
    "kebab-case",
    "camelCase",
    "UPPERCASE",
    "SCREAMING_SNAKE_CASE",
    "SCREAMING-KEBAB-CASE",
    "PascalCase",
];

/// A variant as serde writes it in the style.
pub(super) fn apply(style: &str, variant: &str) -> String {
    let snake = || {
        let mut text = String::with_capacity(variant.len() + 4);
        for (index, c) in variant.char_indices() {
            if index > 0 && c.is_uppercase() {
                text.push('_');
            }
            text.push(c.to_ascii_lowercase());
        }
        text
    };
    match style {
        "snake_case" => snake(),
        "lowercase" => variant.to_ascii_lowercase(),
        "kebab-case" => snake().replace('_', "-"),
        // A variant begins with an ASCII letter, so the slice is one character.
        "camelCase" => variant[..1].to_ascii_lowercase() + &variant[1..],
        "UPPERCASE" => variant.to_ascii_uppercase(),
        "SCREAMING_SNAKE_CASE" => snake().to_ascii_uppercase(),
        "SCREAMING-KEBAB-CASE" => snake().to_ascii_uppercase().replace('_', "-"),
        _ => variant.to_owned(),
    }
}

/// The style that all words follow, or all but a few; `None` where no attribute is shorter.
pub(super) fn style(words: &[(&str, &str)]) -> Option<&'static str> {
    let fits =
        |style: &str| words.iter().filter(|(variant, wire)| apply(style, variant) == *wire).count();
    let plain = fits("PascalCase");
    let mut best = ("PascalCase", plain);
    for style in STYLES {
        let count = fits(style);
        if count > best.1 {
            best = (style, count);
        }
    }
    let exceptions = words.len() - best.1;
    // The attribute takes a line, as does each exception.
    let worth = exceptions == 0 || best.1 >= 2 && exceptions * 2 < words.len();
    (best.0 != "PascalCase" && worth).then_some(best.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_style_that_the_words_follow() {
        for (words, expected) in [
            (vec![("Active", "active"), ("InProgress", "in_progress")], Some("snake_case")),
            (vec![("Active", "ACTIVE"), ("Gone", "GONE")], Some("UPPERCASE")),
            (vec![("InProgress", "IN_PROGRESS")], Some("SCREAMING_SNAKE_CASE")),
            (vec![("InProgress", "in-progress"), ("New", "new")], Some("kebab-case")),
            (vec![("InProgress", "inProgress")], Some("camelCase")),
            (vec![("Active", "Active")], None),
            (vec![("Active", "active"), ("Other", "OTHER!")], None),
            (vec![("A", "a"), ("B", "b"), ("Value1", "1")], Some("snake_case")),
            (vec![], None),
        ] {
            assert_eq!(style(&words), expected, "{words:?}");
        }
    }
}
