#[unified_endpoint(method = "GET", path = "/unified/m/r")]
#[unified_endpoint(method = "GET", path = "/unified/m/s", name = "list_archived")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id_>", name = "find")]
#[unified_endpoint(method = "DELETE", path = "/unified/m/r/<id>", name = "forget", response = ())]
pub struct User;

// expands to
pub struct User;
const _: () = {
    use ::truto_core::truto_core_runtime as __truto;
    impl User {
        #[doc = " Lists records of [`User`](Self), page by page.\n\n `GET /unified/m/r`"]
        #[doc(alias = "GET /unified/m/r")]
        pub fn list() -> __truto::Request<__truto::Page<Self>> {
            <Self as __truto::List>::list(&())
        }
        #[doc = " Lists records of [`User`](Self), page by page.\n\n `GET /unified/m/s`"]
        #[doc(alias = "GET /unified/m/s")]
        pub fn list_archived() -> __truto::Request<__truto::Page<Self>> {
            static ENDPOINT: __truto::Endpoint =
                __truto::endpoint(__truto::Method::GET, "/unified/m/s", __truto::Role::List);
            __truto::request(&ENDPOINT, &[])
        }
        #[doc = " Gets one record of [`User`](Self).\n\n `GET /unified/m/r/<id_>`\n\n Path argument: `id`, sent as one encoded segment."]
        #[doc(alias = "GET /unified/m/r/<id_>")]
        pub fn find(id: impl ::core::fmt::Display) -> __truto::Request<Self> {
            <Self as __truto::Get>::get(&id, &())
        }
        #[doc = " Deletes one record of [`User`](Self).\n\n `DELETE /unified/m/r/<id>`\n\n Path argument: `id`, sent as one encoded segment."]
        #[doc(alias = "DELETE /unified/m/r/<id>")]
        pub fn forget(id: impl ::core::fmt::Display) -> __truto::Request<()> {
            static ENDPOINT: __truto::Endpoint = __truto::endpoint(
                __truto::Method::DELETE,
                "/unified/m/r/<id>",
                __truto::Role::Delete,
            );
            __truto::request(&ENDPOINT, &[&id])
        }
    }
    use __truto::parameter as id;
    let _ = [id];
    impl __truto::List for User {
        type Query = ();
        const __PATH: &'static str = "/unified/m/r";
    }
    impl __truto::Get for User {
        type Query = ();
        const __PATH: &'static str = "/unified/m/r/<id_>";
    }
    __truto::Request::<()>::returns::<User>();
    __truto::Request::<()>::returns::<()>();
};
