//! The service with its sandbox, and an HTTP client that follows no redirect.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::sync::Arc;
use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode, redirect};
use serde_json::Value;
use tokio::net::TcpListener;
use truto_example_service::{App, Config, demo, router};
use truto_sandbox::Sandbox;

pub(crate) struct Running {
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) app: App,
    pub(crate) url: String,
    http: reqwest::Client,
}

impl Running {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let sandbox = Arc::new(Sandbox::start().await.expect("a sandbox"));
        demo::seed(&sandbox);
        let client = sandbox.client();
        let secret = demo::webhook(&client, &format!("{url}/webhook")).await.expect("a webhook");
        let config = Config { webhook_secret: secret, connect_page: "/demo/connect".to_owned() };
        let app = App::start(client, config);
        let routes = router(app.clone()).merge(demo::router(Arc::clone(&sandbox)));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let http = reqwest::Client::builder().redirect(redirect::Policy::none());
        let http = http.no_proxy().build().expect("a client");
        Self { sandbox, app, url, http }
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.http.get(format!("{}{path}", self.url)).send().await.expect("a response")
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.url))
    }

    /// A customer clicks through both pages.
    pub(crate) async fn connect(&self, tenant: &str) {
        let form = format!("tenant={tenant}");
        let link = self.post("/connect").body(form);
        let link = link.header("content-type", "application/x-www-form-urlencoded").send().await;
        self.allow(&link.expect("a response")).await;
    }

    /// The customer allows what a redirect to the link's page asks for.
    pub(crate) async fn allow(&self, link: &Response) {
        assert_eq!(link.status(), StatusCode::SEE_OTHER);
        assert_eq!(link.headers()["cache-control"], "no-store");
        let target = link.headers()["location"].to_str().expect("a URL").to_owned();
        assert_eq!(self.get(&target).await.status(), StatusCode::OK);
        let (page, query) = target.split_once('?').expect("a link token");
        let allowed = self.post(page).body(query.to_owned());
        let allowed = allowed.header("content-type", "application/x-www-form-urlencoded");
        let allowed = allowed.send().await.expect("a response");
        assert_eq!(allowed.status(), StatusCode::SEE_OTHER);
    }

    /// Waits until a route answers with this JSON.
    pub(crate) async fn until(&self, path: &str, expected: &Value) {
        let mut last = Value::Null;
        for _ in 0..400 {
            last = self.get(path).await.json().await.unwrap_or_default();
            if last == *expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{path}: {last}");
    }

    /// Waits until a route answers with this status.
    pub(crate) async fn until_status(&self, path: &str, expected: StatusCode) {
        for _ in 0..400 {
            if self.get(path).await.status() == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{path} never answered {expected}");
    }
}
