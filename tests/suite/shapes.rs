//! Every endpoint shape over a real socket: lists, writes, custom methods, formats.

use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use truto_core::{ByteStream, Page, Request, unified_endpoint};
use truto_tests::{Play, Wire, http, idempotency_key, json as play};

#[unified_endpoint(method = "GET", path = "/unified/m/r")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
#[unified_endpoint(method = "POST", path = "/unified/m/r", body = Body)]
#[unified_endpoint(method = "PATCH", path = "/unified/m/r/<id>", body = Body)]
#[unified_endpoint(method = "POST", path = "/unified/m/r/move-stage")]
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Record {
    pub id: Option<u64>,
}

#[derive(Debug, Default, Serialize)]
pub struct Body {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub a: Option<Option<u8>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b: Option<u8>,
}

fn queries(wire: &Wire) -> Vec<String> {
    wire.requests()
        .iter()
        .map(|request| {
            let line = request.lines().next().unwrap_or_default();
            let (_, query) = line.split_once("aedd9e0ad79d").expect("the account");
            query.trim_end_matches(" HTTP/1.1").to_owned()
        })
        .collect()
}

fn page(ids: &[u64], cursor: &str) -> Play {
    let result: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
    play(&json!({"result": result, "next_cursor": cursor}).to_string())
}

fn ids(records: &[Record]) -> Vec<u64> {
    records.iter().filter_map(|record| record.id).collect()
}

#[tokio::test]
async fn pagination_follows_cursors_to_the_end() {
    for last in [
        r#"{"result":[{"id":4}],"next_cursor":null}"#,
        r#"{"result":[{"id":4}],"next_cursor":""}"#,
        r#"{"result":[{"id":4}]}"#,
    ] {
        let plays = [page(&[1, 2], "a+/="), page(&[], "b"), page(&[3], "c"), play(last)];
        let wire = Wire::start(plays).await;
        let records = Record::list().limit(2).all(&wire.account()).await;
        assert_eq!(ids(&records.expect("all records")), [1, 2, 3, 4]);
        assert_eq!(
            queries(&wire),
            [
                "&limit=2",
                "&limit=2&next_cursor=a%2B%2F%3D",
                "&limit=2&next_cursor=b",
                "&limit=2&next_cursor=c"
            ]
        );
    }
}

