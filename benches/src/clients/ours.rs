use truto_core::{Account, Client, Deleted, Request};

use super::{ACCOUNT, Failure, ID, TIMEOUT, TOKEN};
use crate::model::{ParsedUser, Reason, User};

/// truto-core.
#[derive(Debug)]
pub struct Ours {
    /// The account to call.
    pub account: Account,
}

impl Ours {
    /// A client of the server on this port.
    ///
    /// # Errors
    ///
    /// If the client cannot be built.
    pub fn new(port: &str) -> Result<Self, Failure> {
        let client = Client::builder()
            .token(TOKEN)
            .base_url(format!("http://127.0.0.1:{port}"))
            .timeout(TIMEOUT)
            .build()?;
        Ok(Self { account: client.account(ACCOUNT)? })
    }

    /// The request as a value.
    pub fn request() -> Request<Deleted<User>> {
        parameters(User::delete(ID))
    }

    pub(super) async fn delete(&self) -> Result<usize, Failure> {
        let deleted = Self::request().send(&self.account).await?;
        Ok(deleted.into_resource().map_or(0, |user| user.id.len()))
    }

    pub(super) async fn delete_parsed(&self) -> Result<usize, Failure> {
        let request = parameters(ParsedUser::delete(ID));
        let deleted = request.send(&self.account).await?;
        Ok(deleted.into_resource().map_or(0, |user| user.id.len()))
    }
}

fn parameters<T>(request: Request<Deleted<T>>) -> Request<Deleted<T>> {
    request
        .exclude_fields(["avatar", "urls"])
        .ignore_remote_data()
        .remote_query(&Reason { reason: "left the company" })
}
