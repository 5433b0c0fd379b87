//! A service for many customers: each connects an account, and the service calls the accounts.
//!
//! | route | shows |
//! | --- | --- |
//! | `GET /` | the page where a customer connects an account |
//! | `POST /connect`, `POST /tenants/{tenant}/reconnect` | a link token, and the redirect to Truto's page |
//! | `POST /webhook` | deliveries that are verified, queued and answered at once |
//! | `GET /tenants/{tenant}` | the current state, as set by events |
//! | `GET`, `POST /tenants/{tenant}/contacts` | interactive calls, and a write that continues when its client disconnects |
//! | `POST`, `GET /tenants/{tenant}/files` | bytes that are streamed through, in either direction |
//! | `GET /live`, `GET /ready` | the health of the process, and of its connection to Truto |
//!
//! `cargo run -p truto-example-service` serves it on the sandbox; with `TRUTO_API_TOKEN` on the real API.
#![forbid(unsafe_code)]

mod app;
mod contacts;
pub mod demo;
mod files;
mod health;
mod hooks;
mod onboarding;
mod problem;
mod sync;
pub mod telemetry;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

pub use app::{App, Config, Status};
pub use problem::Problem;

/// All routes of the service.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/", get(onboarding::page))
        .route("/connect", post(onboarding::connect))
        .route("/tenants/{tenant}", get(onboarding::status))
        .route("/tenants/{tenant}/reconnect", post(onboarding::reconnect))
        .route("/tenants/{tenant}/contacts", get(contacts::list).post(contacts::create))
        .route("/tenants/{tenant}/files", post(files::upload).layer(DefaultBodyLimit::disable()))
        .route("/tenants/{tenant}/files/{id}", get(files::download))
        .route("/webhook", post(hooks::receive))
        .route("/live", get(health::live))
        .route("/ready", get(health::ready))
        .with_state(app)
}
