//! One endpoint written by hand with reqwest, with the same care as the code that the attribute
//! generates for `#[unified_endpoint(method = "DELETE", path = "/unified/e-signature/users/<id>")]`.

use std::error::Error;
use std::fmt;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};
use truto_examples::e_signature::User;
use truto_sandbox::Sandbox;

// The endpoint begins here.
#[derive(Debug)]
enum Deleted {
    Record(Box<User>),
    Id(String),
    Nothing,
}

#[derive(Debug)]
enum DeleteError {
    InvalidId,
    Build(reqwest::Error),
    Send(reqwest::Error),
    Status { status: u16, message: String },
    TooLarge,
    Decode(serde_json::Error),
}

impl fmt::Display for DeleteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidId => f.write_str("the id would change the route"),
            // Without their URL, which contains ids and query values.
            Self::Build(error) | Self::Send(error) => error.fmt(f),
            Self::Status { status, message } => write!(f, "{status}: {message}"),
            Self::TooLarge => f.write_str("the body is too large"),
            Self::Decode(error) => error.fmt(f),
        }
    }
}

impl Error for DeleteError {}

const MAX_BODY: usize = 64 * 1024 * 1024;
const DEADLINE: Duration = Duration::from_secs(120);

fn url(base: &str, account: &str, id: &str, exclude: &[&str]) -> Result<reqwest::Url, DeleteError> {
    if id.is_empty() || id == "." || id == ".." || id.chars().any(char::is_control) {
        return Err(DeleteError::InvalidId);
    }
    let mut url = reqwest::Url::parse(base).map_err(|_| DeleteError::InvalidId)?;
    url.path_segments_mut().map_err(|()| DeleteError::InvalidId)?.pop_if_empty().extend([
        "unified",
        "e-signature",
        "users",
        id,
    ]);
    let mut query = url.query_pairs_mut();
    query.append_pair("integrated_account_id", account);
    for field in exclude {
        query.append_pair("truto_exclude_fields[]", field);
    }
    drop(query);
    Ok(url)
}

async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, DeleteError> {
    let mut body = Vec::new();
    loop {
        let chunk = response.chunk().await;
        let Some(chunk) = chunk.map_err(|error| DeleteError::Send(error.without_url()))? else {
            return Ok(body);
        };
        if body.len() + chunk.len() > MAX_BODY {
            return Err(DeleteError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
}

fn decode(body: &[u8]) -> Result<Deleted, DeleteError> {
    #[derive(Deserialize)]
    struct IdAlone {
        id: String,
    }
    if body.is_empty() {
        return Ok(Deleted::Nothing);
    }
    let value: Value = serde_json::from_slice(body).map_err(DeleteError::Decode)?;
    match value.as_object() {
        Some(fields) if fields.len() == 1 && fields.contains_key("id") => {
            let IdAlone { id } = serde_json::from_value(value).map_err(DeleteError::Decode)?;
            Ok(Deleted::Id(id))
        }
        _ => {
            let user = serde_json::from_slice(body).map_err(DeleteError::Decode)?;
            Ok(Deleted::Record(Box::new(user)))
        }
    }
}

fn wait(response: Option<&reqwest::Response>, attempt: u32) -> Duration {
    let asked = response
        .and_then(|response| response.headers().get("retry-after")?.to_str().ok())
        .and_then(|text| text.parse().ok())
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    asked.unwrap_or_else(|| Duration::from_millis(500 << attempt).min(Duration::from_secs(20)))
}

async fn delete_user(
    http: &reqwest::Client,
    base: &str,
    token: &str,
    account: &str,
    id: &str,
    exclude: &[&str],
) -> Result<Deleted, DeleteError> {
    let started = Instant::now();
    let url = url(base, account, id, exclude)?;
    let mut attempt = 0;
    loop {
        let request = http
            .delete(url.clone())
            .bearer_auth(token)
            .header("Accept", "application/json")
            .timeout(Duration::from_secs(30).min(DEADLINE.saturating_sub(started.elapsed())))
            .build()
            .map_err(|error| DeleteError::Build(error.without_url()))?;
        let result = http.execute(request).await;
        let again = match &result {
            Ok(response) => matches!(response.status().as_u16(), 408 | 425 | 429 | 500 | 502 | 504),
            Err(_) => true,
        };
        let wait = wait(result.as_ref().ok(), attempt);
        if again && attempt < 3 && started.elapsed() + wait < DEADLINE {
            tokio::time::sleep(wait).await;
            attempt += 1;
            continue;
        }
        let response = result.map_err(|error| DeleteError::Send(error.without_url()))?;
        let status = response.status();
        let body = read(response).await?;
        if status.is_success() {
            return decode(&body);
        }
        let error: Value = serde_json::from_slice(&body).unwrap_or_default();
        return Err(DeleteError::Status {
            status: status.as_u16(),
            message: error["message"].as_str().unwrap_or_default().to_owned(),
        });
    }
}
// The endpoint ends here.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    for id in ["1", "2"] {
        sandbox.insert("e-signature", "users", json!({"id": id, "name": "Ada", "groups": []}));
    }

    let http = reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .no_proxy()
        .build()?;
    let (base, token, account) = (sandbox.base_url(), sandbox.token(), sandbox.account_id());
    match delete_user(&http, base, token, account, "1", &["groups"]).await? {
        Deleted::Record(user) => println!("by hand:  deleted {} {:?}", user.id, user.name),
        Deleted::Id(id) => println!("by hand:  deleted {id}"),
        Deleted::Nothing => println!("by hand:  deleted"),
    }

    let request = User::delete("2").exclude_fields(["groups"]);
    let deleted = request.send(&sandbox.account()).await?;
    println!("declared: deleted {:?}", deleted.id());
    Ok(())
}
