use std::collections::HashMap;

use truto_core::{Page, unified_endpoint};

// The error names the one type that may lack the implementation, and points to it.
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>/a", name = "map", response = HashMap<String, Part>)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>/b", name = "tuple", response = (String, [Part; 2]))]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>/c", name = "nested", response = Page<Box<Part>>)]
// Of two it names the whole.
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>/d", name = "two", response = HashMap<Part, Self>)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>/e", name = "foreign", response = std::time::Instant)]
#[derive(serde::Deserialize)]
pub struct User {}

pub struct Part;

#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
#[derive(serde::Deserialize)]
pub struct Borrows {
    pub name: &'static str,
}

fn main() {}
