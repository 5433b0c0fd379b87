#![forbid(unused_imports)]
//! An attribute of a stack may be written under its name, by a path or under another name.

mod path_above_name {
    use truto_core::unified_endpoint;

    #[truto_core::unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
    #[unified_endpoint(method = "GET", path = "/unified/m/r")]
    #[derive(serde::Deserialize)]
    pub(super) struct Record {}
}

mod alias_above_name {
    use truto_core::{unified_endpoint, unified_endpoint as route};

    #[route(method = "GET", path = "/unified/m/r/<id>")]
    #[unified_endpoint(method = "GET", path = "/unified/m/r")]
    #[derive(serde::Deserialize)]
    pub(super) struct Record {}
}

mod name_above_path_and_alias {
    use truto_core::{unified_endpoint, unified_endpoint as route};

    #[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
    #[truto_core::unified_endpoint(method = "GET", path = "/unified/m/r")]
    #[route(method = "DELETE", path = "/unified/m/r/<id>")]
    #[derive(serde::Deserialize)]
    pub(super) struct Record {}
}

mod path_above_both_names {
    use truto_core::{endpoint, unified_endpoint};

    #[truto_core::unified_endpoint(method = "DELETE", path = "/unified/m/r/<id>")]
    #[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
    #[endpoint(method = "GET", path = "/proxy/r")]
    #[derive(serde::Deserialize)]
    pub(super) struct Record {}
}

/// An alias that is the name of the other attribute.
mod alias_of_the_other {
    use truto_core::unified_endpoint as endpoint;

    #[endpoint(method = "GET", path = "/unified/m/r/<id>")]
    #[endpoint(method = "GET", path = "/unified/m/r")]
    #[derive(serde::Deserialize)]
    pub(super) struct Record {}
}

mod each_as_the_other {
    use truto_core::{endpoint as unified_endpoint, unified_endpoint as endpoint};

    #[unified_endpoint(method = "GET", path = "/proxy/r/<id>")]
    #[unified_endpoint(method = "GET", path = "/proxy/r")]
    #[endpoint(method = "DELETE", path = "/unified/m/r/<id>")]
    #[derive(serde::Deserialize)]
    pub(super) struct Record {}
}

/// Each attribute is expanded alone, and a public struct has types that may be less visible.
mod aliases_of_types {
    use truto_core::unified_endpoint as route;

    #[route(method = "GET", path = "/unified/m/r/<id>", query = Query)]
    #[route(method = "GET", path = "/unified/m/r", query = Query)]
    #[route(method = "POST", path = "/unified/m/r", query = Query, body = Vec<Query>)]
    #[route(method = "POST", path = "/unified/m/r/find", body = Vec<Query>, response = Vec<Record>)]
    #[derive(serde::Deserialize)]
    pub struct Record {}

    #[derive(serde::Serialize)]
    pub struct Query {}
}

/// Two endpoints of one role, of which the one with the derived name implements the trait.
mod renamed_crate {
    use truto_core as truto;

    #[truto::unified_endpoint(method = "GET", path = "/unified/m/r", crate = truto)]
    #[truto::unified_endpoint(method = "GET", path = "/unified/m/s", name = "s", crate = "truto")]
    #[truto::endpoint(method = "GET", path = "/proxy/r", name = "t", query = u8, crate = truto)]
    #[derive(serde::Deserialize)]
    pub struct Record {}
}

/// Several endpoints of one role under another name.
mod aliases_of_one_role {
    use truto_core::endpoint as proxy;
    use truto_core::{unified_endpoint, unified_endpoint as route};

    #[route(method = "GET", path = "/unified/m/s", name = "list_archived")]
    #[route(method = "GET", path = "/unified/m/r")]
    #[derive(serde::Deserialize)]
    pub struct Derived {}

    #[route(method = "GET", path = "/unified/m/r")]
    #[route(method = "GET", path = "/unified/m/s", name = "list_archived")]
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[route(method = "GET", path = "/unified/m/t", name = "list_deleted")]
    pub struct DerivedFirst {}

