//! The page in a real browser: Chromium without a window, driven through the protocol of its driver.
//!
//! Needs `chromedriver` and Chromium (Debian: `chromium chromium-driver`); is skipped without them,
//! unless `CI=true`.

mod common;

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::Running;
use serde_json::{Value, json};

/// One browser; it ends with the value.
struct Browser {
    driver: Child,
    session: String,
    http: reqwest::Client,
}

impl Browser {
    async fn start() -> Option<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let mut browser =
            Self { driver, session: format!("http://127.0.0.1:{port}/session"), http };
        let options = json!({"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]});
        let capabilities = json!({"alwaysMatch": {"goog:chromeOptions": options}});
        for _ in 0..100 {
            let started = browser.try_post("", &json!({"capabilities": capabilities})).await;
            if let Some(id) = started.as_ref().and_then(|started| started["sessionId"].as_str()) {
                browser.session = format!("{}/{id}", browser.session);
                return Some(browser);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        None
    }

    async fn try_post(&self, command: &str, body: &Value) -> Option<Value> {
        let sent = self.http.post(format!("{}{command}", self.session)).json(body).send().await;
        let mut answer: Value = sent.ok()?.json().await.ok()?;
        Some(answer["value"].take())
    }

    async fn open(&self, url: &str) {
        self.try_post("/url", &json!({"url": url})).await.expect("the driver");
    }

    /// The driver's path of the element with an id.
    async fn element(&self, id: &str) -> String {
        for _ in 0..100 {
            let locator = json!({"using": "css selector", "value": format!("#{id}")});
            let found = self.try_post("/element", &locator).await.expect("the driver");
            let element = found.as_object().and_then(|found| found.values().next()?.as_str());
            if let Some(element) = element.filter(|_| found["error"].is_null()) {
                return format!("/element/{element}");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the page has no #{id}");
    }

    async fn click(&self, id: &str) {
        for _ in 0..100 {
            let click = format!("{}/click", self.element(id).await);
            let clicked = self.try_post(&click, &json!({})).await.expect("the driver");
            if clicked.is_null() {
                return;
            }
            // Not shown yet.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("#{id} cannot be clicked");
    }

    /// Waits until an element has this text.
    async fn until_text(&self, id: &str, expected: &str) {
        let mut last = String::new();
        for _ in 0..100 {
            let url = format!("{}{}/text", self.session, self.element(id).await);
            if let Ok(text) = self.http.get(url).send().await {
                let text: Value = text.json().await.unwrap_or_default();
                text["value"].as_str().unwrap_or_default().clone_into(&mut last);
                if last == expected {
                    return;
                }
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("#{id} shows {last:?}, not {expected:?}");
    }

    async fn close(self) {
        let _ = self.http.delete(&self.session).send().await;
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

#[tokio::test]
async fn a_customer_clicks_through_connecting_and_reconnecting() {
    let Some(browser) = Browser::start().await else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "no chromedriver");
        eprintln!("skipped: no chromedriver (Debian: `chromium chromium-driver`)");
        return;
    };
    let service = Running::start().await;
    browser.open(&service.url).await;
    browser.click("connect").await;
    browser.click("allow").await;
    browser.until_text("status", "acme: ready, 250 contacts").await;

    let account = service.sandbox.account_named("acme");
    let event = json!({"event": "integrated_account:authentication_error", "payload": {"id": account.id()}});
    service.sandbox.update_account(&account, &json!({"status": "needs_reauth"}));
    service.sandbox.deliver(&event).await.expect("delivered");
    browser.until_text("status", "acme: needs_reauth, 250 contacts").await;
    browser.click("reconnect").await;
    browser.click("allow").await;
    browser.until_text("status", "acme: ready, 250 contacts").await;
    browser.close().await;
}
