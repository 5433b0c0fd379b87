//! A tour of the e-signature model on the sandbox.

use std::error::Error;

use futures_util::TryStreamExt;
use serde_json::json;
use truto_core::{Filter, Upload};
use truto_examples::e_signature::{
    CancelWorkflow, CreateDocument, CreateDocumentSigningRequest, CreateSigningRequest,
    CreateSigningRequestParticipant, CreateSigningRequestParticipantEmail,
    CreateSigningRequestStatus, Document, DownloadDocument, DownloadDocumentQuery,
    ListSigningRequests, ListSigningRequestsStatus, ListSigningRequestsStatusId, ListUsers,
    SigningRequest, User, Workflow,
};
use truto_sandbox::Sandbox;

const MODEL: &str = "e-signature";
const PDF: &str = "%PDF-1.7 a contract";

fn sandbox_with_records(sandbox: &Sandbox) {
    for (id, name) in [("u1", "Ada"), ("u2", "Grace"), ("u3", "Edsger")] {
        let user = json!({"id": id, "name": name, "status": "active", "groups": [{"id": "g"}]});
        sandbox.insert(MODEL, "users", user);
    }
    let sent = json!({"id": "s1", "name": "Lease", "status": {"id": "sent", "name": "Sent"}});
    sandbox.insert(MODEL, "signing_requests", sent);
    let workflow = json!({"id": "w1", "name": "Hiring", "status": "active"});
    sandbox.insert(MODEL, "workflows", workflow);
    sandbox.on_method(
        MODEL,
        "workflows",
        "cancel",
        |_| json!({"result": {"id": "w1", "name": "Hiring", "status": "cancelled"}}),
    );
    sandbox.on_download(MODEL, "documents", "download", "application/pdf", PDF);
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    sandbox_with_records(&sandbox);
    let account = sandbox.account();

    let users = User::list(&ListUsers::default()).limit(2).all(&account).await?;
    println!("{} users", users.len());
    let grace = users.iter().find(|user| user.name.as_deref() == Some("Grace"));
    let grace = User::get(&grace.ok_or("nobody is called Grace")?.id).send(&account).await?;
    println!("found {} ({:?})", grace.id, grace.status);

    let sent_this_year = ListSigningRequests {
        created_at: Some(Filter::gte("2026-01-01T00:00:00Z".parse()?)),
        status: Some(ListSigningRequestsStatus::new(ListSigningRequestsStatusId::Sent)),
        ..ListSigningRequests::default()
    };
    let requests = SigningRequest::list(&sent_this_year);
    println!("asking for {}", requests.query_string());
    let requests: Vec<SigningRequest> = requests.items(&account).try_collect().await?;
    println!("{} on their way, the first is {:?}", requests.len(), requests[0].name);

    let request = SigningRequest::create(&CreateSigningRequest {
        name: Some("Contract".into()),
        description: Some("Please sign.".into()),
        status: Some(CreateSigningRequestStatus { id: Some("created".into()), name: None }),
        participants: Some(vec![CreateSigningRequestParticipant {
            name: grace.name,
            emails: Some(vec![CreateSigningRequestParticipantEmail {
                email: Some("grace@example.com".into()),
            }]),
            is_signer: Some(true),
            ..CreateSigningRequestParticipant::default()
        }]),
        ..CreateSigningRequest::default()
    });
    let request = request.send(&account).await?;
    println!("created {:?}", request.name);

    let place = CreateDocument {
        signing_request: Some(CreateDocumentSigningRequest { id: request.id }),
        name: Some("contract.pdf".into()),
        id: None,
    };
    let file = Upload::bytes("application/pdf", PDF);
    let document = Document::create(&place, &file).body_passthrough().send(&account).await?;
    println!("added document {:?}", document.id);

    let file =
        DownloadDocumentQuery { file_url: Some("https://provider.example/contract.pdf".into()) };
    let mut copy = Vec::new();
    let stream = Document::download(&file, &DownloadDocument::default()).send(&account).await?;
    let bytes = stream.copy_to(&mut copy).await?;
    println!("downloaded {bytes} bytes");

    let cancel = CancelWorkflow {
        id: Some("w1".into()),
        message: Some("no need".into()),
        remote_data: None,
    };
    let workflow = Workflow::cancel(&cancel).send(&account).await?;
    println!("workflow {:?} is now {:?}", workflow.name, workflow.status);

    let deleted = User::delete("u3").exclude_fields(["groups"]).send(&account).await?;
    println!("deleted {:?}; the sandbox saw {} calls", deleted.id(), sandbox.requests().len());
    Ok(())
}
