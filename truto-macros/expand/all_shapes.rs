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
impl Contact {
    #[doc = " Lists records of [`Contact`](Self), page by page."]
    #[doc = ""]
    #[doc = " `GET /unified/crm/contacts`"]
    #[doc(alias = "GET /unified/crm/contacts")]
    fn list() -> ::truto_core::Request<::truto_core::Page<Self>> {
        ::truto_core::__private::request(<Self as ::truto_core::resource::List>::ENDPOINT, &[])
    }
    #[doc = " Gets one record of [`Contact`](Self)."]
    #[doc = ""]
    #[doc = " `GET /unified/crm/contacts/<id>`"]
    #[doc = ""]
    #[doc = " Path argument: `id`, sent as one encoded segment."]
    #[doc(alias = "GET /unified/crm/contacts/<id>")]
    fn get(id: impl ::core::fmt::Display) -> ::truto_core::Request<Self> {
        ::truto_core::__private::request(<Self as ::truto_core::resource::Get>::ENDPOINT, &[&id])
    }
    #[doc = " Creates a record of [`Contact`](Self)."]
    #[doc = ""]
    #[doc = " `POST /unified/crm/contacts`"]
    #[doc = ""]
    #[doc = " `body` is the request body."]
    #[doc(alias = "POST /unified/crm/contacts")]
    #[allow(clippy::trivially_copy_pass_by_ref)]
    fn create(body: &NewContact) -> ::truto_core::Request<Self> {
        static ENDPOINT: ::truto_core::Endpoint = ::truto_core::__private::endpoint(
            ::truto_core::Method::POST,
            "/unified/crm/contacts",
            ::truto_core::__private::Role::Create,
        );
        ::truto_core::__private::body::<NewContact, _>(
            ::truto_core::__private::request(&ENDPOINT, &[]),
            body,
        )
    }
    #[doc = " Updates one record of [`Contact`](Self)."]
    #[doc = ""]
    #[doc = " `PATCH /unified/crm/contacts/<id>`"]
    #[doc = ""]
    #[doc = " Path argument: `id`, sent as one encoded segment."]
    #[doc = ""]
    #[doc = " `body` is the request body."]
    #[doc(alias = "PATCH /unified/crm/contacts/<id>")]
    #[allow(clippy::trivially_copy_pass_by_ref)]
    fn update(id: impl ::core::fmt::Display, body: &NewContact) -> ::truto_core::Request<Self> {
        static ENDPOINT: ::truto_core::Endpoint = ::truto_core::__private::endpoint(
            ::truto_core::Method::PATCH,
            "/unified/crm/contacts/<id>",
            ::truto_core::__private::Role::Update,
        );
        ::truto_core::__private::body::<NewContact, _>(
            ::truto_core::__private::request(&ENDPOINT, &[&id]),
            body,
        )
    }
    #[doc = " Deletes one record of [`Contact`](Self)."]
    #[doc = ""]
    #[doc = " `DELETE /unified/crm/contacts/<id>`"]
    #[doc = ""]
    #[doc = " Path argument: `id`, sent as one encoded segment."]
    #[doc(alias = "DELETE /unified/crm/contacts/<id>")]
    fn delete(id: impl ::core::fmt::Display) -> ::truto_core::Request<::truto_core::Deleted<Self>> {
        ::truto_core::__private::request(<Self as ::truto_core::resource::Delete>::ENDPOINT, &[&id])
    }
    #[doc = " Calls `merge_all` of [`Contact`](Self)."]
    #[doc = ""]
    #[doc = " `POST /unified/crm/contacts/merge-all`"]
    #[doc(alias = "POST /unified/crm/contacts/merge-all")]
    fn merge_all() -> ::truto_core::Request<Self> {
        static ENDPOINT: ::truto_core::Endpoint = ::truto_core::__private::endpoint(
            ::truto_core::Method::POST,
            "/unified/crm/contacts/merge-all",
            ::truto_core::__private::Role::Method,
        );
        ::truto_core::__private::request(&ENDPOINT, &[])
    }
    #[doc = " Calls `notes` of [`Contact`](Self)."]
    #[doc = ""]
    #[doc = " `GET /unified/crm/contacts/<id>/notes`"]
    #[doc = ""]
    #[doc = " Path argument: `id`, sent as one encoded segment."]
    #[doc(alias = "GET /unified/crm/contacts/<id>/notes")]
    fn notes(id: impl ::core::fmt::Display) -> ::truto_core::Request<Vec<Note>> {
        static ENDPOINT: ::truto_core::Endpoint = ::truto_core::__private::endpoint(
            ::truto_core::Method::GET,
            "/unified/crm/contacts/<id>/notes",
            ::truto_core::__private::Role::Other,
        );
        ::truto_core::__private::request(&ENDPOINT, &[&id])
    }
}
const _: () = {
    impl ::truto_core::resource::List for Contact {
        type Query = ();
        const ENDPOINT: &'static ::truto_core::Endpoint = &::truto_core::__private::endpoint(
            ::truto_core::Method::GET,
            "/unified/crm/contacts",
            ::truto_core::__private::Role::List,
        );
        fn list(_: &Self::Query) -> ::truto_core::Request<::truto_core::Page<Self>> {
            ::truto_core::__private::request(<Self as ::truto_core::resource::List>::ENDPOINT, &[])
        }
    }
    impl ::truto_core::resource::Get for Contact {
        type Query = ();
        const ENDPOINT: &'static ::truto_core::Endpoint = &::truto_core::__private::endpoint(
            ::truto_core::Method::GET,
            "/unified/crm/contacts/<id>",
            ::truto_core::__private::Role::Get,
        );
        fn get(id: &dyn ::core::fmt::Display, _: &Self::Query) -> ::truto_core::Request<Self> {
            ::truto_core::__private::request(<Self as ::truto_core::resource::Get>::ENDPOINT, &[id])
        }
    }
    struct __TrutoCreate;
    impl ::truto_core::__private::Declares<__TrutoCreate> for Contact {
        type Query = ();
        type Body = NewContact;
    }
    impl<__TrutoBody> ::truto_core::resource::Create for Contact
    where
        __TrutoBody: ::truto_core::RequestBody,
        Self: ::truto_core::__private::Declares<__TrutoCreate, Body = __TrutoBody>,
    {
        type Query = ();
        type Body = __TrutoBody;
        const ENDPOINT: &'static ::truto_core::Endpoint = &::truto_core::__private::endpoint(
            ::truto_core::Method::POST,
            "/unified/crm/contacts",
            ::truto_core::__private::Role::Create,
        );
        fn create(_: &Self::Query, body: &__TrutoBody) -> ::truto_core::Request<Self> {
            ::truto_core::__private::body::<__TrutoBody, _>(
                ::truto_core::__private::request(
                    <Self as ::truto_core::resource::Create>::ENDPOINT,
                    &[],
                ),
                body,
            )
        }
    }
    struct __TrutoUpdate;
    impl ::truto_core::__private::Declares<__TrutoUpdate> for Contact {
        type Query = ();
        type Body = NewContact;
    }
    impl<__TrutoBody> ::truto_core::resource::Update for Contact
    where
        __TrutoBody: ::truto_core::RequestBody,
        Self: ::truto_core::__private::Declares<__TrutoUpdate, Body = __TrutoBody>,
    {
        type Query = ();
        type Body = __TrutoBody;
        const ENDPOINT: &'static ::truto_core::Endpoint = &::truto_core::__private::endpoint(
            ::truto_core::Method::PATCH,
            "/unified/crm/contacts/<id>",
            ::truto_core::__private::Role::Update,
        );
        fn update(
            id: &dyn ::core::fmt::Display,
            _: &Self::Query,
            body: &__TrutoBody,
        ) -> ::truto_core::Request<Self> {
            ::truto_core::__private::body::<__TrutoBody, _>(
                ::truto_core::__private::request(
                    <Self as ::truto_core::resource::Update>::ENDPOINT,
                    &[id],
                ),
                body,
            )
        }
    }
    impl ::truto_core::resource::Delete for Contact {
        type Query = ();
        const ENDPOINT: &'static ::truto_core::Endpoint = &::truto_core::__private::endpoint(
            ::truto_core::Method::DELETE,
            "/unified/crm/contacts/<id>",
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
    ::truto_core::Request::<()>::returns::<Contact>();
    ::truto_core::Request::<Vec<Note>>::returns_with::<Note>();
};
