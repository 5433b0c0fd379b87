use truto_core::unified_endpoint;

#[unified_endpoint(
    method = "POST",
    path = "/unified/m/r/<query_id>",
    name = "find",
    response = Self,
    query = std::collections::BTreeMap<String, Vec<(u8, u8)>>,
    body = [u8]
)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<body>")]
#[derive(serde::Deserialize)]
pub struct Record {}

// Lifetimes that are left out, as in the parameters of a function.
#[unified_endpoint(method = "GET", path = "/unified/m/r", query = [(&str, &str)])]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>", query = Borrowed<'_>)]
#[unified_endpoint(method = "POST", path = "/unified/m/r", body = &str)]
#[unified_endpoint(method = "PATCH", path = "/unified/m/r/<id>", body = Vec<&'static str>)]
#[unified_endpoint(method = "POST", path = "/unified/m/r", name = "add", body = std::borrow::Cow<'_, [u8]>)]
#[unified_endpoint(method = "POST", path = "/unified/m/r/find", query = Borrowed, response = Vec<Self>)]
#[derive(serde::Deserialize)]
pub struct Brief {}

#[derive(serde::Serialize)]
pub struct Borrowed<'a> {
    pub expand: &'a str,
}

// The same of a type parameter: the traits are there where it is static, the functions always.
#[unified_endpoint(method = "GET", path = "/unified/m/r", query = &[T])]
#[unified_endpoint(method = "POST", path = "/unified/m/r", body = Vec<&T>)]
#[derive(serde::Deserialize)]
pub struct Generic<T: Clone + serde::Serialize> {
    pub value: T,
}

// The lifetime of a trait object.
#[unified_endpoint(method = "GET", path = "/unified/m/r", query = dyn Shape)]
#[unified_endpoint(method = "POST", path = "/unified/m/r", query = Box<dyn Shape>, body = &dyn Shape)]
#[derive(serde::Deserialize)]
pub struct Object {}

// Unsized types have only the functions, because the traits require `Sized`.
#[unified_endpoint(method = "GET", path = "/unified/m/r", query = [(u8, u8)])]
#[unified_endpoint(method = "POST", path = "/unified/m/r", body = str)]
#[derive(serde::Deserialize)]
pub struct Unsized {}

// A type that is less visible than its struct, beside one that is visible enough.
#[unified_endpoint(method = "GET", path = "/unified/m/r", query = Private)]
#[unified_endpoint(method = "POST", path = "/unified/m/r", query = Private, body = Borrowed<'static>)]
#[allow(private_interfaces)]
#[derive(serde::Deserialize)]
pub struct Public {}

#[derive(Default, serde::Serialize)]
struct Private {}

pub trait Shape {
    fn name(&self) -> &str;
}

impl Shape for &str {
    fn name(&self) -> &str {
        self
    }
}

impl serde::Serialize for dyn Shape + '_ {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        [("name", self.name())].serialize(serializer)
    }
}

type Pairs = [(u8, u8)];

/// Aliases of unsized types beside another type; the traits, which need a size, are not implemented.
#[truto_core::unified_endpoint(method = "POST", path = "/unified/m/r", query = Pairs, body = u8)]
#[truto_core::unified_endpoint(method = "PATCH", path = "/unified/m/r/<id>", query = u8, body = Pairs)]
#[derive(serde::Deserialize)]
pub struct Aliased {}

#[test]
fn compiles() {
    let _ = (Aliased::create(&[(1, 2)], &1), Aliased::update(1, &2, &[]));
    let query = std::collections::BTreeMap::new();
    let _ = Record::find("x", &query, &[1, 2]);
    let _ = Record::get("x");
    let text = String::from("x");
    let _ = (Brief::list(&[("a", &text)]), Brief::create(&&*text), Brief::update("x", &vec!["y"]));
    let _ = Brief::get("x", &Borrowed { expand: &text });
    let _ = Brief::find(&Borrowed { expand: &text });
    let _ = <Brief as truto_core::resource::Get>::get(&"x", &Borrowed { expand: "y" });
    let _ = Generic::list(&&[&*text][..]);
    let _ = Generic::<&str>::create(&vec![&&*text]);
    let _ = <Generic<u8> as truto_core::resource::Create>::create(&(), &vec![&1]);
    let _ = (Unsized::list(&[(1, 2)][..]), Unsized::create("x"));
    let _ = <Public as truto_core::resource::ListAll>::list_all();
    let _ =
        <Public as truto_core::resource::Create>::create(&Private {}, &Borrowed { expand: "y" });
    let _ = Object::list(&&*text);
    let shape: Box<dyn Shape> = Box::new("x");
    let _ = Object::create(&shape, &(&&*text as &dyn Shape));
}
