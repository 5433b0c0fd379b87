#![deny(warnings)]
//! Types that the rules allow: near misses of each case of `fail/type_*`, `item_*` and `use_*`.
use std::collections::HashMap;
use truto_core::{Account, ByteStream, Page, unified_endpoint};

// item_enum: an enum in a struct. type_response_not_deserialize: an implementation by hand.
#[unified_endpoint(method = "GET", path = "/unified/m/r")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>", query = [(&'static str, u8)])]
pub struct ByHand;

impl<'de> serde::Deserialize<'de> for ByHand {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
// type_self_not_deserialize, type_given_response_not_deserialize: `Self` and others in every wrapper.
#[unified_endpoint(method = "GET", path = "/unified/m/r/a/b", name = "page", response = Page<Self>)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/a/c", name = "maybe", response = Option<Vec<Box<Self>>>)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/a/d", name = "map", response = HashMap<String, Self>)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/a/e", name = "pair", response = (Self, [u8; 2]))]
#[unified_endpoint(method = "GET", path = "/unified/m/r/a/f", name = "bytes", response = ByteStream)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/a/g", name = "nothing", response = ())]
// Types that can be decoded though a part of them cannot, or not alone.
#[unified_endpoint(method = "GET", path = "/unified/m/r/a/h", name = "text", response = Box<str>)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/a/i", name = "texts", response = Vec<Box<str>>)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/a/j", name = "raw", response = Box<serde_json::value::RawValue>)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/a/k", name = "page_of_texts", response = Page<Box<str>>)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/a/l", name = "own_page", response = own::Page<own::Marker>)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/a/m", name = "own_vec", response = own::Vec<own::Marker>)]
#[derive(serde::Deserialize)]
pub struct Wrapped(Either);

#[derive(serde::Deserialize)]
pub enum Either {
    One,
    Other,
}

// type_response_result: a type of one's own that is called so.
#[unified_endpoint(method = "GET", path = "/unified/m/r", response = own::Result<u8>)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>", response = own::Result<Self>)]
#[derive(serde::Deserialize)]
pub struct Found {}

// args_value_types: words of other languages that are types here.
#[unified_endpoint(method = "GET", path = "/unified/m/r", response = void)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>", response = own::None)]
#[derive(serde::Deserialize)]
pub struct Nothing {}

/// A type with a lower-case name.
#[allow(non_camel_case_types)]
#[derive(serde::Deserialize)]
pub struct void;

/// Types that only look like containers.
pub mod own {
    use std::marker::PhantomData;

    #[derive(serde::Deserialize)]
    #[serde(bound = "")]
    pub struct Page<T>(#[serde(skip)] PhantomData<T>);

    #[derive(serde::Deserialize)]
    #[serde(bound = "")]
    pub struct Vec<T>(#[serde(skip)] PhantomData<T>);

    #[derive(serde::Deserialize)]
    pub struct Result<T> {
        pub result: T,
    }

    /// A module whose `Result` has two types as well.
    pub mod outcome {
        use truto_core::unified_endpoint;

        #[derive(serde::Deserialize)]
        pub struct Result<A, B> {
            pub ok: A,
            pub error: B,
        }

        #[unified_endpoint(method = "GET", path = "/unified/m/r", response = self::Result<Self, u8>)]
        #[derive(serde::Deserialize)]
        pub struct Imported {}
    }

    pub struct Marker;

    #[derive(serde::Deserialize)]
    pub struct None;
}

// type_in_generic_not_deserialize, use_generic_not_deserialize: decodable for some types only.
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>/all", name = "all", response = Vec<T>)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>/own", name = "own", response = Page<Self>)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>/few", name = "few", response = HashMap<String, [T; 2]>)]
pub struct Some<T>(T);

impl<'de> serde::Deserialize<'de> for Some<u8> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u8::deserialize(deserializer).map(Self)
    }
}

// item_lifetime: a lifetime in a bound. type_field_not_deserialize: a field that is never decoded.
#[unified_endpoint(method = "GET", path = "/unified/m/r")]
#[derive(serde::Deserialize)]
pub struct Bounded<T: 'static>
where
    for<'a> &'a T: Into<String>,
{
    pub value: T,
    #[serde(skip)]
    pub seen: std::sync::OnceLock<std::time::Instant>,
}

// use_forgotten_await, use_forgotten_send, use_limit_on_no_list, use_send_on_client: as they are meant.
async fn calls(account: &Account) -> Result<(), truto_core::Error> {
    let _: Vec<ByHand> = ByHand::list().limit(10).all(account).await?;
    let _: ByHand = ByHand::get("1", &[("a", 1)]).send(account).await?;
    let Some(_): Some<u8> = Some::<u8>::get("1").send(account).await?;
    Ok(())
}

#[test]
fn compiles() {
    let _ = calls;
    let Wrapped(Either::One | Either::Other) = Wrapped(Either::One);
    let _ = (Wrapped::get("1"), Wrapped::page(), Wrapped::maybe(), Wrapped::map());
    let _ = (Wrapped::pair(), Wrapped::bytes(), Wrapped::nothing(), Either::Other);
    let _ = (Wrapped::text(), Wrapped::texts(), Wrapped::raw(), Wrapped::page_of_texts());
    let _ = own::outcome::Imported::list();
    let _ = |outcome: own::outcome::Result<u8, u8>| (outcome.ok, outcome.error);
    let _ = (Found::list(), Found::get("1"), |found: own::Result<u8>| found.result);
    let _ = (Nothing::list(), Nothing::get("1"), void, own::None);
    let _ = (Wrapped::own_page(), Wrapped::own_vec(), own::Marker);
    let _ = (Some::<u8>::all("1"), Some::<u8>::own("1"), Some::<u8>::few("1"), Some(1));
    let bounded = Bounded { value: String::new(), seen: std::sync::OnceLock::new() };
    let _ = (bounded.value, bounded.seen, Bounded::<String>::list());
}
