#[endpoint(method = "GET", path = "/proxy/a", name = "pairs", response = [(u8, Option<Vec<Part>>); 2])]
#[endpoint(method = "GET", path = "/proxy/b", name = "wrapped", response = Wrapper<Part>)]
#[endpoint(method = "GET", path = "/proxy/c", name = "two", response = BTreeMap<Key, Part>)]
#[endpoint(method = "GET", path = "/proxy/d", name = "number", response = Option<u64>)]
#[endpoint(method = "GET", path = "/proxy/e", name = "own", response = Vec<Self>)]
#[endpoint(method = "GET", path = "/proxy/f", name = "of_type", response = Vec<T>)]
#[endpoint(method = "GET", path = "/proxy/g", name = "of_const", response = ([u8; N], Part))]
#[endpoint(method = "GET", path = "/proxy/h", name = "again", response = Wrapper<Part>)]
struct Table<T, const N: usize>(T);

// expands to
struct Table<T, const N: usize>(T);
const _: () = {
    use ::truto_core::truto_core_runtime as __truto;
    impl<T, const N: usize> Table<T, N> {
        #[doc = " Calls `pairs` of [`Table`](Self).\n\n `GET /proxy/a`"]
        #[doc(alias = "GET /proxy/a")]
        fn pairs() -> __truto::Request<[(u8, Option<Vec<Part>>); 2]> {
            static ENDPOINT: __truto::Endpoint =
                __truto::endpoint(__truto::Method::GET, "/proxy/a", __truto::Role::List);
            __truto::request(&ENDPOINT, &[])
        }
        #[doc = " Calls `wrapped` of [`Table`](Self).\n\n `GET /proxy/b`"]
        #[doc(alias = "GET /proxy/b")]
        fn wrapped() -> __truto::Request<Wrapper<Part>> {
            static ENDPOINT: __truto::Endpoint =
                __truto::endpoint(__truto::Method::GET, "/proxy/b", __truto::Role::List);
            __truto::request(&ENDPOINT, &[])
        }
        #[doc = " Calls `two` of [`Table`](Self).\n\n `GET /proxy/c`"]
        #[doc(alias = "GET /proxy/c")]
        fn two() -> __truto::Request<BTreeMap<Key, Part>> {
            static ENDPOINT: __truto::Endpoint =
                __truto::endpoint(__truto::Method::GET, "/proxy/c", __truto::Role::List);
            __truto::request(&ENDPOINT, &[])
        }
        #[doc = " Calls `number` of [`Table`](Self).\n\n `GET /proxy/d`"]
        #[doc(alias = "GET /proxy/d")]
        fn number() -> __truto::Request<Option<u64>> {
            static ENDPOINT: __truto::Endpoint =
                __truto::endpoint(__truto::Method::GET, "/proxy/d", __truto::Role::List);
            __truto::request(&ENDPOINT, &[])
        }
        #[doc = " Calls `own` of [`Table`](Self).\n\n `GET /proxy/e`"]
        #[doc(alias = "GET /proxy/e")]
        fn own() -> __truto::Request<Vec<Self>> {
            static ENDPOINT: __truto::Endpoint =
                __truto::endpoint(__truto::Method::GET, "/proxy/e", __truto::Role::List);
            __truto::request(&ENDPOINT, &[])
        }
        #[doc = " Calls `of_type` of [`Table`](Self).\n\n `GET /proxy/f`"]
        #[doc(alias = "GET /proxy/f")]
        fn of_type() -> __truto::Request<Vec<T>> {
            static ENDPOINT: __truto::Endpoint =
                __truto::endpoint(__truto::Method::GET, "/proxy/f", __truto::Role::List);
            __truto::request(&ENDPOINT, &[])
        }
        #[doc = " Calls `of_const` of [`Table`](Self).\n\n `GET /proxy/g`"]
        #[doc(alias = "GET /proxy/g")]
        fn of_const() -> __truto::Request<([u8; N], Part)> {
            static ENDPOINT: __truto::Endpoint =
                __truto::endpoint(__truto::Method::GET, "/proxy/g", __truto::Role::List);
            __truto::request(&ENDPOINT, &[])
        }
        #[doc = " Calls `again` of [`Table`](Self).\n\n `GET /proxy/h`"]
        #[doc(alias = "GET /proxy/h")]
        fn again() -> __truto::Request<Wrapper<Part>> {
            static ENDPOINT: __truto::Endpoint =
                __truto::endpoint(__truto::Method::GET, "/proxy/h", __truto::Role::List);
            __truto::request(&ENDPOINT, &[])
        }
    }
    __truto::Request::<[(u8, Option<Vec<Part>>); 2]>::returns_with::<Part>();
    __truto::Request::<()>::returns::<Wrapper<Part>>();
    __truto::Request::<()>::returns::<BTreeMap<Key, Part>>();
    __truto::Request::<()>::returns::<Option<u64>>();
};
