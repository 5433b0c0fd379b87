//! The value of `method`: `truto-route` has the methods, this module repairs others.

use truto_route::Method;

use crate::dialect::Dialect;
use crate::recovered::Recovered;

/// The methods that an attribute takes, for a help.
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
    let unknown = format!("unknown method `{}`", text.escape_debug());
    let upper = text.trim().to_uppercase();
    match Method::from_name(&upper) {
        Some(Method::Put) if dialect == Dialect::Unified => {
            let help = "methods are upper case: unified updates are partial, write `\"PATCH\"`";
            Recovered::wrong(Some(Method::Patch), (unknown, help.into()))
        }
        Some(method) => {
            let help = format!("methods are upper case: write `\"{method}\"`");
            Recovered::wrong(Some(method), (unknown, help))
        }
        None if matches!(upper.as_str(), "HEAD" | "OPTIONS" | "TRACE" | "CONNECT") => {
            let message = format!("method `{text}` is not used by Truto");
            Recovered::wrong(None, (message, one_of))
        }
        None => Recovered::wrong(None, (unknown, one_of)),
    }
}
