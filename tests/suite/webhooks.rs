//! The receiver of the example `webhook`, over HTTP.

use std::time::SystemTime;

use jiff::Timestamp;
use tokio::sync::mpsc::{self, Receiver};
use truto_core::reqwest;
use truto_core::webhooks::{Event, EventKind, SIGNATURE_HEADER, sign};
use truto_examples::webhook::router;

const SECRET: &str = "6e17561c-a20c-44ce-b8b5-caff0bf786fe";

async fn start(capacity: usize) -> (String, Receiver<Event>) {
    let (queue, events) = mpsc::channel(capacity);
    let app = router(SECRET, queue);
    let (address, served) = truto_examples::webhook::serve(app, 0).await.expect("a port");
    tokio::spawn(served);
    (format!("http://{address}/webhook"), events)
}

async fn deliver(url: &str, signature: Option<String>, content_type: &str, body: String) -> u16 {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut request = client.post(url).header("content-type", content_type).body(body);
    if let Some(signature) = signature {
        request = request.header(SIGNATURE_HEADER, signature);
    }
    request.send().await.expect("a response").status().as_u16()
}

async fn signed(url: &str, body: &str) -> u16 {
    let signature = sign(SECRET, body.as_bytes()).expect("a secret");
    deliver(url, Some(signature), "application/json", body.to_owned()).await
}

fn event(id: &str, created_at: &str) -> String {
    format!(
        r#"{{"id":"{id}","event":"record:updated","payload":{{"id":"7"}},"created_at":"{created_at}"}}"#
    )
}

#[tokio::test]
async fn an_event_is_queued_once_and_the_response_does_not_wait_for_it() {
    let (url, mut events) = start(10).await;
    let now = Timestamp::now();
    let iso = event("1", &now.to_string());
    let other = now.strftime("%Y-%m-%d %H:%M:%S").to_string();
    assert_eq!(signed(&url, &iso).await, 200);
    // Sent again, as Truto does when a response is late.
    assert_eq!(signed(&url, &iso).await, 200);
    assert_eq!(signed(&url, &event("2", &other)).await, 200);
    let form = format!(
        "--b\r\nContent-Disposition: form-data; name=\"event\"\r\n\r\n{}\r\n\
         --b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\n\r\nhello\r\n--b--\r\n",
        event("3", &other)
    );
    let signature = sign(SECRET, form.as_bytes()).expect("a secret");
    let form = deliver(&url, Some(signature), "multipart/form-data; boundary=b", form).await;
    assert_eq!(form, 200);

    let mut ids = Vec::new();
    let mut parts = 0;
    while let Ok(event) = events.try_recv() {
        assert_eq!(event.kind(), EventKind::Record);
        assert!(event.created_at().is_some_and(|at| at <= SystemTime::now()));
        parts += event.parts.len();
        ids.push(event.id.map(|id| id.to_string()));
    }
    assert_eq!(ids, ["1", "2", "3"].map(|id| Some(id.to_owned())));
    assert_eq!(parts, 1);
}

#[tokio::test]
async fn events_without_signature_or_age_are_refused() {
    let (url, mut events) = start(10).await;
    let now = Timestamp::now().to_string();
    let body = event("1", &now);
    let json = "application/json";
    let other = sign("another", body.as_bytes()).expect("a secret");
    assert_eq!(deliver(&url, None, json, body.clone()).await, 401);
    assert_eq!(deliver(&url, Some(other), json, body.clone()).await, 401);
    let changed = sign(SECRET, body.as_bytes()).expect("a secret");
    assert_eq!(deliver(&url, Some(changed), json, body.replace('7', "8")).await, 401);
    assert_eq!(signed(&url, "{}").await, 400);
    assert_eq!(signed(&url, &event("1", "2024-09-10 12:00:00")).await, 400);
    assert_eq!(signed(&url, &event("1", "soon")).await, 400);
    assert!(events.try_recv().is_err());
}

#[tokio::test]
async fn a_full_queue_makes_truto_deliver_again() {
    let (url, mut events) = start(1).await;
    let now = Timestamp::now().to_string();
    assert_eq!(signed(&url, &event("1", &now)).await, 200);
    assert_eq!(signed(&url, &event("2", &now)).await, 503);
    assert!(events.recv().await.is_some());
    assert_eq!(signed(&url, &event("2", &now)).await, 200);
}
