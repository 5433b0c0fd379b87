use truto_core::endpoint;

#[endpoint(method = "GET", path = "/proxy/tickets/{id}")]
#[endpoint(method = "GET", path = "", name = "a")]
#[endpoint(method = "DELETE", path = "/proxy")]
#[endpoint(method = "PATCH", path = "/proxy/<resource>/<id>")]
#[endpoint(method = "GET", path = "/custom/v1.0/<path..>/x", name = "b", response = Self)]
#[endpoint(method = "GET", path = "/custom/v1.0/*path", name = "c", response = Self)]
#[endpoint(method = "POST", path = "/custom/sheets/{id}:batchUpdate", name = "d", response = Self)]
#[endpoint(method = "GET", path = "/custom/a,b", name = "e", response = Self)]
#[endpoint(method = "HEAD", path = "/proxy/tickets/<id>", name = "f", response = ())]
#[endpoint]
#[derive(serde::Deserialize)]
struct Ticket {}

fn main() {
    let _ = (Ticket::get("1"), Ticket::delete("1"), Ticket::update("1"));
    let _ = (Ticket::b("1"), Ticket::c("1/2"), Ticket::d("1"), Ticket::e());
}
