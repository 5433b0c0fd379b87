#[unified_endpoint(method = "GET", path = "/unified/crm/contacts")]
#[unified_endpoint(method = "GET", path = "/unified/crm/contacts/<id>")]
#[unified_endpoint(method = "POST", path = "/unified/crm/contacts", body = NewContact)]
#[unified_endpoint(method = "PATCH", path = "/unified/crm/contacts/<id>", body = NewContact)]
#[unified_endpoint(method = "DELETE", path = "/unified/crm/contacts/<id>")]
#[unified_endpoint(method = "POST", path = "/unified/crm/contacts/merge-all")]
#[unified_endpoint(method = "GET", path = "/unified/crm/contacts/<id>/notes", name = "notes", response = Vec<Note>)]
struct Contact {
    id: String,
}

// expands to
struct Contact {
    id: String,
}
#[allow(clippy::trivially_copy_pass_by_ref)]
const _: () = {
    use ::truto_core::truto_core_runtime as __truto;
    impl Contact {
        #[doc = " Lists records of [`Contact`](Self), page by page.\n\n `GET /unified/crm/contacts`"]
        #[doc(alias = "GET /unified/crm/contacts")]
        fn list() -> __truto::Request<__truto::Page<Self>> {
            <Self as __truto::List>::list(&())
        }
        #[doc = " Gets one record of [`Contact`](Self).\n\n `GET /unified/crm/contacts/<id>`\n\n Path argument: `id`, sent as one encoded segment."]
        #[doc(alias = "GET /unified/crm/contacts/<id>")]
        fn get(id: impl ::core::fmt::Display) -> __truto::Request<Self> {
            <Self as __truto::Get>::get(&id, &())
        }
        #[doc = " Creates a record of [`Contact`](Self).\n\n `POST /unified/crm/contacts`\n\n `body` is the request body."]
        #[doc(alias = "POST /unified/crm/contacts")]
        fn create(body: &NewContact) -> __truto::Request<Self> {
            <Self as __truto::Create>::create(&(), body)
        }
        #[doc = " Updates one record of [`Contact`](Self).\n\n `PATCH /unified/crm/contacts/<id>`\n\n Path argument: `id`, sent as one encoded segment.\n\n `body` is the request body."]
        #[doc(alias = "PATCH /unified/crm/contacts/<id>")]
        fn update(id: impl ::core::fmt::Display, body: &NewContact) -> __truto::Request<Self> {
            <Self as __truto::Update>::update(&id, &(), body)
        }
        #[doc = " Deletes one record of [`Contact`](Self).\n\n `DELETE /unified/crm/contacts/<id>`\n\n Path argument: `id`, sent as one encoded segment."]
        #[doc(alias = "DELETE /unified/crm/contacts/<id>")]
        fn delete(id: impl ::core::fmt::Display) -> __truto::Request<__truto::Deleted<Self>> {
            <Self as __truto::Delete>::delete(&id, &())
        }
        #[doc = " Calls `merge_all` of [`Contact`](Self).\n\n `POST /unified/crm/contacts/merge-all`"]
        #[doc(alias = "POST /unified/crm/contacts/merge-all")]
        fn merge_all() -> __truto::Request<Self> {
            static ENDPOINT: __truto::Endpoint = __truto::endpoint(
                __truto::Method::POST,
                "/unified/crm/contacts/merge-all",
                __truto::Role::Method,
            );
            __truto::request(&ENDPOINT, &[])
        }
        #[doc = " Calls `notes` of [`Contact`](Self).\n\n `GET /unified/crm/contacts/<id>/notes`\n\n Path argument: `id`, sent as one encoded segment."]
        #[doc(alias = "GET /unified/crm/contacts/<id>/notes")]
        fn notes(id: impl ::core::fmt::Display) -> __truto::Request<Vec<Note>> {
            static ENDPOINT: __truto::Endpoint = __truto::endpoint(
                __truto::Method::GET,
                "/unified/crm/contacts/<id>/notes",
                __truto::Role::Other,
            );
            __truto::request(&ENDPOINT, &[&id])
        }
    }
    use __truto::parameter as body;
    use __truto::parameter as id;
    let _ = [body, id];
    impl __truto::List for Contact {
        type Query = ();
        const __PATH: &'static str = "/unified/crm/contacts";
    }
    impl __truto::Get for Contact {
        type Query = ();
        const __PATH: &'static str = "/unified/crm/contacts/<id>";
    }
    impl __truto::Create for Contact {
        type Query = ();
        type Body = NewContact;
        const __PATH: &'static str = "/unified/crm/contacts";
    }
    impl __truto::Update for Contact {
        type Query = ();
        type Body = NewContact;
        const __PATH: &'static str = "/unified/crm/contacts/<id>";
    }
    impl __truto::Delete for Contact {
        type Query = ();
        const __PATH: &'static str = "/unified/crm/contacts/<id>";
    }
    __truto::Request::<()>::returns::<Contact>();
    __truto::Request::<Vec<Note>>::returns_with::<Note>();
};