    #[route(method = "GET", path = "/unified/m/r/<id>", name = "find")]
    #[unified_endpoint(method = "GET", path = "/unified/m/s/<id>")]
    #[proxy(method = "GET", path = "/proxy/r/<id>", name = "fetch")]
    #[derive(serde::Deserialize)]
    pub struct Mixed {}

    #[derive(serde::Deserialize)]
    #[unified_endpoint(method = "GET", path = "/unified/m/r/<id>", name = "find")]
    #[cfg_attr(all(), proxy(method = "GET", path = "/proxy/r/<id>"))]
    #[cfg_attr(all(), route(method = "DELETE", path = "/unified/m/r/<id>"))]
    pub struct Conditional {}

    #[proxy(method = "POST", path = "/proxy/r", name = "create_one")]
    #[proxy(method = "POST", path = "/proxy/s", name = "create_other", body = u8)]
    #[derive(serde::Deserialize)]
    pub struct NotDerived {}

    impl truto_core::resource::Create for NotDerived {
        type Query = ();
        type Body = u16;
        const ENDPOINT: &'static truto_core::Endpoint =
            <Derived as truto_core::resource::List>::ENDPOINT;
    }
}

/// An attribute with the arguments of an endpoint that is not ours.
mod attribute_of_a_tool {
    use truto_core::{unified_endpoint, unified_endpoint as route};

    #[route(method = "GET", path = "/unified/m/t", name = "list_archived")]
    #[rust_analyzer::route(method = "GET", path = "/unified/m/s", name = "list_all")]
    #[unified_endpoint(method = "GET", path = "/unified/m/r")]
    #[derive(serde::Deserialize)]
    pub struct Record {}
}

#[test]
fn compiles() {
    use aliases_of_one_role::{Conditional, Derived, DerivedFirst, Mixed};
    use truto_core::resource::{Get, List};
    for endpoint in [<Derived as List>::ENDPOINT, <DerivedFirst as List>::ENDPOINT] {
        assert_eq!(endpoint.path, "/unified/m/r");
    }
    assert_eq!(<Mixed as Get>::ENDPOINT.path, "/unified/m/s/<id>");
    assert_eq!(<Conditional as Get>::ENDPOINT.path, "/proxy/r/<id>");
    let _ = <attribute_of_a_tool::Record as List>::list(&());
    let _ = attribute_of_a_tool::Record::list_archived();
    let _ = (Derived::list(), Derived::list_archived());
    let _ = (DerivedFirst::list(), DerivedFirst::list_archived(), DerivedFirst::list_deleted());
    let _ = (Mixed::find("1"), Mixed::get("1"), Mixed::fetch("1"));
    let _ = (Conditional::find("1"), Conditional::get("1"), Conditional::delete("1"));
    let _ = aliases_of_one_role::NotDerived::create_one();
    let _ = aliases_of_one_role::NotDerived::create_other(&1);

    let _ = <renamed_crate::Record as truto_core::resource::List>::list(&());
    let _ = aliases_of_types::Record::list(&aliases_of_types::Query {});
    let _ = (path_above_name::Record::list(), path_above_name::Record::get("1"));
    let _ = (alias_above_name::Record::list(), alias_above_name::Record::get("1"));
    let _ =
        (name_above_path_and_alias::Record::list(), name_above_path_and_alias::Record::get("1"));
    let _ = name_above_path_and_alias::Record::delete("1");
    let _ = (path_above_both_names::Record::list(), path_above_both_names::Record::get("1"));
    let _ = path_above_both_names::Record::delete("1");
    let _ = (alias_of_the_other::Record::list(), alias_of_the_other::Record::get("1"));
    let _ = (each_as_the_other::Record::list(), each_as_the_other::Record::get("1"));
    let _ = each_as_the_other::Record::delete("1");
}
