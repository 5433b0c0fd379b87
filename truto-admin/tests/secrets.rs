//! Secrets are sent and read, and never shown.

use std::fmt::Debug;

use serde::Serialize;
use serde_json::{Value, json};
use truto_admin::*;
use truto_core::secrecy::ExposeSecret;

const SECRET: &str = "s3cret-value";

/// Asserts that a body sends the secret and that its `Debug` output does not contain it.
fn sends(body: &(impl Debug + Serialize)) {
    let sent = serde_json::to_string(body).expect("JSON");
    assert!(sent.contains(SECRET), "{body:?} contains no secret: {sent}");
    assert!(!format!("{body:?}").contains(SECRET), "{body:?}");
}

#[test]
fn bodies_send_secrets_and_never_show_them() {
    let secret = || json!({"api_key": SECRET});
    sends(&ImportIntegratedAccount::new("acme", "7", secret(), "api_key"));
    sends(&UpdateIntegratedAccount {
        context: truto_core::Update::Set(secret().into()),
        ..Default::default()
    });
    sends(&UpdateCredentials::new(secret()));
    sends(&UpdateOwnAccount::new(secret()));
    let connect = ConnectAccount { context: Some(secret().into()), ..ConnectAccount::new("acme") };
    sends(&NewLinkToken::from(connect));
    let again = ReconnectAccount { context: Some(secret().into()), ..ReconnectAccount::new("7") };
    sends(&NewLinkToken::from(again));
    for config in [
        DatastoreConfig::MongoDataApi(MongoConfig::new("s", "d", "https://m.example", SECRET)),
        DatastoreConfig::GoogleCloudStorage(GoogleCloudStorageConfig::new("b", secret())),
        DatastoreConfig::S3(S3Config::new("id", SECRET, "eu", "b")),
        DatastoreConfig::Qdrant(QdrantConfig::new("https://q.example", SECRET, "c")),
    ] {
        sends(&CreateDatastore::new(config, "store"));
    }
    sends(&UpdateDatastore {
        config: truto_core::Update::Set(secret().into()),
        ..Default::default()
    });
    let slack = DestinationConfig::Slack(SlackDestination::new(SECRET));
    sends(&CreateNotificationDestination::new(slack));
    sends(&UpdateNotificationDestination {
        config: truto_core::Update::Set(secret().into()),
        ..Default::default()
    });
    sends(&CreateIntegration::new("i", secret()));
    sends(&UpdateIntegration {
        config: truto_core::Update::Set(secret().into()),
        ..UpdateIntegration::new(3)
    });
    let install = CreateEnvironmentIntegration {
        overrides: Some(secret().into()),
        ..CreateEnvironmentIntegration::new("7")
    };
    sends(&install);
    sends(&UpdateEnvironmentIntegration {
        overrides: truto_core::Update::Set(secret().into()),
        ..Default::default()
    });
}

fn read<T: serde::de::DeserializeOwned + Debug>(mut body: Value) -> T {
    body["id"] = json!("7");
    let read: T = serde_json::from_value(body).expect("a model");
    assert!(!format!("{read:?}").contains(SECRET), "{read:?}");
    read
}

#[test]
fn models_read_secrets_and_never_show_them() {
    let hook: Webhook = read(json!({"secret": SECRET}));
    assert_eq!(hook.secret.expect("a secret").expose_secret(), SECRET);
    let token: LinkToken = read(json!({"link_token": SECRET}));
    assert_eq!(token.link_token.expose_secret(), SECRET);
    for key in ["api_token", "api_token_secret"] {
        let gate: StaticGate = read(json!({key: SECRET}));
        assert_eq!(gate.api_token.expect("a token").expose_secret(), SECRET);
    }
    let server: McpServer = read(json!({"token": SECRET, "url": format!("https://x/{SECRET}")}));
    assert_eq!(server.token.expect("a token").expose_secret(), SECRET);
    assert!(server.url.expect("a URL").expose_secret().ends_with(SECRET));
    let slack: NotificationDestination = read(json!({"config": {"webhook_url": SECRET}}));
    assert_eq!(slack.config.expect("settings").expose()["webhook_url"], SECRET);
}

#[test]
fn requests_send_secret_path_arguments_and_never_show_them() {
    let ping = McpRequest::new("ping");
    let call = McpResponse::call(SECRET, &ping);
    for shown in [format!("{call:?}"), call.path().to_owned(), call.to_curl()] {
        assert!(shown.contains("/mcp/<token>") && !shown.contains(SECRET), "{shown}");
    }
    let token = truto_core::secrecy::SecretString::from(SECRET);
    assert_eq!(call, McpResponse::call(&token, &ping));
    assert_ne!(call, McpResponse::call("another", &ping));
}
