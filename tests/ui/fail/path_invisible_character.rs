use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/\u{200b}r", name = "a")]
#[unified_endpoint(method = "GET", path = "\u{feff}/unified/m/r", name = "b")]
#[unified_endpoint(method = "GET", path = "/unified/m/r\u{202e}s", name = "c")]
#[unified_endpoint(method = "GET", path = "/unified/m/\0r", name = "d")]
#[unified_endpoint(method = "GET", path = "/unified/m/r\u{a0}", name = "e")]
#[unified_endpoint(method = "G\u{200d}ET", path = "/unified/m/r", name = "f")]
#[unified_endpoint(method = "GET", path = "/unified/m/r", name = "g\u{2060}")]
#[derive(serde::Deserialize)]
struct User {}

fn main() {}
