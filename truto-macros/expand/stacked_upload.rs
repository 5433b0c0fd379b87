#[unified_endpoint(method = "POST", path = "/unified/m/files/replace", response = ByteStream, body = Upload)]
#[unified_endpoint(method = "GET", path = "/unified/m/files/<type>", doc = "Finds a file.")]
pub(crate) struct File;

// expands to
pub(crate) struct File;
impl File {
    #[doc = " Calls `replace` of [`File`](Self)."]
    #[doc = ""]
    #[doc = " `POST /unified/m/files/replace`"]
    #[doc = ""]
    #[doc = " `body` is the request body."]
    #[doc(alias = "POST /unified/m/files/replace")]
    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub(crate) fn replace(body: &Upload) -> ::truto_core::Request<ByteStream> {
        static ENDPOINT: ::truto_core::Endpoint = ::truto_core::__private::endpoint(
            ::truto_core::Method::POST,
            "/unified/m/files/replace",
            ::truto_core::__private::Role::Method,
        );
        ::truto_core::__private::body::<Upload, _>(
            ::truto_core::__private::request(&ENDPOINT, &[]),
            body,
        )
    }
    #[doc = " Finds a file."]
    #[doc = ""]
    #[doc = " `GET /unified/m/files/<type>`"]
    #[doc = ""]
    #[doc = " Path argument: `type`, sent as one encoded segment."]
    #[doc(alias = "GET /unified/m/files/<type>")]
    pub(crate) fn get(r#type: impl ::core::fmt::Display) -> ::truto_core::Request<Self> {
        ::truto_core::__private::request(
            <Self as ::truto_core::resource::Get>::ENDPOINT,
            &[&r#type],
        )
    }
}
const _: () = {
    impl ::truto_core::resource::Get for File {
        type Query = ();
        const ENDPOINT: &'static ::truto_core::Endpoint = &::truto_core::__private::endpoint(
            ::truto_core::Method::GET,
            "/unified/m/files/<type>",
            ::truto_core::__private::Role::Get,
        );
        fn get(r#type: &dyn ::core::fmt::Display, _: &Self::Query) -> ::truto_core::Request<Self> {
            ::truto_core::__private::request(
                <Self as ::truto_core::resource::Get>::ENDPOINT,
                &[r#type],
            )
        }
    }
    ::truto_core::Request::<()>::returns::<ByteStream>();
    ::truto_core::Request::<()>::returns::<File>();
};
