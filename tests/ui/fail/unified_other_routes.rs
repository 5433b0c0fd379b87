use truto_core::unified_endpoint;

#[unified_endpoint(method = "POST", path = "/custom/v1.0/me")]
#[unified_endpoint(method = "POST", path = "/link-token", name = "link_token")]
#[unified_endpoint(method = "GET", path = "/Proxy/tickets")]
#[derive(serde::Deserialize)]
struct Ticket {}

fn main() {}
