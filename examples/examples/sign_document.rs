//! Creates a signing request, uploads a document, reads its status and downloads it, on a sandbox by
//! default.

use std::error::Error;

use truto_core::Upload;
use truto_examples::e_signature::{
    CreateDocument, CreateSigningRequest, Document, Download, Email, Participant, Passthrough,
    SigningRequest, SigningRequestId, UpdateSigningRequest,
};
use truto_examples::setup::Setup;

const PDF: &[u8] = b"%PDF-1.7 a contract";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let setup = Setup::from_env().await?;
    if let Some(sandbox) = &setup.sandbox {
        sandbox.on_download(
            "e-signature",
            "documents",
            "download",
            "application/pdf",
            PDF,
        );
    }
    let account = &setup.account;

    let request = SigningRequest::create(&CreateSigningRequest {
        name: "Contract".into(),
        description: "Please sign.".into(),
        participants: Some(vec![Participant {
            name: Some("Ada Lovelace".into()),
            emails: Some(vec![Email {
                email: Some("ada@example.com".into()),
                ..Email::default()
            }]),
            is_signer: Some(true),
            ..Participant::default()
        }]),
        ..CreateSigningRequest::default()
    })
    .send(account)
    .await?;
    println!("signing request {}", request.id);

    let place = CreateDocument {
        signing_request: Some(SigningRequestId {
            id: Some(request.id.clone().into()),
        }),
        name: Some("contract.pdf".into()),
        id: None,
    };
    let document = Document::create(&place, &Upload::bytes("application/pdf", PDF))
        .body_passthrough()
        .send(account)
        .await?;
    println!("document {}", document.id);

    // `Some(None)` is an explicit null: it clears the description. The status is left as it is.
    let update = UpdateSigningRequest {
        description: Some(None),
        ..UpdateSigningRequest::default()
    };
    SigningRequest::update(&request.id, &update)
        .send(account)
        .await?;
    let request = SigningRequest::get(&request.id).send(account).await?;
    println!(
        "description {:?}, status {:?}",
        request.description, request.status
    );

    let file_url = Download {
        file_url: "https://provider.example/contract.pdf".into(),
    };
    let path = std::env::temp_dir().join("truto-contract.pdf");
    let mut file = tokio::fs::File::create(&path).await?;
    let stream = Document::download(&file_url, &Passthrough::default())
        .send(account)
        .await?;
    println!("downloading {:?}", stream.content_type());
    let written = stream.copy_to(&mut file).await?;
    println!("{written} bytes in {}", path.display());
    Ok(())
}
