#[endpoint(method = "GET", path = "/integrated-account", name = "list", response = Page<Self>)]
pub struct IntegratedAccount {}

// expands to
pub struct IntegratedAccount {}
const _: () = {
    use ::truto_core::truto_core_runtime as __truto;
    impl IntegratedAccount {
        #[doc = " Calls `list` of [`IntegratedAccount`](Self).\n\n `GET /integrated-account`"]
        #[doc(alias = "GET /integrated-account")]
        pub fn list() -> __truto::Request<Page<Self>> {
            static ENDPOINT: __truto::Endpoint = __truto::endpoint(
                __truto::Method::GET,
                "/integrated-account",
                __truto::Role::Admin,
            );
            __truto::request(&ENDPOINT, &[])
        }
    }
    __truto::Request::<Page<IntegratedAccount>>::returns_with::<IntegratedAccount>();
};
