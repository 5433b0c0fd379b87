#[unified_endpoint(method = "POST", path = "/unified/m/r", name = "new", query = (&str, &'static u8, Sized<{ '_' }>), body = New<'_>)]
#[unified_endpoint(method = "POST", path = "/unified/m/r/default")]
#[unified_endpoint(method = "POST", path = "/unified/m/r/from_str")]
#[cfg(unix)]
#[allow(dead_code)]
#[expect(unused)]
#[warn(clippy::all)]
#[deprecated]
pub struct User<#[cfg(feature = "a")] A, #[allow(unused)] B = u8>(B);

// expands to
#[cfg(unix)]
#[allow(dead_code)]
#[expect(unused)]
#[warn(clippy::all)]
#[deprecated]
pub struct User<#[cfg(feature = "a")] A, #[allow(unused)] B = u8>(B);
#[cfg(unix)]
#[cfg(all(feature = "a"))]
#[allow(dead_code)]
#[allow(unused)]
#[allow(deprecated)]
#[allow(clippy::trivially_copy_pass_by_ref)]
#[allow(clippy::new_ret_no_self)]
#[allow(clippy::should_implement_trait)]
#[allow(clippy::should_implement_trait)]
const _: () = {
    use ::truto_core::truto_core_runtime as __truto;
    impl<A, B> User<A, B> {
        #[doc = " Creates a record of [`User`](Self).\n\n `POST /unified/m/r`\n\n `query` holds the endpoint's own query parameters.\n\n `body` is the request body."]
        #[doc(alias = "POST /unified/m/r")]
        pub fn new(
            query: &(&str, &'static u8, Sized<{ '_' }>),
            body: &New<'_>,
        ) -> __truto::Request<Self> {
            static ENDPOINT: __truto::Endpoint =
                __truto::endpoint(__truto::Method::POST, "/unified/m/r", __truto::Role::Create);
            __truto::body::<New<'_>, _>(
                __truto::query::<(&str, &'static u8, Sized<{ '_' }>), _>(
                    __truto::request(&ENDPOINT, &[]),
                    query,
                ),
                body,
            )
        }
        #[doc = " Calls `default` of [`User`](Self).\n\n `POST /unified/m/r/default`"]
        #[doc(alias = "POST /unified/m/r/default")]
        pub fn default() -> __truto::Request<Self> {
            static ENDPOINT: __truto::Endpoint = __truto::endpoint(
                __truto::Method::POST,
                "/unified/m/r/default",
                __truto::Role::Method,
            );
            __truto::request(&ENDPOINT, &[])
        }
        #[doc = " Calls `from_str` of [`User`](Self).\n\n `POST /unified/m/r/from_str`"]
        #[doc(alias = "POST /unified/m/r/from_str")]
        pub fn from_str() -> __truto::Request<Self> {
            static ENDPOINT: __truto::Endpoint = __truto::endpoint(
                __truto::Method::POST,
                "/unified/m/r/from_str",
                __truto::Role::Method,
            );
            __truto::request(&ENDPOINT, &[])
        }
    }
    use __truto::parameter as body;
    use __truto::parameter as query;
    let _ = [body, query];
    impl<A, B, __TrutoQuery: __truto::QueryParameters, __TrutoBody: __truto::RequestBody>
        __truto::Create for User<A, B>
    where
        (*const (&'static str, &'static u8, Sized<{ '_' }>), New<'static>):
            __truto::Declared<Query = __TrutoQuery, Body = __TrutoBody>,
    {
        type Query = __TrutoQuery;
        type Body = __TrutoBody;
        const __PATH: &'static str = "/unified/m/r";
    }
    impl<A, B> __truto::Exposes<648297551> for User<A, B> {
        const TYPE: <fn(&(&str, &'static u8, Sized<{ '_' }>)) as __truto::Erased>::Unit = ();
    }
    impl<A, B> __truto::Exposes<745908393> for User<A, B> {
        const TYPE: <fn(&New<'_>) as __truto::Erased>::Unit = ();
    }
};
#[cfg(unix)]
#[cfg(not(all(feature = "a")))]
#[allow(dead_code)]
#[allow(unused)]
#[allow(deprecated)]
#[allow(clippy::trivially_copy_pass_by_ref)]
#[allow(clippy::new_ret_no_self)]
#[allow(clippy::should_implement_trait)]
#[allow(clippy::should_implement_trait)]
const _: () = {
    use ::truto_core::truto_core_runtime as __truto;
    impl<B> User<B> {
        #[doc = " Creates a record of [`User`](Self).\n\n `POST /unified/m/r`\n\n `query` holds the endpoint's own query parameters.\n\n `body` is the request body."]
        #[doc(alias = "POST /unified/m/r")]
        pub fn new(
            query: &(&str, &'static u8, Sized<{ '_' }>),
            body: &New<'_>,
        ) -> __truto::Request<Self> {
            static ENDPOINT: __truto::Endpoint =
                __truto::endpoint(__truto::Method::POST, "/unified/m/r", __truto::Role::Create);
            __truto::body::<New<'_>, _>(
                __truto::query::<(&str, &'static u8, Sized<{ '_' }>), _>(
                    __truto::request(&ENDPOINT, &[]),
                    query,
                ),
                body,
            )
        }
        #[doc = " Calls `default` of [`User`](Self).\n\n `POST /unified/m/r/default`"]
        #[doc(alias = "POST /unified/m/r/default")]
        pub fn default() -> __truto::Request<Self> {
            static ENDPOINT: __truto::Endpoint = __truto::endpoint(
                __truto::Method::POST,
                "/unified/m/r/default",
                __truto::Role::Method,
            );
            __truto::request(&ENDPOINT, &[])
        }
        #[doc = " Calls `from_str` of [`User`](Self).\n\n `POST /unified/m/r/from_str`"]
        #[doc(alias = "POST /unified/m/r/from_str")]
        pub fn from_str() -> __truto::Request<Self> {
            static ENDPOINT: __truto::Endpoint = __truto::endpoint(
                __truto::Method::POST,
                "/unified/m/r/from_str",
                __truto::Role::Method,
            );
            __truto::request(&ENDPOINT, &[])
        }
    }
    use __truto::parameter as body;
    use __truto::parameter as query;
    let _ = [body, query];
    impl<B, __TrutoQuery: __truto::QueryParameters, __TrutoBody: __truto::RequestBody>
        __truto::Create for User<B>
    where
        (*const (&'static str, &'static u8, Sized<{ '_' }>), New<'static>):
            __truto::Declared<Query = __TrutoQuery, Body = __TrutoBody>,
    {
        type Query = __TrutoQuery;
        type Body = __TrutoBody;
        const __PATH: &'static str = "/unified/m/r";
    }
    impl<B> __truto::Exposes<648297551> for User<B> {
        const TYPE: <fn(&(&str, &'static u8, Sized<{ '_' }>)) as __truto::Erased>::Unit = ();
    }
    impl<B> __truto::Exposes<745908393> for User<B> {
        const TYPE: <fn(&New<'_>) as __truto::Erased>::Unit = ();
    }
};
