//! Parameters that share their names with items: an identifier pattern is a `const`, a `static`, a unit
//! struct or a tuple struct of this name, if it is in scope.
#![forbid(unused_imports, dead_code)]
#![allow(non_camel_case_types, non_upper_case_globals)]

use truto_core::unified_endpoint;

use self::Field::tenant;

pub const id: u8 = 1;
pub static query: u8 = 2;
pub const request: u8 = 3;
pub const values: u8 = 4;
pub struct body;
pub struct owner(pub u8);
pub enum Field {
    tenant,
}

#[derive(serde::Serialize)]
pub struct Change {}

#[unified_endpoint(method = "GET", path = "/unified/m/r", query = Change)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
#[unified_endpoint(method = "POST", path = "/unified/m/r", query = Change)]
#[unified_endpoint(method = "PATCH", path = "/unified/m/r/<id>", query = Change, body = Change)]
#[unified_endpoint(
    method = "POST",
    path = "/unified/m/r/<request>/<owner>/<tenant>/<values>",
    name = "find",
    response = Self
)]
#[unified_endpoint(method = "DELETE", path = "/unified/m/r/<request>")]
#[derive(serde::Deserialize)]
pub struct Record {}

/// Constants that a type of the declaration uses: the parameter has another name.
pub mod constants_in_types {
    use truto_core::unified_endpoint;

    const id: usize = 2;
    const query: usize = 2;
    const body: usize = 2;

    #[derive(serde::Serialize)]
    pub struct Sized<const N: usize> {}

    #[unified_endpoint(method = "GET", path = "/unified/m/r/<id>", query = [(u8, u8); id])]
    #[unified_endpoint(method = "GET", path = "/unified/m/r", query = Sized<{ query + id }>)]
    #[unified_endpoint(
        method = "PATCH",
        path = "/unified/m/r/<id>",
        query = Sized<query>,
        body = [u8; body]
    )]
    #[unified_endpoint(method = "POST", path = "/unified/m/r/<id>/<other>", name = "two", response = [u8; id])]
    #[derive(serde::Deserialize)]
    pub struct Record {}

    #[unified_endpoint(method = "GET", path = "/unified/m/r/<id>", query = Sized<id>)]
    #[unified_endpoint(method = "POST", path = "/unified/m/r", query = Sized<body>, body = Sized<id>)]
    #[derive(serde::Deserialize)]
    pub struct Generic<T, const id: usize, const body: usize>
    where
        T: Into<[u8; query]>,
    {
        pub value: T,
    }

    #[test]
    fn compiles() {
        let _ = (Record::list(&Sized {}), Record::get(1, &[(1, 1), (2, 2)]));
        let _ = (Record::update(1, &Sized {}, &[1, 2]), Record::two(1, 2));
        let _ = Generic::<[u8; 2], 1, 3>::get(1, &Sized::<1> {});
        let _ = Generic::<[u8; 2], 1, 3>::create(&Sized::<3> {}, &Sized::<1> {});
    }
}

/// Modules and types of these names are no constants.
pub mod modules {
    use truto_core::unified_endpoint;

    pub mod query {
        #[derive(serde::Serialize)]
        pub struct List {}
    }

    #[unified_endpoint(method = "GET", path = "/unified/m/r", query = query::List)]
    #[derive(serde::Deserialize)]
    pub struct Record {}

    #[test]
    fn compiles() {
        let _ = Record::list(&query::List {});
    }
}

#[test]
fn compiles() {
    let change = Change {};
    let _ = (Record::list(&change), Record::get(id), Record::create(&change));
    let _ = (Record::update(id, &change, &change), Record::delete(query));
    let _ = Record::find(request, owner(1).0, values, "x");
    let _ = (tenant, body);
}

#[test]
fn compiles_in_a_function() {
    const id: u8 = 1;

    #[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
    #[derive(serde::Deserialize)]
    struct Inner {}

    let _ = Inner::get(id);
}
