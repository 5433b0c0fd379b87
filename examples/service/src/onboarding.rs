//! Connecting a customer: a link token, the redirect to Truto's page, and the resulting state.

use axum::Json;
use axum::extract::{Form, Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};
use truto_admin::{ConnectAccount, LinkToken, NewLinkToken, ReconnectAccount};
use truto_core::secrecy::ExposeSecret as _;

use crate::app::{App, Status};
use crate::problem::Problem;

const PAGE: &str = include_str!("page.html");

/// `GET /`: the page with the button.
pub(crate) async fn page() -> impl IntoResponse {
    // The page has an inline script and loads nothing from other hosts.
    let policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
                  connect-src 'self'; base-uri 'none'";
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(PAGE))
}

/// The form of the page. A real service takes the customer from its session, not from a form.
#[derive(Debug, Deserialize)]
pub(crate) struct Customer {
    tenant: String,
}

/// `POST /connect`: creates a link token and redirects to Truto's page.
pub(crate) async fn connect(
    State(app): State<App>,
    Form(customer): Form<Customer>,
) -> Result<Response, Problem> {
    link(&app, ConnectAccount::new(customer.tenant).into()).await
}

/// `POST /tenants/{tenant}/reconnect`: connects the same account again and keeps its settings.
pub(crate) async fn reconnect(
    State(app): State<App>,
    Path(tenant): Path<String>,
) -> Result<Response, Problem> {
    let tenant = app.tenant(&tenant)?;
    let mut again = ReconnectAccount::new(tenant.account.id().unwrap_or_default());
    again.persist_previous_context = Some(true);
    link(&app, again.into()).await
}

async fn link(app: &App, body: NewLinkToken) -> Result<Response, Problem> {
    let token = LinkToken::create(&body).send(&app.admin()).await?;
    let target = format!("{}?link_token={}", app.connect_page(), token.link_token.expose_secret());
    // The token is in the URL: no cache, and no Referer to the pages that follow.
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::REFERRER_POLICY, "no-referrer")];
    Ok((headers, Redirect::to(&target)).into_response())
}

/// The state of a customer's connection.
#[derive(Debug, Serialize)]
pub(crate) struct Connection {
    status: Status,
    contacts: usize,
}

/// `GET /tenants/{tenant}`: the current state, as set by events.
pub(crate) async fn status(
    State(app): State<App>,
    Path(tenant): Path<String>,
) -> Result<Json<Connection>, Problem> {
    let tenant = app.tenant(&tenant)?;
    Ok(Json(Connection { status: tenant.status, contacts: tenant.contacts }))
}
