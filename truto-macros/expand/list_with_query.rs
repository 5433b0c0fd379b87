#[unified_endpoint(method = "GET", path = "/unified/crm/contacts", query = Filter<T>, crate = crate::core)]
struct Contact<T>(T)
where
    T: Clone;

// expands to
struct Contact<T>(T)
where
    T: Clone;
#[allow(clippy::trivially_copy_pass_by_ref)]
const _: () = {
    use crate::core::truto_core_runtime as __truto;
    impl<T> Contact<T>
    where
        T: Clone,
    {
        #[doc = " Lists records of [`Contact`](Self), page by page.\n\n `GET /unified/crm/contacts`\n\n `query` holds the endpoint's own query parameters."]
        #[doc(alias = "GET /unified/crm/contacts")]
        fn list(query: &Filter<T>) -> __truto::Request<__truto::Page<Self>> {
            <Self as __truto::List>::list(query)
        }
    }
    use __truto::parameter as query;
    let _ = [query];
    impl<T, __TrutoQuery: __truto::QueryParameters> __truto::List for Contact<T>
    where
        T: Clone,
        (Filter<T>,): __truto::Declared<Query = __TrutoQuery>,
    {
        type Query = __TrutoQuery;
        const __PATH: &'static str = "/unified/crm/contacts";
    }
};
