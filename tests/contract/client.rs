//! The client, its builder, accounts and tokens.

use std::future::Future;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::time::Duration;

use truto_core::secrecy::SecretString;
use truto_core::{
    AccessToken, Account, AccountTokens, Client, ClientBuilder, Endpoint, Error, HeaderMap,
    RetryPolicy, TokenSource, reqwest,
};

use crate::has;

has!(Client: Clone + std::fmt::Debug + Send + Sync + 'static);
has!(ClientBuilder: std::fmt::Debug + Send + Sync + 'static);
has!(Account: Clone + std::fmt::Debug + Send + Sync + 'static);
has!(AccountTokens: TokenSource);
has!(AccessToken: From<SecretString> + From<String> + Send + Sync);
has!(Account: Eq + std::hash::Hash);
has!(Account: UnwindSafe + RefUnwindSafe);
has!(Client: UnwindSafe + RefUnwindSafe);
has!(ClientBuilder: Clone);
has!(AccessToken: for<'a> From<&'a str>);

/// The user's own source, with its own error type.
struct Vault;

#[derive(Debug)]
struct Sealed;

impl std::fmt::Display for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("sealed")
    }
}

impl std::error::Error for Sealed {}

impl TokenSource for Vault {
    type Error = Sealed;

    async fn token(&self) -> Result<AccessToken, Sealed> {
        Ok(AccessToken::from("t".to_owned()).expires_in(Duration::from_secs(900)))
    }
}

fn sources() {
    let builder = || Client::builder();
    let _ = builder().token_source(Vault);
    let _ = builder().token_source(|| async { Ok::<_, Sealed>("t".to_owned()) });
    let _ = builder().token_source(|| async { Ok::<_, Sealed>(SecretString::from("t")) });
    let _ = builder().token_source(|| async { Ok::<_, Sealed>(AccessToken::from("t".to_owned())) });
    let _ = builder().token_source(Arc::new(Vault));
    let shared: Arc<dyn TokenSource> = Arc::new(Vault);
    let _ = builder().token_source(Arc::clone(&shared));
    let closure: Arc<dyn TokenSource> = Arc::new(|| async { Ok::<_, Sealed>("t".to_owned()) });
    for source in [shared, closure] {
        let _ = builder().token_source(source);
    }
}

fn settings() -> Result<(), Error> {
    let _: Result<Client, Error> = Client::new("test-token");
    let _: Result<Client, Error> = Client::new(String::from("t"));
    let _: Result<Client, Error> = Client::from_env();
    let builder: ClientBuilder = Client::builder()
        .token(SecretString::from("t"))
        .base_url("https://api.truto.one")
        .timeout(Duration::from_secs(30))
        .deadline(Duration::from_secs(120))
        .retry(RetryPolicy::default())
        .max_body_bytes(64 << 20)
        .user_agent("me/1")
        .allow_insecure_http(false)
        .wait_out_429(true)
        .http_client(reqwest::Client::new());
    let builder = builder.from_env();
    let builder = builder.max_wait(Duration::from_secs(10));
    let builder = builder.max_gate(Duration::from_secs(300));
    let builder = builder.token_timeout(Duration::from_secs(30));
    let builder = builder.default_header("x-team", "sync");
    let builder = builder.on_request(|_: &Endpoint, _: &mut HeaderMap| ());
    let client: Client = builder.build()?;
    let account: Account = client.account("62f44730-dd91-461e-bd6a-aedd9e0ad79d")?;
    let _: Account = client.account(String::from("62f44730-dd91-461e-bd6a-aedd9e0ad79d"))?;
    let _: Account = client.token_account();
    let _: Account = account.background();
    let _: Account = account.labeled("acme");
    let tokens: AccountTokens = client.account_tokens("62f44730-dd91-461e-bd6a-aedd9e0ad79d")?;
    let _ = Client::builder().token_source(tokens);
    drop(ping(&client));
    Ok(())
}

fn ping(client: &Client) -> impl Future<Output = Result<(), Error>> + Send + '_ {
    client.ping()
}

fn unused<T: Future + UnwindSafe + RefUnwindSafe>(_: &Endpoint, _: &HeaderMap) {}

#[test]
fn an_account_id_is_checked() {
    let client = Client::new("a-token-of-ours").expect("a client");
    assert!(client.account("62f44730-dd91-461e-bd6a-aedd9e0ad79d").is_ok());
    let refused = client.account("acme").expect_err("it is no UUID");
    assert!(refused.is_invalid_request());
}
