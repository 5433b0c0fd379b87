mod forms;
mod guesses;
mod syntax;

use crate::dialect::Dialect;

/// The errors of an attribute with these arguments.
fn errors(dialect: Dialect, args: &str) -> Vec<String> {
    let tokens = args.parse().unwrap_or_else(|_| panic!("no tokens: {args}"));
    let item = "struct User { id: String }".parse().expect("tokens");
    let expanded = crate::endpoints(dialect, tokens, item).to_string();
    crate::feedback::compile_errors(&expanded)
}

/// The only error, in its two parts.
#[track_caller]
fn only_error(dialect: Dialect, args: &str) -> (String, String) {
    let errors = errors(dialect, args);
    let [error] = &*errors else { panic!("{args}: {errors:?}") };
    let (message, help) = error.split_once("\nhelp: ").expect(error);
    (message.to_owned(), help.to_owned())
}

/// The other arguments that complete the attribute.
fn beside(key: &str) -> &'static str {
    match key {
        "method" => r#"path = "/unified/m/r", name = "x", response = User"#,
        "path" => r#"method = "GET", name = "x", response = User"#,
        "body" | "safe" => r#"method = "POST", path = "/unified/m/r""#,
        _ => r#"method = "GET", path = "/unified/m/r""#,
    }
}
