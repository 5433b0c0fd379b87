//! Truto's side, on the sandbox: the page where a customer allows the connection.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};
use truto_admin::{CreateWebhook, Webhook};
use truto_core::secrecy::{ExposeSecret as _, SecretString};
use truto_core::{Client, Error, reqwest};
use truto_sandbox::Sandbox;

/// Contacts of each account that a customer connects.
const CONTACTS: usize = 250;

/// A webhook for deliveries to `url`, with its secret.
///
/// # Errors
///
/// If it cannot be created, or Truto returned no secret.
pub async fn webhook(
    client: &Client,
    url: &str,
) -> Result<SecretString, Box<dyn std::error::Error>> {
    let webhook = Webhook::create(&CreateWebhook::new(url)).send(&client.token_account()).await?;
    let secret = webhook.secret.ok_or("Truto returned no secret")?;
    Ok(secret.expose_secret().into())
}

/// `GET` and `POST /demo/connect`: replaces Truto's page.
pub fn router(sandbox: Arc<Sandbox>) -> Router {
    Router::new().route("/demo/connect", get(page).post(allow)).with_state(sandbox)
}

#[derive(Debug, Deserialize)]
struct Link {
    link_token: String,
}

async fn page(Query(link): Query<Link>) -> Response {
    if !link.link_token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return StatusCode::BAD_REQUEST.into_response();
    }
    Html(format!(
        "<!doctype html><html lang=\"en\"><title>Truto (sandbox)</title>\
         <p>Allow access to your CRM?</p><form method=\"post\">\
         <input type=\"hidden\" name=\"link_token\" value=\"{}\">\
         <button id=\"allow\">Allow</button></form></html>",
        link.link_token
    ))
    .into_response()
}

async fn allow(State(sandbox): State<Arc<Sandbox>>, Form(link): Form<Link>) -> Response {
    match connect(&sandbox, &link.link_token).await {
        Ok(tenant) => Redirect::to(&page_of(&tenant)).into_response(),
        Err(_) => (StatusCode::GONE, "the link was used, or is not known").into_response(),
    }
}

/// The page of a customer, whose name may have any characters.
fn page_of(tenant: &str) -> String {
    let mut url = reqwest::Url::parse("http://localhost/").expect("a URL");
    url.query_pairs_mut().append_pair("tenant", tenant);
    format!("/?{}", url.query().unwrap_or_default())
}

/// Connects, and returns the customer.
async fn connect(sandbox: &Sandbox, link_token: &str) -> Result<String, io::Error> {
    let account = sandbox.connect(link_token).await?;
    let read = truto_core::Request::<Value>::at(
        "GET",
        "/integrated-account/<id>",
        &[&account.id().unwrap_or_default()],
    );
    let read: Result<Value, Error> = read.send(&sandbox.client().token_account()).await;
    let read = read.map_err(io::Error::other)?;
    Ok(read["tenant_id"].as_str().unwrap_or_default().to_owned())
}

/// Records that every account of the demo begins with.
pub fn seed(sandbox: &Sandbox) {
    sandbox.seed(
        "crm",
        "contacts",
        CONTACTS,
        |number| json!({"id": number.to_string(), "name": "Ada"}),
    );
}
