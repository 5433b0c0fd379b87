use truto_core::{endpoint, unified_endpoint};

#[endpoint(method = "POST", path = "/mcp/<token>", secret = "tokn", name = "unknown", response = Self)]
#[endpoint(method = "POST", path = "/mcp/<token>", secret = "token, token", name = "twice", response = Self)]
#[endpoint(method = "POST", path = "/mcp/<token>", secret = "<token>", name = "brackets", response = Self)]
#[endpoint(method = "POST", path = "/mcp/<token>", secret = "", name = "empty", response = Self)]
#[endpoint(method = "POST", path = "/mcp/<token>", secret = true, name = "flag", response = Self)]
#[derive(serde::Deserialize)]
struct Answer {}

#[unified_endpoint(method = "GET", path = "/unified/m/r", secret = "id")]
#[derive(serde::Deserialize)]
struct Record {}

#[endpoint(method = "POST", path = "/mcp/<token>", secret = "token", name = "call", response = Self)]
#[derive(serde::Deserialize)]
struct Sound {}

fn main() {
    // No error on top at calls.
    let _ = (Answer::unknown("t"), Answer::twice("t"), Answer::brackets("t"), Answer::empty("t"));
    let _ = Record::list();
    let _ = Sound::call(7);
}
