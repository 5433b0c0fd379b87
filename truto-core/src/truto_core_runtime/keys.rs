//! An item for each key of the attributes. In rust-analyzer alone, the attributes import the keys that
//! are written from here, so that it completes them and shows their documentation. `crate` is missing,
//! since a keyword names no item. Each value is an example.
#![allow(non_upper_case_globals)]

/// The HTTP method: `"GET"`, `"POST"`, `"PATCH"`, `"PUT"` or `"DELETE"`. Required.
pub const method: &str = r#"method = "GET""#;

/// The path of the route, with each path argument as a placeholder: `<id>`. Required.
pub const path: &str = r#"path = "/unified/e-signature/users/<id>""#;

/// The name of the function, if it is not the derived one.
pub const name: &str = r#"name = "find_user""#;

/// The type of the endpoint's own query parameters.
pub const query: &str = "query = ListUsers";

/// The type of the request body.
pub const body: &str = "body = NewUser";

/// The type that `send` returns, if it is not the derived one.
pub const response: &str = "response = User";

/// The first paragraph of the function's documentation.
pub const doc: &str = r#"doc = "Lists the users.""#;

/// Marks a POST that only reads, which may then be repeated like a GET.
pub const safe: &str = "safe = true";

/// The path arguments that are secrets, which requests and errors do not show.
pub const secret: &str = r#"secret = "id""#;
