use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
pub struct User<'a> {
    pub id: &'a str,
}

fn main() {
    // No error on top at a call.
    let _ = User::get("1");
}
