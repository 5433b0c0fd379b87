#![deny(warnings)]
//! Routes outside of `/unified/`.
use truto_core::{Page, Request, endpoint, unified_endpoint};

#[endpoint(method = "GET", path = "/proxy/tickets")]
#[endpoint(method = "PATCH", path = "/proxy/tickets/<id>", body = Change)]
#[endpoint(method = "PUT", path = "/custom/tickets/<id>", name = "replace", response = Self, body = Change)]
#[unified_endpoint(method = "POST", path = "/unified/ticketing/tickets/search", safe = true)]
#[endpoint(method = "GET", path = "/integrated-account", name = "accounts", response = Page<Self>)]
#[derive(serde::Deserialize)]
pub struct Ticket {}

#[derive(serde::Serialize)]
pub struct Change {}

#[test]
fn compiles() {
    let _: Request<Page<Ticket>> = Ticket::list();
    let _: Request<Ticket> = Ticket::update(1, &Change {});
    let _: Request<Ticket> = Ticket::replace(1, &Change {});
    let _: Request<Ticket> = Ticket::search();
    let _: Request<Page<Ticket>> = Ticket::accounts();
}
