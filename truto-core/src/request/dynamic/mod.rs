//! Endpoints that are known only at run time.

mod at;
mod unified;

use std::fmt::Display;

use http::Method;

use super::Request;
use crate::Output;

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
    /// body. If the method is not in the table, a model or resource contains characters other than
    /// letters, digits, `-` and `_`, or an id would change the route, `send` returns an error before
    /// anything is sent. The path of [`endpoint`](Self::endpoint) is the template
    /// `/unified/<model>/<resource>`, with `/<id>` if there is an id, so that spans and metrics have few
    /// distinct names.
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
        Self::from_raw(unified::raw(method.try_into().ok(), model, resource, id.into()))
    }

    /// A request to any route of Truto, with the checks of a declared endpoint.
    ///
    /// `template` is the path with its placeholders, which `arguments` fill in order. Routes under
    /// `/unified/`, `/proxy/` and `/custom/` are called on an account. All others involve no
    /// account; call them on [`Client::token_account`](crate::Client::token_account). A segment consists
    /// of letters, digits, `-` and `_`, or is a placeholder such as `<id>`, whose argument is sent as
    /// one encoded segment. Under `/proxy/` and `/custom/`, a segment may also contain `.` and `:`, a
    /// placeholder may have a suffix (`<id>:batchUpdate`, `<id>.json`), and the last segment may be
    /// `<path..>`, an argument of several segments. Each segment of that argument is encoded; an empty
    /// segment, `.` and `..` are refused. If the template is invalid, the number of arguments is wrong, or a
    /// PUT is not under `/custom/`, `send` returns an error before anything is sent.
    ///
    /// ```
    /// use serde_json::Value;
    /// use truto_core::{Page, Request};
    ///
    /// let accounts = Request::<Page<Value>>::at("GET", "/integrated-account", &[]);
    /// assert_eq!(accounts.limit(100).query_string(), "limit=100");
    ///
    /// let contact = Request::<Value>::at("GET", "/proxy/Contact/<id>", &[&"a/b"]);
    /// assert_eq!(contact.path(), "/proxy/Contact/a%2Fb");
    ///
    /// let sheet = Request::<Value>::at("POST", "/custom/v4/spreadsheets/<id>:batchUpdate", &[&7]);
    /// assert_eq!(sheet.path(), "/custom/v4/spreadsheets/7:batchUpdate");
    ///
    /// let drive = Request::<Value>::at("GET", "/custom/v1.0/<path..>", &[&"me/drive/a b.txt"]);
    /// assert_eq!(drive.path(), "/custom/v1.0/me/drive/a%20b.txt");
    /// ```
    ///
    /// See [Truto's API reference](https://truto.one/docs/api-reference/overview/introduction).
    pub fn at(
        method: impl TryInto<Method>,
        template: &'static str,
        arguments: &[&dyn Display],
    ) -> Self {
        Self::from_raw(at::raw(method.try_into().ok(), template, arguments))
    }
}
