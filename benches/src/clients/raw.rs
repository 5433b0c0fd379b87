use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::{ACCOUNT, Failure, ID, TOKEN};
use crate::model::ParsedUser;

/// The floor: no reqwest, a URL made by `format!`, no time limit.
#[derive(Debug)]
pub struct Raw {
    client: Client<HttpConnector, Empty<Bytes>>,
    port: String,
}

impl Raw {
    /// A client of the server on this port.
    #[must_use]
    pub fn new(port: &str) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .build_http();
        Self {
            client,
            port: port.to_owned(),
        }
    }

    pub(super) async fn delete(&self) -> Result<usize, Failure> {
        let request = Request::builder()
            .method(Method::DELETE)
            .uri(format!(
                "http://127.0.0.1:{}/unified/e-signature/users/{ID}?integrated_account_id={ACCOUNT}\
                 &truto_exclude_fields%5B%5D=avatar&truto_exclude_fields%5B%5D=urls\
                 &truto_ignore_remote_data=true&remote_query%5Breason%5D=left%20the%20company",
                self.port
            ))
            .header("Authorization", format!("Bearer {TOKEN}"))
            .header("Accept", "application/json")
            .body(Empty::new())?;
        let response = self.client.request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        if !status.is_success() {
            return Err(status.as_str().into());
        }
        let user: ParsedUser = serde_json::from_slice(&body)?;
        Ok(user.id.len())
    }
}
