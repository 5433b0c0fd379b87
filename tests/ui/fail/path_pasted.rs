use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "//api.truto.one/unified/m/r/<id>", name = "a")]
#[unified_endpoint(method = "GET", path = "api.truto.one/unified/m/r/{id}", name = "b")]
#[unified_endpoint(method = "GET", path = "curl 'https://api.truto.one/unified/m/r/{id}?x=1'", name = "c")]
#[unified_endpoint(method = "GET", path = "GET /unified/m/r/<id>", name = "d")]
#[unified_endpoint(method = "GET", path = "'/unified/m/r/<id>'", name = "e")]
#[unified_endpoint(method = "GET", path = "\"/unified/m/r/<id>\"", name = "f")]
#[unified_endpoint(method = "GET", path = " /unified/m/r/<id>\n", name = "g")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>?", name = "h")]
#[unified_endpoint(method = "GET", path = "{{base_url}}/unified/m/r/<id>", name = "i")]
#[derive(serde::Deserialize)]
struct User {}

fn main() {
    let _ = (User::a("1"), User::b("1"), User::c("1"), User::d("1"), User::e("1"));
    let _ = (User::f("1"), User::g("1"), User::h("1"), User::i("1"));
}
