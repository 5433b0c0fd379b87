use reqwest::{Client, Url};
use serde_json::Value;

use super::{ACCOUNT, Failure, ID, TIMEOUT, TOKEN};
use crate::model::ParsedUser;

/// A client that a careful engineer writes with reqwest, without retries, limits or tracing.
#[derive(Debug)]
pub struct ByHand {
    client: Client,
    base: Url,
}

impl ByHand {
    /// A client of the server on this port.
    ///
    /// # Errors
    ///
    /// If the client cannot be built.
    pub fn new(port: &str) -> Result<Self, Failure> {
        Ok(Self {
            client: Client::builder()
                .timeout(TIMEOUT)
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .build()?,
            base: Url::parse(&format!("http://127.0.0.1:{port}"))?,
        })
    }

    /// The request, ready to be sent.
    ///
    /// # Errors
    ///
    /// If it cannot be built.
    pub fn request(&self) -> Result<reqwest::Request, Failure> {
        let mut url = self.base.clone();
        url.path_segments_mut().map_err(|()| "no base")?.extend([
            "unified",
            "e-signature",
            "users",
            ID,
        ]);
        url.query_pairs_mut()
            .append_pair("integrated_account_id", ACCOUNT)
            .append_pair("truto_exclude_fields[]", "avatar")
            .append_pair("truto_exclude_fields[]", "urls")
            .append_pair("truto_ignore_remote_data", "true")
            .append_pair("remote_query[reason]", "left the company");
        let request = self
            .client
            .delete(url)
            .bearer_auth(TOKEN)
            .header("Accept", "application/json")
            .build()?;
        Ok(request)
    }

    pub(super) async fn delete(&self) -> Result<usize, Failure> {
        let response = self.client.execute(self.request()?).await?;
        let status = response.status();
        let body = response.bytes().await?;
        if !status.is_success() {
            let error: Value = serde_json::from_slice(&body)?;
            return Err(format!("{status}: {error}").into());
        }
        let user: ParsedUser = serde_json::from_slice(&body)?;
        Ok(user.id.len())
    }
}
