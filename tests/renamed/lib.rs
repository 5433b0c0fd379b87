//! Endpoints without `crate = …` in a crate whose `Cargo.toml` renames `truto-core`.

use serde::{Deserialize, Serialize};
use truto_sdk::unified_endpoint;

/// Imported by name.
#[unified_endpoint(method = "GET", path = "/unified/crm/deals", query = ListDeals)]
#[unified_endpoint(method = "DELETE", path = "/unified/crm/deals/<id>")]
#[derive(Deserialize)]
pub struct Deal {}

/// Its query.
#[derive(Serialize)]
pub struct ListDeals {}

/// By path, with two endpoints of one role.
#[truto_sdk::unified_endpoint(method = "GET", path = "/unified/crm/contacts/<id>", name = "find")]
#[truto_sdk::unified_endpoint(method = "GET", path = "/unified/crm/contacts/<id>")]
#[truto_sdk::endpoint(method = "GET", path = "/proxy/contacts", response = Vec<Self>)]
#[derive(Deserialize)]
pub struct Contact {}

/// With the path stated, too.
#[unified_endpoint(method = "GET", path = "/unified/crm/notes", crate = truto_sdk)]
#[derive(Deserialize)]
pub struct Note {}

#[cfg(test)]
mod tests {
    use truto_sdk::resource::{Get, List};
    use truto_sdk::{Method, unified_endpoint as route};

    use super::{Contact, Deal, ListDeals, Note};

    /// Under another name, in a module.
    #[route(method = "GET", path = "/unified/crm/tasks/done", name = "list_done", response = truto_sdk::Page<Self>)]
    #[route(method = "GET", path = "/unified/crm/tasks")]
    #[derive(serde::Deserialize)]
    struct Task {}

    #[test]
    fn finds_the_runtime_in_the_manifest() {
        assert_eq!(Deal::list(&ListDeals {}).path(), "/unified/crm/deals");
        assert_eq!(Deal::delete(1).method(), Method::DELETE);
        assert_eq!(Contact::find(1).path(), Contact::get(1).path());
        assert_eq!(Contact::list().path(), "/proxy/contacts");
        assert_eq!(<Contact as Get>::ENDPOINT.path, "/unified/crm/contacts/<id>");
        assert_eq!(Note::list().path(), "/unified/crm/notes");
        assert_eq!(Task::list_done().path(), "/unified/crm/tasks/done");
        assert_eq!(Task::list(), <Task as List>::list(&()));
    }
}
