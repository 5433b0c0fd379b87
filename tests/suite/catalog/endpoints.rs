//! Every declared endpoint, called once.

use serde_json::{Value, json};
use truto_core::{Account, Endpoint, Error, Upload};
use truto_examples::e_signature::*;

use super::model::ID;

/// A call: its entry in the catalog, its declaration, and the record that it returned.
pub(crate) struct Call {
    pub(crate) resource: &'static str,
    pub(crate) method: &'static str,
    pub(crate) endpoint: &'static Endpoint,
    pub(crate) record: Result<Option<Value>, Error>,
}

fn json<T: serde::Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("JSON")
}

pub(crate) async fn every_endpoint(account: &Account) -> Vec<Call> {
    let mut calls = Vec::new();
    macro_rules! call {
        ($resource:literal, $method:literal, $request:expr, $record:expr) => {
            let request = $request;
            calls.push(Call {
                resource: $resource,
                method: $method,
                endpoint: request.endpoint(),
                record: request.send(account).await.map($record),
            });
        };
    }
    macro_rules! list {
        ($resource:literal, $request:expr) => {
            call!($resource, "list", $request, |page| page.result.first().map(json));
        };
    }
    macro_rules! get {
        ($resource:literal, $type:ident) => {
            call!($resource, "get", $type::get(ID), |record| Some(json(&record)));
        };
    }
    macro_rules! delete {
        ($resource:literal, $request:expr) => {
            call!($resource, "delete", $request, |deleted| {
                let id = deleted.id().map(|id| json!({"id": id}));
                deleted.resource().map(json).or(id)
            });
        };
    }
    let participant = CreateDocumentFieldParticipant { id: Some(ID.into()) };
    let upload = Upload::bytes("application/pdf", "%PDF");

    list!("collections", Collection::list());
    get!("collections", Collection);
    list!("contacts", Contact::list());
    get!("contacts", Contact);

    list!("document_fields", DocumentField::list(&ListDocumentFields::default()));
    let field = CreateDocumentField {
        kind: Some(CreateDocumentFieldKind::Signature.into()),
        participant: Some(participant),
        ..CreateDocumentField::default()
    };
    call!("document_fields", "create", DocumentField::create(&field), |_| None);
    delete!("document_fields", DocumentField::delete(ID, &DeleteDocumentField::default()));

    list!("documents", Document::list(&ListDocuments::default()));
    get!("documents", Document);
    let create = Document::create(&CreateDocument::default(), &upload).body_passthrough();
    call!("documents", "create", create, |_| None);
    call!(
        "documents",
        "download",
        Document::download(&DownloadDocumentQuery::default(), &DownloadDocument::default()),
        |_| None
    );
    delete!("documents", Document::delete(ID));

    list!("field_groups", FieldGroup::list(&ListFieldGroups::default()));
    list!("fields", Field::list(&ListFields::default()));
    list!("groups", Group::list());
    get!("groups", Group);
    list!("signing_request_statuses", SigningRequestStatus::list());

    list!("signing_requests", SigningRequest::list(&ListSigningRequests::default()));
    get!("signing_requests", SigningRequest);
    let create = CreateSigningRequest::default();
    call!("signing_requests", "create", SigningRequest::create(&create), |_| None);
    let update = UpdateSigningRequest::default();
    call!("signing_requests", "update", SigningRequest::update(ID, &update), |record| Some(json(
        &record
    )));
    call!(
        "signing_requests",
        "download",
        SigningRequest::download(
            &DownloadSigningRequestQuery::default(),
            &DownloadSigningRequest::default()
        ),
        |_| None
    );
    call!(
        "signing_requests",
        "get_embed_url",
        SigningRequest::get_embed_url(&GetEmbedUrlSigningRequest::default()),
        |_| None
    );
    let remove = SigningRequest::remove_participants();
    call!("signing_requests", "remove_participants", remove, |record| Some(json(&record)));
    delete!("signing_requests", SigningRequest::delete(ID));

    list!("stages", Stage::list());
    list!("templates", Template::list());
    get!("templates", Template);
    list!("users", User::list(&ListUsers::default()));
    get!("users", User);
    delete!("users", User::delete(ID));
    list!("web_forms", WebForm::list());
    get!("web_forms", WebForm);

    list!("workflows", Workflow::list(&ListWorkflows::default()));
    get!("workflows", Workflow);
    call!("workflows", "create", Workflow::create(&CreateWorkflow::default()), |_| None);
    let update = UpdateWorkflow::default();
    call!("workflows", "update", Workflow::update(ID, &update), |record| Some(json(&record)));
    let cancel = CancelWorkflow { id: Some(ID.into()), ..CancelWorkflow::default() };
    call!("workflows", "cancel", Workflow::cancel(&cancel), |record| { Some(json(&record)) });
    calls
}
