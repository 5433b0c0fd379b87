//! `#[endpoint]` on the wire: requests to routes outside of `/unified/`, and their responses.

use serde_json::{Value, json};
use truto_admin::{
    AccountStatus, CapabilitiesQuery, CapabilityKind, ConnectAccount, IntegratedAccount, LinkToken,
    ListIntegratedAccounts, Region,
};
use truto_core::{Error, Page, Request, endpoint};
use truto_tests::{ACCOUNT_ID, Play, Wire, http, json as play, token_account};

#[endpoint(method = "GET", path = "/proxy/Contact")]
#[endpoint(method = "GET", path = "/proxy/Contact/<id>")]
#[endpoint(method = "PATCH", path = "/proxy/Contact/<id>", body = Value)]
#[endpoint(method = "DELETE", path = "/proxy/Contact/<id>")]
#[endpoint(method = "POST", path = "/proxy/Contact/search", safe = true, body = Value, response = Page<Self>)]
#[endpoint(method = "PUT", path = "/custom/rates/<currency>", name = "set_rate", body = Value, response = Value)]
#[endpoint(method = "GET", path = "/custom/rates", name = "rates", response = Value)]
#[endpoint(method = "GET", path = "/unified-model", name = "models", response = Page<Value>)]
#[derive(Debug, PartialEq, serde::Deserialize)]
pub struct Contact {
    #[serde(rename = "Id")]
    pub id: String,
}

fn line(wire: &Wire) -> String {
    wire.request_line().replace(ACCOUNT_ID, "ID")
}

#[tokio::test]
async fn proxy_and_custom_routes_are_called_on_an_account() {
    async fn sent<T>(request: Request<T>, body: &str) -> (String, String)
    where
        T: truto_core::Output,
    {
        let wire = Wire::start([play(body)]).await;
        request.send(&wire.account()).await.expect("200");
        let whole = wire.requests().remove(0);
        let (_, body) = whole.split_once("\r\n\r\n").expect("a head");
        (line(&wire), body.to_owned())
    }
    let record = r#"{"Id":"a/b"}"#;
    let list = r#"{"result":[{"Id":"1"}],"next_cursor":null}"#;
    let change = json!({"Name": "n"});
    for ((line, body), expected, sent_body) in [
        (
            sent(Contact::list().limit(2), list).await,
            "GET /proxy/Contact?integrated_account_id=ID&limit=2 HTTP/1.1",
            "",
        ),
        (
            sent(Contact::get("a/b"), record).await,
            "GET /proxy/Contact/a%2Fb?integrated_account_id=ID HTTP/1.1",
            "",
        ),
        (
            sent(Contact::update("1", &change), record).await,
            "PATCH /proxy/Contact/1?integrated_account_id=ID HTTP/1.1",
            r#"{"Name":"n"}"#,
        ),
        (
            sent(Contact::delete("1"), record).await,
            "DELETE /proxy/Contact/1?integrated_account_id=ID HTTP/1.1",
            "",
        ),
        (
            sent(Contact::search(&change), list).await,
            "POST /proxy/Contact/search?integrated_account_id=ID HTTP/1.1",
            r#"{"Name":"n"}"#,
        ),
        (
            sent(Contact::set_rate("eur", &json!(1.5)), "{}").await,
            "PUT /custom/rates/eur?integrated_account_id=ID HTTP/1.1",
            "1.5",
        ),
        (
            sent(Contact::rates(), "[1]").await,
            "GET /custom/rates?integrated_account_id=ID HTTP/1.1",
            "",
        ),
    ] {
        assert_eq!((&*line, &*body), (expected, sent_body));
    }
}

/// The number of attempts of a request that always gets a 502, and its error.
async fn attempts<T: truto_core::Output>(request: Request<T>) -> (usize, Error) {
    let wire = Wire::start([http("502 x", &[], "")]).await;
    let error = request.send(&wire.account()).await.err().expect("502");
    (wire.requests().len(), error)
}

#[tokio::test]
async fn retries_follow_the_method() {
    let body = json!({});
    for (sent, repeated, what) in [
        (attempts(Contact::list()).await, true, "GET"),
        (attempts(Contact::delete("1")).await, true, "DELETE"),
        (attempts(Contact::search(&body)).await, true, "a POST that reads"),
        (attempts(Contact::update("1", &body)).await, false, "PATCH"),
        (attempts(Contact::set_rate("1", &body)).await, false, "PUT"),
    ] {
        let (sent, error) = sent;
        assert_eq!(sent, if repeated { 4 } else { 1 }, "{what}");
        let is_write = !matches!(what, "GET" | "a POST that reads");
        assert_eq!(error.may_have_applied(), is_write, "{what}");
    }
}

