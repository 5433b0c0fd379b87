//! The value of `method`: `truto-route` defines the methods, this module repairs other values.

use truto_route::Method;

use crate::diag::{closest, is_invisible};
use crate::dialect::Dialect;
use crate::recovered::Recovered;

/// The methods that an attribute accepts, for a help.
const fn expected(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Unified => "`GET`, `POST`, `PATCH` or `DELETE`",
        Dialect::Any => "`GET`, `POST`, `PATCH`, `DELETE`, or under `/custom/` `PUT`",
    }
}

/// Reads a method; a mistake is a message and a help.
pub(crate) fn parse(dialect: Dialect, text: &str) -> Recovered<Method, (String, String)> {
    if let Some(method) = Method::from_name(text) {
        return Recovered::good(method);
    }
    let one_of = format!("write one of {}", expected(dialect));
    if text.is_empty() {
        return Recovered::wrong(None, ("empty method".into(), one_of));
    }
    let unknown = format!("unknown method `{text}`");
    let upper: String = text.chars().filter(|&c| !is_invisible(c)).collect();
    let upper = upper.trim().to_uppercase();
    let invisible = text.chars().find(|&c| is_invisible(c));
    match Method::from_name(&upper) {
        Some(method) if invisible.is_some() => {
            let odd = invisible.unwrap_or_default();
            let message = format!("invisible character `{odd}` in the method");
            Recovered::wrong(Some(method), (message, format!("write `\"{method}\"`")))
        }
        Some(Method::Put) if dialect == Dialect::Unified => {
            let help = "methods are uppercase: unified updates are partial, write `\"PATCH\"`";
            Recovered::wrong(Some(Method::Patch), (unknown, help.into()))
        }
        Some(method) => {
            let help = format!("methods are uppercase: write `\"{method}\"`");
            Recovered::wrong(Some(method), (unknown, help))
        }
        None if matches!(upper.as_str(), "HEAD" | "OPTIONS" | "TRACE" | "CONNECT") => {
            let message = format!("method `{text}` is not used by Truto");
            Recovered::wrong(None, (message, one_of))
        }
        None if several(&upper).count() > 1 => {
            let message = format!("an endpoint has one method, found `{}`", text.escape_debug());
            let help = "write one attribute per method, each with its own `method`";
            Recovered::wrong(several(&upper).next(), (message, help.into()))
        }
        None => match guess(&upper) {
            // PUT is rarely right, so no typo is corrected to it.
            Some(Method::Put) | None => Recovered::wrong(None, (unknown, one_of)),
            Some(guess) => {
                let message = format!("{unknown}; did you mean `{guess}`?");
                Recovered::wrong(Some(guess), (message, format!("write `\"{guess}\"`")))
            }
        },
    }
}

/// The methods in a list of them, such as `GET,POST` or `GET | POST`.
fn several(text: &str) -> impl Iterator<Item = Method> {
    text.split(|c: char| !c.is_ascii_alphabetic()).filter_map(Method::from_name)
}

/// The method of a misspelled word, or of a word for the operation.
fn guess(word: &str) -> Option<Method> {
    match word {
        "LIST" | "READ" | "FETCH" | "SHOW" | "FIND" | "RETRIEVE" => Some(Method::Get),
        "CREATE" | "ADD" | "INSERT" | "NEW" => Some(Method::Post),
        "UPDATE" | "EDIT" | "MODIFY" | "CHANGE" => Some(Method::Patch),
        "DEL" | "REMOVE" | "DESTROY" => Some(Method::Delete),
        _ => Method::from_name(closest(word, &["GET", "POST", "PATCH", "DELETE", "PUT"])?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_methods() {
        for (text, meant) in [
            ("GET", Some(Method::Get)),
            ("get", Some(Method::Get)),
            ("Get", Some(Method::Get)),
            ("GETS", Some(Method::Get)),
            ("LIST", Some(Method::Get)),
            ("list", Some(Method::Get)),
            ("POSTS", Some(Method::Post)),
            ("create", Some(Method::Post)),
            ("PATHC", Some(Method::Patch)),
            ("update", Some(Method::Patch)),
            ("put", Some(Method::Patch)),
            ("DELTE", Some(Method::Delete)),
            ("DELETED", Some(Method::Delete)),
            ("REMOVE", Some(Method::Delete)),
            ("GET,POST", Some(Method::Get)),
            ("PATCH | PUT", Some(Method::Patch)),
            ("G\u{200b}ET", Some(Method::Get)),
            ("\u{feff}POST", Some(Method::Post)),
            ("HEAD", None),
            ("SEARCH", None),
            ("X", None),
            ("", None),
        ] {
            let read = parse(Dialect::Unified, text);
            assert_eq!(read.value, meant, "{text}");
            assert_eq!(read.errors.is_empty(), text == "GET", "{text}");
        }
    }

    #[test]
    fn explains_unsupported_methods() {
        for (text, message, help) in [
            ("get", "unknown method `get`", "methods are uppercase: write `\"GET\"`"),
            ("put", "unknown method `put`", "methods are uppercase: unified updates are partial"),
            ("G\u{200b}ET", "invisible character `\u{200b}` in the method", "write `\"GET\"`"),
            ("g\u{200b}et", "invisible character", "write `\"GET\"`"),
            ("DELETE\0", "invisible character `\0` in the method", "write `\"DELETE\"`"),
            ("SEA\u{200b}RCH", "unknown method `SEA\u{200b}RCH`", "write one of `GET`"),
            (" GET", "unknown method ` GET`", "methods are uppercase: write `\"GET\"`"),
            ("head", "method `head` is not used by Truto", "write one of `GET`"),
            ("GET!", "unknown method `GET!`; did you mean `GET`?", "write `\"GET\"`"),
            ("GET, POST", "an endpoint has one method", "write one attribute per method"),
            ("SEARCH", "unknown method `SEARCH`", "write one of `GET`"),
        ] {
            let errors = parse(Dialect::Unified, text).errors;
            let [(found, found_help)] = &errors[..] else {
                panic!("{text}: {errors:?}");
            };
            assert!(found.starts_with(message), "{text}: {found}");
            assert!(found_help.starts_with(help), "{text}: {found_help}");
        }
    }
}
