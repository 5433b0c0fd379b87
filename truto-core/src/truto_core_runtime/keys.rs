//! One item per key of the attributes. In rust-analyzer, and only there, an attribute imports its keys
//! from this module, so that the editor completes them and shows their documentation. `crate` is missing,
//! since no item can have that name. The items are modules, because rust-analyzer completes constants in
//! such an import but does not find them on hover.

/// The HTTP method: `"GET"`, `"POST"`, `"PATCH"`, `"PUT"` or `"DELETE"`. Required.
///
/// `method = "GET"`
pub mod method {}

/// The path of the route, with each path argument as a placeholder: `<id>`. Required.
///
/// `path = "/unified/e-signature/users/<id>"`
pub mod path {}

/// The name of the function, if it is not the derived one.
///
/// `name = "find_user"`
pub mod name {}

/// The type of the endpoint's own query parameters.
///
/// `query = ListUsers`
pub mod query {}

/// The type of the request body.
///
/// `body = NewUser`
pub mod body {}

/// The type that `send` returns, if it is not the derived one.
///
/// `response = User`
pub mod response {}

/// The first paragraph of the function's documentation.
///
/// `doc = "Lists the users."`
pub mod doc {}

/// Marks a POST that only reads, which may then be repeated like a GET.
///
/// `safe = true`
pub mod safe {}

/// The path arguments that are secrets, which requests and errors do not show.
///
/// `secret = "id"`
pub mod secret {}
