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
impl<A, #[allow(unused)] B> User<A, B> {
    #[doc = " Creates a record of [`User`](Self)."]
    #[doc = ""]
    #[doc = " `POST /unified/m/r`"]
    #[doc = ""]
    #[doc = " `query` holds the endpoint's own query parameters."]
    #[doc = ""]
    #[doc = " `body` is the request body."]
    #[doc(alias = "POST /unified/m/r")]
    #[allow(clippy::trivially_copy_pass_by_ref)]
    #[allow(clippy::new_ret_no_self)]
    pub fn new(
        query: &(&str, &'static u8, Sized<{ '_' }>),
        body: &New<'_>,
    ) -> ::truto_core::Request<Self> {
        static ENDPOINT: ::truto_core::Endpoint = ::truto_core::__private::endpoint(
            ::truto_core::Method::POST,
            "/unified/m/r",
            ::truto_core::__private::Role::Create,
        );
        ::truto_core::__private::body::<New<'_>, _>(
            ::truto_core::__private::query::<(&str, &'static u8, Sized<{ '_' }>), _>(
                ::truto_core::__private::request(&ENDPOINT, &[]),
                query,
            ),
            body,
        )
    }
    #[doc = " Calls `default` of [`User`](Self)."]
    #[doc = ""]
    #[doc = " `POST /unified/m/r/default`"]
    #[doc(alias = "POST /unified/m/r/default")]
    #[allow(clippy::should_implement_trait)]
    pub fn default() -> ::truto_core::Request<Self> {
        static ENDPOINT: ::truto_core::Endpoint = ::truto_core::__private::endpoint(
            ::truto_core::Method::POST,
            "/unified/m/r/default",
            ::truto_core::__private::Role::Method,
        );
        ::truto_core::__private::request(&ENDPOINT, &[])
    }
    #[doc = " Calls `from_str` of [`User`](Self)."]
    #[doc = ""]
    #[doc = " `POST /unified/m/r/from_str`"]
    #[doc(alias = "POST /unified/m/r/from_str")]
    #[allow(clippy::should_implement_trait)]
    pub fn from_str() -> ::truto_core::Request<Self> {
        static ENDPOINT: ::truto_core::Endpoint = ::truto_core::__private::endpoint(
            ::truto_core::Method::POST,
            "/unified/m/r/from_str",
            ::truto_core::__private::Role::Method,
        );
        ::truto_core::__private::request(&ENDPOINT, &[])
    }
}
#[cfg(unix)]
#[cfg(all(feature = "a"))]
#[allow(dead_code)]
#[allow(unused)]
#[allow(deprecated)]
const _: () = {
    struct __TrutoCreate;
    impl<A, #[allow(unused)] B> ::truto_core::__private::Declares<__TrutoCreate> for User<A, B> {
        type Query = (&'static str, &'static u8, Sized<{ '_' }>);
        type Body = New<'static>;
    }
    impl<A, #[allow(unused)] B, __TrutoQuery, __TrutoBody> ::truto_core::resource::Create for User<A, B>
    where
        __TrutoQuery: ::truto_core::QueryParameters,
        __TrutoBody: ::truto_core::RequestBody,
        Self: ::truto_core::__private::Declares<
                __TrutoCreate,
                Query = __TrutoQuery,
                Body = __TrutoBody,
            >,
    {
        type Query = __TrutoQuery;
        type Body = __TrutoBody;
        const ENDPOINT: &'static ::truto_core::Endpoint = &::truto_core::__private::endpoint(
            ::truto_core::Method::POST,
            "/unified/m/r",
            ::truto_core::__private::Role::Create,
        );
        fn create(query: &__TrutoQuery, body: &__TrutoBody) -> ::truto_core::Request<Self> {
            ::truto_core::__private::body::<__TrutoBody, _>(
                ::truto_core::__private::query::<__TrutoQuery, _>(
                    ::truto_core::__private::request(
                        <Self as ::truto_core::resource::Create>::ENDPOINT,
                        &[],
                    ),
                    query,
                ),
                body,
            )
        }
    }
};
#[cfg(unix)]
#[cfg(not(all(feature = "a")))]
#[allow(dead_code)]
#[allow(unused)]
#[allow(deprecated)]
impl<#[allow(unused)] B> User<B> {
    #[doc = " Creates a record of [`User`](Self)."]
    #[doc = ""]
    #[doc = " `POST /unified/m/r`"]
    #[doc = ""]
    #[doc = " `query` holds the endpoint's own query parameters."]
    #[doc = ""]
    #[doc = " `body` is the request body."]
    #[doc(alias = "POST /unified/m/r")]
    #[allow(clippy::trivially_copy_pass_by_ref)]
    #[allow(clippy::new_ret_no_self)]
    pub fn new(
        query: &(&str, &'static u8, Sized<{ '_' }>),
        body: &New<'_>,
    ) -> ::truto_core::Request<Self> {
        static ENDPOINT: ::truto_core::Endpoint = ::truto_core::__private::endpoint(
            ::truto_core::Method::POST,
            "/unified/m/r",
            ::truto_core::__private::Role::Create,
        );
        ::truto_core::__private::body::<New<'_>, _>(
            ::truto_core::__private::query::<(&str, &'static u8, Sized<{ '_' }>), _>(
                ::truto_core::__private::request(&ENDPOINT, &[]),
                query,
            ),
            body,
        )
    }
    #[doc = " Calls `default` of [`User`](Self)."]
    #[doc = ""]
    #[doc = " `POST /unified/m/r/default`"]
    #[doc(alias = "POST /unified/m/r/default")]
    #[allow(clippy::should_implement_trait)]
    pub fn default() -> ::truto_core::Request<Self> {
        static ENDPOINT: ::truto_core::Endpoint = ::truto_core::__private::endpoint(
            ::truto_core::Method::POST,
            "/unified/m/r/default",
            ::truto_core::__private::Role::Method,
        );
        ::truto_core::__private::request(&ENDPOINT, &[])
    }
    #[doc = " Calls `from_str` of [`User`](Self)."]
    #[doc = ""]
    #[doc = " `POST /unified/m/r/from_str`"]
    #[doc(alias = "POST /unified/m/r/from_str")]
    #[allow(clippy::should_implement_trait)]
    pub fn from_str() -> ::truto_core::Request<Self> {
        static ENDPOINT: ::truto_core::Endpoint = ::truto_core::__private::endpoint(
            ::truto_core::Method::POST,
            "/unified/m/r/from_str",
            ::truto_core::__private::Role::Method,
        );
        ::truto_core::__private::request(&ENDPOINT, &[])
    }
}
#[cfg(unix)]
#[cfg(not(all(feature = "a")))]
#[allow(dead_code)]
#[allow(unused)]
#[allow(deprecated)]
const _: () = {
    struct __TrutoCreate;
    impl<#[allow(unused)] B> ::truto_core::__private::Declares<__TrutoCreate> for User<B> {
        type Query = (&'static str, &'static u8, Sized<{ '_' }>);
        type Body = New<'static>;
    }
    impl<#[allow(unused)] B, __TrutoQuery, __TrutoBody> ::truto_core::resource::Create for User<B>
    where
        __TrutoQuery: ::truto_core::QueryParameters,
        __TrutoBody: ::truto_core::RequestBody,
        Self: ::truto_core::__private::Declares<
                __TrutoCreate,
                Query = __TrutoQuery,
                Body = __TrutoBody,
            >,
    {
        type Query = __TrutoQuery;
        type Body = __TrutoBody;
        const ENDPOINT: &'static ::truto_core::Endpoint = &::truto_core::__private::endpoint(
            ::truto_core::Method::POST,
            "/unified/m/r",
            ::truto_core::__private::Role::Create,
        );
        fn create(query: &__TrutoQuery, body: &__TrutoBody) -> ::truto_core::Request<Self> {
            ::truto_core::__private::body::<__TrutoBody, _>(
                ::truto_core::__private::query::<__TrutoQuery, _>(
                    ::truto_core::__private::request(
                        <Self as ::truto_core::resource::Create>::ENDPOINT,
                        &[],
                    ),
                    query,
                ),
                body,
            )
        }
    }
};
