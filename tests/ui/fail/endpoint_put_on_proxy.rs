use truto_core::endpoint;

#[endpoint(method = "PUT", path = "/proxy/tickets/<id>", name = "put", response = Self)]
#[derive(serde::Deserialize)]
struct Ticket {}

fn main() {}
