//! Creates a signing request, uploads a document, reads its status and downloads it, on a sandbox by
//! default.

use std::error::Error;

use truto_core::{Update, Upload};
use truto_examples::e_signature::{
    CreateDocument, CreateDocumentSigningRequest, CreateSigningRequest,
    CreateSigningRequestParticipant, CreateSigningRequestParticipantEmail, Document,
    DownloadDocument, DownloadDocumentQuery, SigningRequest, UpdateSigningRequest,
};
use truto_examples::setup::Setup;

const PDF: &[u8] = b"%PDF-1.7 a contract";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let setup = Setup::from_env().await?;
    if let Some(sandbox) = &setup.sandbox {
        sandbox.on_download("e-signature", "documents", "download", "application/pdf", PDF);
    }
    let account = &setup.account;

    let request = SigningRequest::create(&CreateSigningRequest {
        name: Some("Contract".into()),
        description: Some("Please sign.".into()),
        participants: Some(vec![CreateSigningRequestParticipant {
            name: Some("Ada Lovelace".into()),
            emails: Some(vec![CreateSigningRequestParticipantEmail {
                email: Some("ada@example.com".into()),
            }]),
            is_signer: Some(true),
            ..CreateSigningRequestParticipant::default()
        }]),
        ..CreateSigningRequest::default()
    })
    .send(account)
    .await?;
    let id = request.id.ok_or("a signing request without an id")?;
    println!("signing request {id}");

    let place = CreateDocument {
        signing_request: Some(CreateDocumentSigningRequest { id: Some(id.clone()) }),
        name: Some("contract.pdf".into()),
        id: None,
    };
    let document = Document::create(&place, &Upload::bytes("application/pdf", PDF))
        .body_passthrough()
        .send(account)
        .await?;
    println!("document {:?}", document.id);

    // `Clear` sends `null`. The status is not sent, so it keeps its value.
    let update =
        UpdateSigningRequest { description: Update::Clear, ..UpdateSigningRequest::default() };
    SigningRequest::update(&id, &update).send(account).await?;
    let request = SigningRequest::get(&id).send(account).await?;
    println!("description {:?}, status {:?}", request.description, request.status);

    let file_url =
        DownloadDocumentQuery { file_url: Some("https://provider.example/contract.pdf".into()) };
    let path = std::env::temp_dir().join("truto-contract.pdf");
    let mut file = tokio::fs::File::create(&path).await?;
    let stream = Document::download(&file_url, &DownloadDocument::default()).send(account).await?;
    println!("downloading {:?}", stream.content_type());
    let written = stream.copy_to(&mut file).await?;
    println!("{written} bytes in {}", path.display());
    Ok(())
}
