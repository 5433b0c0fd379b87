use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/r/{id:int}", name = "a")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/:id(\\d+)", name = "b")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<int:id>", name = "c")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<uuid:user_id>", name = "d")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/{id?}", name = "e")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/:id?", name = "f")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id?>", name = "g")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/$id", name = "h")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/${id}", name = "i")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/[id]", name = "j")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/(id)", name = "k")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/@id", name = "l")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/*rest", name = "m")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/%s", name = "n")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/id}", name = "o")]
#[derive(serde::Deserialize)]
struct User {}

fn main() {
    let _ = (User::a("1"), User::b("1"), User::c("1"), User::d("1"), User::e("1"));
    let _ = (User::f("1"), User::g("1"), User::h("1"), User::i("1"), User::j("1"));
    let _ = (User::k("1"), User::l("1"), User::m("1"), User::n("1"), User::o("1"));
}
