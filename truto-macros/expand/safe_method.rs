#[unified_endpoint(method = "POST", path = "/unified/e-signature/documents/search", safe = true)]
pub struct Document {}

// expands to
pub struct Document {}
impl Document {
    #[doc = " Calls `search` of [`Document`](Self)."]
    #[doc = ""]
    #[doc = " `POST /unified/e-signature/documents/search`"]
    #[doc(alias = "POST /unified/e-signature/documents/search")]
    pub fn search() -> ::truto_core::Request<Self> {
        static ENDPOINT: ::truto_core::Endpoint =
            ::truto_core::__private::safe(::truto_core::__private::endpoint(
                ::truto_core::Method::POST,
                "/unified/e-signature/documents/search",
                ::truto_core::__private::Role::Method,
            ));
        ::truto_core::__private::request(&ENDPOINT, &[])
    }
}
const _: () = {
    ::truto_core::Request::<()>::returns::<Document>();
};
