#![deny(warnings)]
//! What the rules of the arguments still allow, beside each case of `fail/args_*`, `method_*`, `name_*`, `safe_*`, `body_*` and `placeholder_*`.
use truto_core::unified_endpoint;

mod core {
    pub use truto_core::*;
}

mod lower {
    #[derive(serde::Serialize)]
    #[allow(non_camel_case_types)]
    pub struct r#type {}
}

macro_rules! Json {
    () => {
        serde_json::Value
    };
}

// args_missing_comma, args_two_commas, args_trailing_garbage: one comma at the end, any white space.
#[unified_endpoint(method="GET",path="/unified/m/r",)]
// args_duplicate_key, args_unknown_key: every key once, in any order.
#[unified_endpoint(
    crate = truto_core,
    safe = true,
    doc = "Everything.",
    response = Self,
    body = Change,
    query = Change,
    name = "everything",
    path = "/unified/m/r/everything",
    method = "POST"
)]
// args_method_without_quotes, args_wrong_kind, method_*: any form of a text.
#[unified_endpoint(method = r#"PATCH"#, path = r"/unified/m/r/<id>", body = Change)]
#[unified_endpoint(method = "\x47ET", path = "/unified/m/r/\u{3c}id>")]
// args_alias, args_verb_as_key: as values they are words like others.
#[unified_endpoint(method = "POST", path = "/unified/m/r/url", name = "endpoint")]
#[unified_endpoint(method = "POST", path = "/unified/get/post/delete", name = "uri")]
// args_crate_malformed: a path from the root.
#[unified_endpoint(method = "POST", path = "/unified/m/r/a", crate = ::truto_core)]
// name_keyword, name_self: names that only begin so.
#[unified_endpoint(method = "POST", path = "/unified/m/r/b", name = "type_of")]
#[unified_endpoint(method = "POST", path = "/unified/m/r/c", name = "selfish")]
// name_camel_case, name_no_identifier, name_with_space, name_empty: digits and underscores.
#[unified_endpoint(method = "POST", path = "/unified/m/r/d", name = "_d2_")]
// name_clash, name_twice_declared: the same route under another method.
#[unified_endpoint(method = "POST", path = "/unified/m/r", name = "add")]
// placeholder_called_query, placeholder_called_body: without the key the word is free.
#[unified_endpoint(method = "GET", path = "/unified/m/r/<query>/<body>", name = "free", response = Self)]
// body_on_get, body_on_delete: a query they may have.
#[unified_endpoint(method = "DELETE", path = "/unified/m/r/<id>", query = Change)]
// safe_on_get, safe_false: a POST that reads.
#[unified_endpoint(method = "POST", path = "/unified/m/r/search", safe = true)]
// args_value_types, args_value_forms: every form of a type.
#[unified_endpoint(method = "POST", path = "/unified/m/r/e", query = lower::r#type, body = [u8; 3])]
#[unified_endpoint(method = "POST", path = "/unified/m/r/f", query = &'static str, response = ())]
#[unified_endpoint(method = "POST", path = "/unified/m/r/g", query = (u8, bool), response = Json!())]
#[unified_endpoint(method = "POST", path = "/unified/m/r/h", body = Vec<<Vec<u8> as IntoIterator>::Item>)]
// args_crate_other: a module with the name of a crate that is not the runtime.
#[unified_endpoint(method = "POST", path = "/unified/m/r/i", crate = core)]
#[derive(serde::Deserialize)]
pub struct Record {}

impl Record {
    // name_written_by_hand: a name that no endpoint has.
    pub fn lists() {}
}

#[derive(serde::Serialize)]
pub struct Change {}

#[test]
fn compiles() {
    let change = Change {};
    let _ = (
        Record::list(),
        Record::everything(&change, &change),
        Record::update(1, &change),
    );
    let _ = (
        Record::get(1),
        Record::endpoint(),
        Record::uri(),
        Record::a(),
        Record::type_of(),
    );
    let _ = (
        Record::selfish(),
        Record::_d2_(),
        Record::add(),
        Record::free(1, 2),
    );
    let _ = (Record::delete(1, &change), Record::search());
    let _ = (Record::e(&lower::r#type {}, &[1, 2, 3]), Record::f(&"x"));
    let _ = (Record::g(&(1, true)), Record::h(&vec![1]), Record::i());
    Record::lists();
}
