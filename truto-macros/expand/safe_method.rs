#[unified_endpoint(method = "POST", path = "/unified/e-signature/documents/search", safe = true)]
pub struct Document {}

// expands to
pub struct Document {}
const _: () = {
    use ::truto_core::truto_core_runtime as __truto;
    impl Document {
        #[doc = " Calls `search` of [`Document`](Self).\n\n `POST /unified/e-signature/documents/search`"]
        #[doc(alias = "POST /unified/e-signature/documents/search")]
        pub fn search() -> __truto::Request<Self> {
            static ENDPOINT: __truto::Endpoint = __truto::safe(__truto::endpoint(
                __truto::Method::POST,
                "/unified/e-signature/documents/search",
                __truto::Role::Method,
            ));
            __truto::request(&ENDPOINT, &[])
        }
    }
    __truto::Request::<()>::returns::<Document>();
};
