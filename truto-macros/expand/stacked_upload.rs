#[unified_endpoint(method = "POST", path = "/unified/m/files/replace", response = ByteStream, body = Upload)]
#[unified_endpoint(method = "GET", path = "/unified/m/files/<type>", doc = "Finds a file.")]
pub(crate) struct File;

// expands to
pub(crate) struct File;
#[allow(clippy::trivially_copy_pass_by_ref)]
const _: () = {
    use ::truto_core::truto_core_runtime as __truto;
    impl File {
        #[doc = " Calls `replace` of [`File`](Self).\n\n `POST /unified/m/files/replace`\n\n `body` is the request body."]
        #[doc(alias = "POST /unified/m/files/replace")]
        pub(crate) fn replace(body: &Upload) -> __truto::Request<ByteStream> {
            static ENDPOINT: __truto::Endpoint = __truto::endpoint(
                __truto::Method::POST,
                "/unified/m/files/replace",
                __truto::Role::Method,
            );
            __truto::body::<Upload, _>(__truto::request(&ENDPOINT, &[]), body)
        }
        #[doc = " Finds a file.\n\n `GET /unified/m/files/<type>`\n\n Path argument: `type`, sent as one encoded segment."]
        #[doc(alias = "GET /unified/m/files/<type>")]
        pub(crate) fn get(r#type: impl ::core::fmt::Display) -> __truto::Request<Self> {
            <Self as __truto::Get>::get(&r#type, &())
        }
    }
    use __truto::parameter as body;
    use __truto::parameter as r#type;
    let _ = [body, r#type];
    impl __truto::Get for File {
        type Query = ();
        const __PATH: &'static str = "/unified/m/files/<type>";
    }
    __truto::Request::<()>::returns::<ByteStream>();
    __truto::Request::<()>::returns::<File>();
};
