#[unified_endpoint(method = "GET", path = "/unified/crm/contacts", query = Filter<T>, crate = crate::core)]
struct Contact<T>(T)
where
    T: Clone;

// expands to
struct Contact<T>(T)
where
    T: Clone;
impl<T> Contact<T>
where
    T: Clone,
{
    #[doc = " Lists records of [`Contact`](Self), page by page."]
    #[doc = ""]
    #[doc = " `GET /unified/crm/contacts`"]
    #[doc = ""]
    #[doc = " `query` holds the endpoint's own query parameters."]
    #[doc(alias = "GET /unified/crm/contacts")]
    #[allow(clippy::trivially_copy_pass_by_ref)]
    fn list(query: &Filter<T>) -> crate::core::Request<crate::core::Page<Self>> {
        static ENDPOINT: crate::core::Endpoint = crate::core::__private::endpoint(
            crate::core::Method::GET,
            "/unified/crm/contacts",
            crate::core::__private::Role::List,
        );
        crate::core::__private::query::<Filter<T>, _>(
            crate::core::__private::request(&ENDPOINT, &[]),
            query,
        )
    }
}
const _: () = {
    struct __TrutoList;
    impl<T> crate::core::__private::Declares<__TrutoList> for Contact<T>
    where
        T: Clone,
    {
        type Query = Filter<T>;
        type Body = ();
    }
    impl<T, __TrutoQuery> crate::core::resource::List for Contact<T>
    where
        T: Clone,
        __TrutoQuery: crate::core::QueryParameters,
        Self: crate::core::__private::Declares<__TrutoList, Query = __TrutoQuery>,
    {
        type Query = __TrutoQuery;
        const ENDPOINT: &'static crate::core::Endpoint = &crate::core::__private::endpoint(
            crate::core::Method::GET,
            "/unified/crm/contacts",
            crate::core::__private::Role::List,
        );
        fn list(query: &__TrutoQuery) -> crate::core::Request<crate::core::Page<Self>> {
            crate::core::__private::query::<__TrutoQuery, _>(
                crate::core::__private::request(
                    <Self as crate::core::resource::List>::ENDPOINT,
                    &[],
                ),
                query,
            )
        }
    }
};