#[tokio::test]
async fn pagination_is_lazy_and_static_and_stays_at_its_end() {
    fn anywhere<T: Send + 'static>(value: T) -> T {
        value
    }
    let wire = Wire::start([page(&[1], "x"), play(r#"{"result":[{"id":2}]}"#)]).await;
    let items = anywhere(Record::list().items(&wire.account()));
    drop(anywhere(Record::list().pages(&wire.account())));
    assert_eq!(wire.requests().len(), 0);
    let mut items = pin!(items);
    assert_eq!(items.next().await.expect("one").expect("200").id, Some(1));
    assert_eq!(wire.requests().len(), 1);
    assert_eq!(items.next().await.expect("two").expect("200").id, Some(2));
    assert!(items.next().await.is_none());
    assert_eq!(wire.requests().len(), 2);
}

#[tokio::test]
async fn a_cursor_that_comes_back_is_a_loop() {
    let wire = Wire::start([page(&[1], "a"), page(&[2], "b"), page(&[3], "a")]).await;
    let mut pages = pin!(Record::list().pages(&wire.account()));
    for id in 1..=3 {
        let page = pages.next().await.expect("a page").expect("200");
        assert_eq!(ids(&page.result), [id]);
    }
    let error = pages.next().await.expect("an end").expect_err("a loop");
    assert!(error.is_pagination_loop());
    assert_eq!(error.next_cursor(), Some("a"));
    assert!(pages.next().await.is_none());
    assert_eq!(wire.requests().len(), 3);

    let wire = Wire::start([page(&[1], "start")]).await;
    let account = wire.account();
    let all = Record::list().next_cursor("start").all(&account);
    assert!(all.await.expect_err("a loop").is_pagination_loop());
    assert_eq!(wire.requests().len(), 1);
}

#[tokio::test]
async fn a_cursor_of_another_kind_is_an_error_after_its_records() {
    for cursor in [r#"{"after":"x"}"#, r#"["x"]"#, "true"] {
        let odd = play(&format!(r#"{{"result":[{{"id":2}}],"next_cursor":{cursor}}}"#));
        for prefetch in [false, true] {
            let wire = Wire::start([page(&[1], "here"), odd.clone()]).await;
            let account = wire.account();
            let list = || if prefetch { Record::list().prefetch() } else { Record::list() };
            let mut items = list().items(&account);
            for id in [1, 2] {
                assert_eq!(items.next().await.expect("one").expect("200").id, Some(id));
            }
            let error = items.next().await.expect("an end").expect_err(cursor);
            assert!(error.is_decode() && error.to_string().contains("`next_cursor`"), "{error}");
            assert_eq!(error.next_cursor(), Some("here"), "where that page began");
            assert!(items.next().await.is_none());
        }
        let wire = Wire::start([odd]).await;
        let account = wire.account();
        assert!(Record::list().all(&account).await.is_err_and(|error| error.is_decode()));
        let error = Record::list().send(&account).await.expect_err(cursor);
        assert!(error.is_decode() && error.to_string().contains("next_cursor"), "{error}");
    }
}

#[tokio::test]
async fn pagination_resumes_after_a_failure() {
    let plays =
        [page(&[1], "here"), http("400 Bad Request", &[], "{}"), play(r#"{"result":[{"id":2}]}"#)];
    let wire = Wire::start(plays).await;
    let mut items = pin!(Record::list().items(&wire.account()));
    assert!(items.next().await.expect("one").is_ok());
    let error = items.next().await.expect("an error").expect_err("400");
    assert!(items.next().await.is_none());
    assert!(!format!("{error} {error:?}").contains("here"));
    let cursor = error.next_cursor().expect("a cursor");
    let rest = Record::list().next_cursor(cursor).all(&wire.account()).await;
    assert_eq!(ids(&rest.expect("the rest")), [2]);
    assert_eq!(queries(&wire), ["", "&next_cursor=here", "&next_cursor=here"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prefetch_overlaps_a_slow_server_with_a_slow_consumer() {
    const PAUSE: Duration = Duration::from_millis(150);
    async fn read_all(prefetch: bool) -> (Duration, Vec<u64>) {
        let sandbox = truto_sandbox::Sandbox::start().await.expect("a sandbox");
        for id in 0..6 {
            sandbox.insert("m", "r", json!({"id": id}));
            sandbox.fail_next(truto_sandbox::Fault::delay(PAUSE));
        }
        let request = Record::list().limit(1);
        let request = if prefetch { request.prefetch() } else { request };
        let started = Instant::now();
        let mut items = pin!(request.items(&sandbox.account()));
        let mut seen = Vec::new();
        while let Some(record) = items.next().await {
            seen.extend(record.expect("200").id);
            tokio::time::sleep(PAUSE).await;
        }
        (started.elapsed(), seen)
    }
    let (alone, first) = read_all(false).await;
    let (overlapped, second) = read_all(true).await;
    assert_eq!(first, second);
    // Six pauses of the server and six of the consumer, sequential or concurrent.
    assert!(overlapped < alone.mul_f64(0.85), "{overlapped:?} against {alone:?}");
}

#[tokio::test]
async fn list_parameters_stay_with_other_formats() {
    let keyed = r#"{"result":{"a":{"id":1}},"next_cursor":"n"}"#;
    let wire = Wire::start([play(keyed)]).await;
    let page = Record::list()
        .ignore_limit()
        .super_query("apac")
        .key_by("id")
        .send(&wire.account())
        .await
        .expect("a keyed page");
    assert_eq!(page.result["a"].id, Some(1));
    assert_eq!(page.next_cursor.as_deref(), Some("n"));
    assert_eq!(queries(&wire), ["&truto_ignore_limit=true&truto_key_by=id&truto_super_query=apac"]);

    let wire = Wire::start([play("[18446744073709551615,-9223372036854775808]")]).await;
    let raw: Value = Record::list().limit(7).raw().send(&wire.account()).await.expect("200");
    assert_eq!(raw[0].as_u64(), Some(u64::MAX));
    assert_eq!(raw[1].as_i64(), Some(i64::MIN));
    assert_eq!(queries(&wire), ["&limit=7&truto_response_format=raw"]);

    let wire = Wire::start([play(r#"{"result":[{"id":1}],"debug":{"resultCount":1}}"#)]).await;
    let debug = Record::list().debug().send(&wire.account()).await.expect("200");
    assert_eq!(ids(&debug.result.result), [1]);
    assert_eq!(debug.debug.expect("debug")["resultCount"], 1);
    let wire = Wire::start([play(
        r#"{"result":{"result":[{"id":9007199254740993}],"next_cursor":"n"},"debug":null}"#,
    )])
    .await;
    let debug = Record::list().debug().send(&wire.account()).await.expect("200");
    assert_eq!(ids(&debug.result.result), [9_007_199_254_740_993]);
    assert_eq!(debug.debug, None);
}

#[tokio::test]
async fn setters_take_precedence_over_query_structs() {
    let wire = Wire::start([page(&[1], "b"), play(r#"{"result":[]}"#)]).await;
    let query = json!({"limit": 5, "next_cursor": "a", "other": 1});
    let account = wire.account();
    let all = Record::list().query(&query).limit(6).all(&account);
    assert_eq!(ids(&all.await.expect("all records")), [1]);
    assert_eq!(
        queries(&wire),
        ["&next_cursor=a&other=1&limit=6", "&other=1&limit=6&next_cursor=b"]
    );
}

#[tokio::test]
async fn bodies_are_json_and_keep_explicit_nulls() {
    let wire = Wire::start([play(r#"{"id":1}"#)]).await;
    let account = wire.account();
    let body = Body { a: Some(None), b: None };
    Record::create(&body).send(&account).await.expect("200");
    let body = Body { a: None, b: Some(7) };
    Record::update("x", &body).send(&account).await.expect("200");
    let requests = wire.requests();
    assert!(requests[0].starts_with("POST /unified/m/r?"));
    assert!(requests[0].ends_with("\r\n\r\n{\"a\":null}"), "{}", requests[0]);
    assert!(requests[1].starts_with("PATCH /unified/m/r/x?"));
    assert!(requests[1].ends_with("\r\n\r\n{\"b\":7}"));
    let keys = [&requests[0], &requests[1]].map(|request| idempotency_key(request));
    assert!(keys[0].is_some() && keys[1].is_some() && keys[0] != keys[1], "{keys:?}");
    for request in &requests {
        assert!(request.contains("\r\ncontent-type: application/json\r\n"));
    }
}

#[tokio::test]
async fn custom_methods_respond_bare_or_wrapped() {
    for body in [r#"{"id":1}"#, r#"{"result":{"id":1}}"#] {
        let wire = Wire::start([play(body)]).await;
        let record = Record::move_stage().send(&wire.account()).await;
        assert_eq!(record.expect("200").id, Some(1), "{body}");
    }
    let wire = Wire::start([play(r#"{"result":{"id":"private"}}"#)]).await;
    let error = Record::move_stage().send(&wire.account()).await;
    let error = error.expect_err("a wrong type").to_string();
    assert!(error.contains("at `id` (inside `result`)"), "{error}");
    assert!(!error.contains("private"));
    // One that is known at run time only is one, too; a record of the same path is not.
    for (method, expected) in [("POST", json!({"id": 1})), ("GET", json!({"result": {"id": 1}}))] {
        let wire = Wire::start([play(r#"{"result":{"id":1}}"#)]).await;
        let request = Request::<Value>::unified(method, "m", "r", "move-stage");
        let body = request.send(&wire.account()).await.expect("200");
        assert_eq!(body, expected, "{method}");
    }
    // A type with its own field `result` takes the whole body, and so does a raw response.
    #[derive(Debug, Deserialize)]
    struct Own {
        result: u8,
    }
    let wire = Wire::start([play(r#"{"result":7}"#)]).await;
    let own: Own = Record::move_stage().raw_as().send(&wire.account()).await.expect("200");
    assert_eq!(own.result, 7);
}

#[test]
fn the_response_format_selects_the_type() {
    let _: Request<Page<Record>> = Record::list().normalized();
    let _: Request<Value> = Record::list().raw();
    let _: Request<Record> = Record::list().raw_as::<Record>();
    let _: Request<truto_core::WithDebug<Page<Record>>> = Record::list().debug();
    let _: Request<ByteStream> = Record::list().stream();
    let _: Request<truto_core::KeyedPage<Record>> = Record::list().key_by("id");
}
