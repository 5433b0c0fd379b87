//! A batch on a socket that responds as Truto documents: it returns records of a provider's resource only
//! if the part asks for them with `persist`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use truto_admin::Batch;
use truto_core::{Client, Id, endpoint, unified_endpoint};

#[unified_endpoint(method = "GET", path = "/unified/crm/contacts")]
#[derive(Debug, PartialEq, Deserialize)]
struct Contact {
    id: Id,
}

#[endpoint(method = "GET", path = "/proxy/Deal")]
#[derive(Debug, PartialEq, Deserialize)]
struct Deal {
    id: Id,
}

async fn read(socket: &mut TcpStream) -> (String, Value) {
    let mut received = Vec::new();
    loop {
        let end = received.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8(received[..end].to_vec()).expect("text");
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            let length: usize = length.expect("a length");
            if received.len() == end + 4 + length {
                return (head, serde_json::from_slice(&received[end + 4..]).expect("JSON"));
            }
        }
        let mut buffer = [0; 4096];
        let count = socket.read(&mut buffer).await.expect("bytes");
        assert!(count > 0, "the request was cut");
        received.extend_from_slice(&buffer[..count]);
    }
}

fn answer(batch: &Value) -> Value {
    let mut result = BTreeMap::new();
    for part in batch["resources"].as_array().expect("parts") {
        let resource = part["resource"].as_str().expect("a resource");
        let is_unified = resource.contains('/');
        if is_unified || part["persist"] == true {
            result.insert(resource, json!([{"id": resource}]));
        }
    }
    json!({"result": result, "errors": {}})
}

#[tokio::test]
async fn a_documented_server_returns_what_was_asked_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.expect("a connection");
        let (head, batch) = read(&mut socket).await;
        let body = answer(&batch).to_string();
        let head_of_answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        socket.write_all((head_of_answer + &body).as_bytes()).await.expect("sent");
        head
    });
    let client = Client::builder().token("a-long-token").base_url(format!("http://{address}"));
    let client = client.build().expect("a client");

    let mut batch = Batch::new("62f44730-dd91-461e-bd6a-aedd9e0ad79d");
    let contacts = batch.part("contacts", &Contact::list()).add().expect("a part");
    let deals = batch.part("deals", &Deal::list()).add().expect("a part");
    let results = batch.send(&client.token_account()).await.expect("results");

    assert_eq!(results.list(&contacts).expect("records"), [Contact { id: "crm/contacts".into() }]);
    assert_eq!(results.list(&deals).expect("records"), [Deal { id: "Deal".into() }]);
    let head = server.await.expect("the server");
    assert!(head.starts_with("POST /batch-request HTTP/1.1\r\n"), "{head}");
}
