//! Health of the process and of its connection to Truto.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;

use crate::app::App;
use crate::problem::Problem;

/// The time limit of an orchestrator's probe.
const PATIENCE: Duration = Duration::from_secs(2);

/// `GET /live`: the process runs. It depends on no other service, or an outage of Truto would restart it.
pub(crate) async fn live() -> StatusCode {
    StatusCode::OK
}

/// `GET /ready`: Truto can be reached with the token.
pub(crate) async fn ready(State(app): State<App>) -> Result<StatusCode, Problem> {
    let ping = truto_core::Request::<()>::at("GET", "/ping", &[]).no_retry().deadline(PATIENCE);
    ping.send(&app.admin()).await?;
    Ok(StatusCode::OK)
}
