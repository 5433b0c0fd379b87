use truto_core::resource::{Create, Delete, Get, List, ListAll, Update};
use truto_core::unified_endpoint;

// Two endpoints of one role, neither of which has the derived name.
#[unified_endpoint(method = "GET", path = "/unified/m/r", name = "search")]
#[unified_endpoint(method = "GET", path = "/unified/m/s", name = "find")]
#[derive(serde::Deserialize)]
struct Record {}

#[unified_endpoint(method = "GET", path = "/unified/m/r", query = Query)]
#[derive(serde::Deserialize)]
struct Listed {}

#[derive(serde::Serialize)]
struct Query {}

fn list<T: List>() {}
fn get<T: Get>() {}
fn create<T: Create>() {}
fn update<T: Update>() {}
fn delete<T: Delete>() {}
fn list_all<T: ListAll>() {}

fn main() {
    list::<Record>();
    get::<Record>();
    create::<Record>();
    update::<Record>();
    delete::<Record>();
    list_all::<Listed>();
}
