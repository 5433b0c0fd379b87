//! Endpoints that are known only at run time.

use http::Method;
use truto_route::{Family, Segment};

use super::{RawRequest, Request};
use crate::endpoint::Role;
use crate::{Endpoint, Output};

static LIST: Endpoint = Endpoint::new(Method::GET, "/unified/<model>/<resource>", Role::List);
static GET: Endpoint = Endpoint::new(Method::GET, "/unified/<model>/<resource>/<id>", Role::Get);
static CREATE: Endpoint = Endpoint::new(Method::POST, "/unified/<model>/<resource>", Role::Create);
static CUSTOM: Endpoint =
    Endpoint::new(Method::POST, "/unified/<model>/<resource>/<id>", Role::Method);
static UPDATE: Endpoint =
    Endpoint::new(Method::PATCH, "/unified/<model>/<resource>/<id>", Role::Update);
static DELETE: Endpoint =
    Endpoint::new(Method::DELETE, "/unified/<model>/<resource>/<id>", Role::Delete);

/// # Endpoints known at run time
impl<O: Output> Request<O> {
    /// A request to an endpoint that is known only at run time, with the checks of a declared one.
    ///
    /// | method | without an id | with an id |
    /// | --- | --- | --- |
    /// | GET | list | get |
    /// | POST | create | custom method, whose name is the id |
    /// | PATCH | - | update |
    /// | DELETE | - | delete |
    ///
    /// You choose the output type: `Value` accepts any JSON, `Page<Value>` adds the parameters and
    /// pagination of lists, `Deleted<Value>` accepts an empty response. [`body`](Self::body) sets a
    /// body. If the method is another one, a model or resource contains characters other than letters,
    /// digits, `-` and `_`, or an id would change the route, `send` returns an error before anything is
    /// sent. [`endpoint`](Self::endpoint) is `/unified/<model>/<resource>` with its placeholders, so
    /// that spans and metrics have few distinct names.
    ///
    /// ```
    /// # truto_sandbox::__doc::run_empty(async |sandbox| {
    /// # use truto_core::{Deleted, Page, Request};
    /// use serde_json::{Value, json};
    ///
    /// # sandbox.insert("ticketing", "tickets", json!({"id": "7", "name": "Printer"}));
    /// # let account = sandbox.account();
    /// let ticket = Request::<Value>::unified("GET", "ticketing", "tickets", "7");
    /// assert_eq!(ticket.send(&account).await?["name"], "Printer");
    ///
    /// let tickets = Request::<Page<Value>>::unified("GET", "ticketing", "tickets", None);
    /// assert_eq!(tickets.limit(10).all(&account).await?.len(), 1);
    ///
    /// let change = Request::<Value>::unified("PATCH", "ticketing", "tickets", "7");
    /// change.body(&json!({"name": "Fixed"})).send(&account).await?;
    ///
    /// let gone = Request::<Deleted<Value>>::unified("DELETE", "ticketing", "tickets", "7");
    /// assert_eq!(gone.send(&account).await?.id(), Some("7"));
    /// # Ok(())
    /// # })
    /// ```
    ///
    /// See [Truto's guide to unified calls](https://truto.one/docs/guides/integrated-accounts/making-api-calls).
    pub fn unified<'a>(
        method: impl TryInto<Method>,
        model: &str,
        resource: &str,
        id: impl Into<Option<&'a str>>,
    ) -> Self {
        Self::from_raw(raw(method.try_into().ok(), model, resource, id.into()))
    }
}

fn raw(method: Option<Method>, model: &str, resource: &str, id: Option<&str>) -> RawRequest {
    // An unreadable method gets the same refusal as one that no unified route has.
    let method = method.unwrap_or(Method::OPTIONS);
    let (endpoint, reason) = match (method.as_str(), id) {
        ("GET", None) => (&LIST, None),
        ("GET", Some(_)) => (&GET, None),
        ("POST", None) => (&CREATE, None),
        ("POST", Some(_)) => (&CUSTOM, None),
        ("PATCH", Some(_)) => (&UPDATE, None),
        ("DELETE", Some(_)) => (&DELETE, None),
        ("PATCH", None) => (&UPDATE, Some("an update needs an id")),
        ("DELETE", None) => (&DELETE, Some("a delete needs an id")),
        ("PUT", _) => (&UPDATE, Some("unified updates are partial: use `PATCH`")),
        _ => (&GET, Some("the method is not GET, POST, PATCH or DELETE")),
    };
    // The path is filled even for a refused request, so that it can be shown.
    let mut raw = match id {
        Some(id) => RawRequest::new(endpoint, &[&model, &resource, &id]),
        None => RawRequest::new(endpoint, &[&model, &resource]),
    };
    if let Some(reason) = reason {
        raw.refuse(reason);
    }
    for (what, segment) in [("model", model), ("resource", resource)] {
        let read = Segment::parse(segment, Family::Unified);
        if !matches!(read, Ok(Segment::Literal(_))) {
            raw.refuse(format!("the {what} must consist of letters, digits, `-` and `_`"));
        }
    }
    raw
}
