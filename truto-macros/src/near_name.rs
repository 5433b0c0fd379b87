//! Repairs of function names.

use syn::Ident;
use truto_route::snake_case;

use crate::diag::is_invisible;

/// The nearest text that can name a function.
pub(crate) fn near_name(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|&c| !is_invisible(c)).collect();
    // `User::list` names the function at the end.
    let last = text.rsplit("::").next().unwrap_or(&text);
    let near = snake_case(&last.replace(|c: char| !c.is_ascii_alphanumeric(), "_"));
    let near = near.trim_matches('_');
    // Other letters would be replaced, and the suggestion would not be the user's word.
    let is_name = text.is_ascii() && near != "gen" && syn::parse_str::<Ident>(near).is_ok();
    is_name.then(|| near.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repairs_only_texts_close_to_a_name() {
        for (text, name) in [
            ("list", Some("list")),
            ("findDeal", Some("find_deal")),
            ("User::find", Some("find")),
            ("-find-", Some("find")),
            ("find\u{200b}", Some("find")),
            ("gr\u{f6}\u{df}e", None),
            ("gen", None),
            ("type", None),
            ("1st", None),
            ("", None),
        ] {
            assert_eq!(near_name(text).as_deref(), name, "{text}");
        }
    }
}