#[tokio::test]
async fn admin_routes_are_called_with_the_token_alone() {
    let pages = [
        r#"{"results":[{"id":"1","tenant_id":"acme","status":"active","region":"eu"}],"next_cursor":"c"}"#,
        r#"{"result":[{"id":2,"status":"needs_reauth"}],"next_cursor":null}"#,
    ];
    let wire = Wire::start(pages.map(play)).await;
    let token = token_account(wire.builder());
    let accounts =
        IntegratedAccount::list(&ListIntegratedAccounts::default()).limit(1).all(&token).await;
    let accounts = accounts.expect("two pages");
    assert_eq!(accounts.len(), 2);
    assert!(accounts[0].region.as_ref().is_some_and(|region| region.is(&Region::Eu)));
    assert!(accounts[0].is_callable() && !accounts[1].is_callable());
    let status = accounts[1].status.as_ref().and_then(|status| status.known());
    assert_eq!(status, Some(&AccountStatus::NeedsReauth));
    let lines: Vec<String> = wire.requests();
    assert!(lines[0].starts_with("GET /integrated-account?limit=1 HTTP/1.1\r\n"), "{}", lines[0]);
    assert!(
        lines[1].starts_with("GET /integrated-account?limit=1&next_cursor=c HTTP/1.1\r\n"),
        "{}",
        lines[1]
    );

    async fn line_of<T: truto_core::Output>(request: Request<T>, reply: Play) -> String {
        let wire = Wire::start([reply]).await;
        let token = token_account(wire.builder());
        request.send(&token).await.expect("200");
        wire.request_line()
    }
    let kind =
        CapabilitiesQuery { kind: Some(CapabilityKind::Unified), ..CapabilitiesQuery::default() };
    let tenant = ConnectAccount::new("acme").into();
    for (line, expected) in [
        (
            line_of(IntegratedAccount::get(ACCOUNT_ID), play(r#"{"id":"1"}"#)).await,
            "GET /integrated-account/ID HTTP/1.1",
        ),
        (
            line_of(IntegratedAccount::delete(ACCOUNT_ID), http("204 No Content", &[], "")).await,
            "DELETE /integrated-account/ID HTTP/1.1",
        ),
        (
            line_of(
                IntegratedAccount::capabilities(ACCOUNT_ID, &kind),
                play(r#"{"unified":[{"model":"crm","resource":"contacts","methods":"list,get"}]}"#),
            )
            .await,
            "GET /integrated-account/ID/capabilities?type=unified HTTP/1.1",
        ),
        (
            line_of(LinkToken::create(&tenant), play(r#"{"link_token":"t"}"#)).await,
            "POST /link-token HTTP/1.1",
        ),
        (line_of(Contact::models(), play(r#"{"result":[]}"#)).await, "GET /unified-model HTTP/1.1"),
    ] {
        assert_eq!(line.replace(ACCOUNT_ID, "ID"), expected);
    }
}

#[tokio::test]
async fn a_route_on_the_wrong_account_is_refused_before_it_is_sent() {
    let wire = Wire::start([play("{}")]).await;
    let error =
        IntegratedAccount::list(&ListIntegratedAccounts::default()).send(&wire.account()).await;
    let error = error.expect_err("an admin route");
    assert!(error.is_invalid_request());
    assert!(error.to_string().contains("client.token_account()"), "{error}");
    assert_eq!(wire.requests().len(), 0);
}

/// A model with several endpoints of one role.
#[truto_core::unified_endpoint(method = "GET", path = "/unified/crm/notes", query = ListNotes)]
#[truto_core::unified_endpoint(method = "GET", path = "/unified/crm/old-notes", name = "list_old")]
#[truto_core::unified_endpoint(method = "GET", path = "/unified/crm/notes/<id>", name = "find")]
#[truto_core::unified_endpoint(method = "POST", path = "/unified/crm/notes", body = Value)]
#[truto_core::unified_endpoint(method = "PATCH", path = "/unified/crm/notes/<id>", body = Value, query = ListNotes)]
#[truto_core::unified_endpoint(method = "DELETE", path = "/unified/crm/notes/<id>")]
#[derive(Debug, PartialEq, serde::Deserialize)]
pub struct Note {}

#[derive(Debug, Default, serde::Serialize)]
pub struct ListNotes {
    pub owner: Option<String>,
}

#[test]
fn resource_traits_build_the_requests_of_the_inherent_functions() {
    use truto_core::resource::{Create, Delete, Get, List, ListAll, Update};

    fn of_a_list<T: ListAll>() -> (String, Request<Page<T>>) {
        (T::ENDPOINT.to_string(), T::list_all())
    }
    let query = ListNotes { owner: Some("7".into()) };
    let body = json!({"text": "x"});
    assert_eq!(<Note as List>::list(&query), Note::list(&query));
    assert_eq!(<Note as Get>::get(&"a/b", &()), Note::find("a/b"));
    assert_eq!(<Note as Create>::create(&(), &body), Note::create(&body));
    assert_eq!(<Note as Update>::update(&1, &query, &body), Note::update(1, &query, &body));
    assert_eq!(<Note as Delete>::delete(&"1", &()), Note::delete("1"));
    assert_eq!(<Contact as Get>::get(&"1", &()), Contact::get("1"));
    let (endpoint, request) = of_a_list::<Note>();
    assert_eq!(endpoint, "GET /unified/crm/notes");
    assert_eq!(request, Note::list(&ListNotes::default()));
    assert_eq!(of_a_list::<Contact>().1, Contact::list());
    assert_eq!(<Note as Get>::ENDPOINT.path, "/unified/crm/notes/<id>");
}
