#[endpoint(method = "GET", path = "/integrated-account", name = "list", response = Page<Self>)]
pub struct IntegratedAccount {}

// expands to
pub struct IntegratedAccount {}
impl IntegratedAccount {
    #[doc = " Calls `list` of [`IntegratedAccount`](Self)."]
    #[doc = ""]
    #[doc = " `GET /integrated-account`"]
    #[doc(alias = "GET /integrated-account")]
    pub fn list() -> ::truto_core::Request<Page<Self>> {
        static ENDPOINT: ::truto_core::Endpoint = ::truto_core::__private::endpoint(
            ::truto_core::Method::GET,
            "/integrated-account",
            ::truto_core::__private::Role::Admin,
        );
        ::truto_core::__private::request(&ENDPOINT, &[])
    }
}
const _: () = {
    ::truto_core::Request::<Page<IntegratedAccount>>::returns_with::<IntegratedAccount>();
};
