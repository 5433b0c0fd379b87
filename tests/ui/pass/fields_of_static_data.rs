//! Fields of static data that are not decoded from the response.

use std::borrow::Cow;
use std::marker::PhantomData;

#[truto_core::unified_endpoint(method = "GET", path = "/unified/m/r")]
#[derive(serde::Deserialize)]
#[serde(bound = "")]
pub struct Skipped<T> {
    #[serde(skip)]
    pub id: &'static str,
    #[serde(default, skip_deserializing)]
    pub bytes: Option<&'static [u8]>,
    #[cfg(any())]
    pub name: &'static str,
    pub text: Cow<'static, str>,
    pub marker: PhantomData<&'static str>,
    #[serde(skip)]
    pub call: Option<fn(&'static str) -> T>,
}

/// Named like the containers of the standard library.
pub mod others {
    #[derive(serde::Deserialize)]
    pub struct Page<T: ?Sized>(std::marker::PhantomData<T>);

    #[derive(serde::Deserialize)]
    pub struct Vec<T: ?Sized>(std::marker::PhantomData<T>);
}

#[truto_core::unified_endpoint(method = "GET", path = "/unified/m/r")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marked {
    pub page: others::Page<&'static str>,
    pub list: others::Vec<&'static str>,
}

/// Serde decodes it from static data; its endpoints return another type.
#[truto_core::unified_endpoint(method = "GET", path = "/unified/m/r/<id>", response = Marked)]
#[truto_core::unified_endpoint(method = "GET", path = "/unified/m/r", response = Vec<Marked>)]
#[derive(serde::Deserialize)]
pub struct Settings {
    pub name: &'static str,
}

#[truto_core::unified_endpoint(method = "GET", path = "/unified/m/r")]
pub struct ByHand {
    pub id: &'static str,
}

impl<'de> serde::Deserialize<'de> for ByHand {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Ok(Self { id: "" })
    }
}

#[test]
fn compiles() {
    let account = |account: &truto_core::Account| {
        drop(Skipped::<u8>::list().send(account));
        drop(Marked::list().send(account));
        drop(Settings::get("1").send(account));
        drop(Settings::list().send(account));
        drop(ByHand::list().send(account));
    };
    let _ = account;
}
