use truto_core::unified_endpoint;

#[unified_endpoint(
    method = "GET",
    /// Lists the users.
    /// All of them.
    path = "/unified/m/r"
)]
#[derive(serde::Deserialize)]
pub struct A {}

#[unified_endpoint(
    #[cfg(test)]
    method = "GET",
    path = "/unified/m/r"
)]
#[derive(serde::Deserialize)]
pub struct B {}

fn main() {}
