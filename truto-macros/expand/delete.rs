#[unified_endpoint(method = "DELETE", path = "/unified/e-signature/users/<id>")]
#[derive(Deserialize)]
pub struct User {
    pub id: String,
}

// expands to
#[derive(Deserialize)]
pub struct User {
    pub id: String,
}
impl User {
    #[doc = " Deletes one record of [`User`](Self)."]
    #[doc = ""]
    #[doc = " `DELETE /unified/e-signature/users/<id>`"]
    #[doc = ""]
    #[doc = " Path argument: `id`, sent as one encoded segment."]
    #[doc(alias = "DELETE /unified/e-signature/users/<id>")]
    pub fn delete(
        id: impl ::core::fmt::Display,
    ) -> ::truto_core::Request<::truto_core::Deleted<Self>> {
        ::truto_core::__private::request(<Self as ::truto_core::resource::Delete>::ENDPOINT, &[&id])
    }
}
const _: () = {
    impl ::truto_core::resource::Delete for User {
        type Query = ();
        const ENDPOINT: &'static ::truto_core::Endpoint = &::truto_core::__private::endpoint(
            ::truto_core::Method::DELETE,
            "/unified/e-signature/users/<id>",
            ::truto_core::__private::Role::Delete,
        );
        fn delete(
            id: &dyn ::core::fmt::Display,
            _: &Self::Query,
        ) -> ::truto_core::Request<::truto_core::Deleted<Self>> {
            ::truto_core::__private::request(
                <Self as ::truto_core::resource::Delete>::ENDPOINT,
                &[id],
            )
        }
    }
    ::truto_core::Request::<()>::returns::<User>();
};
