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
const _: () = {
    use ::truto_core::truto_core_runtime as __truto;
    impl User {
        #[doc = " Deletes one record of [`User`](Self).\n\n `DELETE /unified/e-signature/users/<id>`\n\n Path argument: `id`, sent as one encoded segment."]
        #[doc(alias = "DELETE /unified/e-signature/users/<id>")]
        pub fn delete(id: impl ::core::fmt::Display) -> __truto::Request<__truto::Deleted<Self>> {
            <Self as __truto::Delete>::delete(&id, &())
        }
    }
    use __truto::parameter as id;
    let _ = [id];
    impl __truto::Delete for User {
        type Query = ();
        const __PATH: &'static str = "/unified/e-signature/users/<id>";
    }
    __truto::Request::<()>::returns::<User>();
};
