//! A request without its output type.

use std::fmt::{Display, Write};
use std::sync::Arc;

use http::header;
use serde::Serialize;

use super::masked::Masked;
use super::options::{Format, Options};
use crate::Endpoint;
use crate::encode::query::{self, Namespace};
use crate::encode::{EncodedBody, push_encoded, push_segment, push_segments};

/// The capacity reserved for the query after the path, so that most requests need one allocation.
const QUERY_ROOM: usize = 160;

/// [`Request::max_empty_pages`](crate::Request::max_empty_pages), if it is not set.
const MAX_EMPTY_PAGES: u32 = 1_000;

/// All of a request but its output type.
#[derive(Clone, PartialEq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a parameter of its own")]
pub(crate) struct RawRequest {
    pub(crate) endpoint: &'static Endpoint,
    /// The encoded path, then the encoded pairs in the order of the calls, each preceded by `&`.
    target: String,
    path_len: usize,
    /// For an endpoint with secret arguments.
    pub(crate) masked: Option<Arc<Masked>>,
    pub(crate) format: Format,
    pub(crate) ignore_remote_data: bool,
    pub(crate) body_passthrough: bool,
    pub(crate) ignore_limit: bool,
    pub(crate) prefetch: bool,
    pub(crate) max_pages: Option<u32>,
    pub(crate) max_empty_pages: u32,
    limit: Option<u32>,
    own_query: OwnQuery,
    pub(crate) body: Option<EncodedBody>,
    /// Rarely used settings.
    pub(crate) options: Option<Box<Options>>,
    /// The first reason why this cannot be sent.
    pub(crate) invalid: Option<Arc<str>>,
}

/// True once the endpoint's own query was written, which may contain parameters that have a setter.
/// Equality ignores it, since the bytes on the wire do not depend on it.
#[derive(Debug, Clone, Copy)]
struct OwnQuery(bool);

impl PartialEq for OwnQuery {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl RawRequest {
    /// A request without query and body: the template with its placeholders filled in order.
    pub(crate) fn new(endpoint: &'static Endpoint, arguments: &[&dyn Display]) -> Self {
        let mut raw = Self {
            endpoint,
            target: String::new(),
            path_len: 0,
            masked: None,
            format: Format::Unified,
            ignore_remote_data: false,
            body_passthrough: false,
            ignore_limit: false,
            prefetch: false,
            max_pages: None,
            max_empty_pages: MAX_EMPTY_PAGES,
            limit: None,
            own_query: OwnQuery(false),
            body: None,
            options: None,
            invalid: None,
        };
        raw.masked = Masked::new(endpoint, arguments).map(Arc::new);
        let invalid;
        (raw.target, invalid) = Self::filled(endpoint, arguments, false);
        raw.path_len = raw.target.len();
        if let Some(reason) = invalid {
            raw.refuse(reason);
        }
        raw
    }

    /// The template with its placeholders filled in order, and the reason why it cannot be sent.
    /// If it is `shown`, secret arguments appear as their placeholders.
    pub(super) fn filled(
        endpoint: &Endpoint,
        arguments: &[&dyn Display],
        shown: bool,
    ) -> (String, Option<String>) {
        let template = endpoint.path;
        let mut target = String::with_capacity(template.len() + QUERY_ROOM);
        let mut invalid = None;
        let mut arguments = arguments.iter().enumerate();
        let mut rest = template;
        while let Some((literal, after)) = rest.split_once('<') {
            // No declared template has an unclosed placeholder, and `Request::at` refuses one.
            let (name, after) = after.split_once('>').unwrap_or((after, ""));
            target.push_str(literal);
            if let Some((position, argument)) = arguments.next() {
                if shown && endpoint.secret.contains(&position) {
                    target.extend(["<", name, ">"]);
                } else {
                    let written = if name.ends_with("..") {
                        push_segments(&mut target, *argument)
                    } else {
                        push_segment(&mut target, *argument)
                    };
                    if let Err(error) = written {
                        invalid
                            .get_or_insert_with(|| format!("the path argument `{name}` {error}"));
                    }
                }
            }
            rest = after;
        }
        target.push_str(rest);
        (target, invalid)
    }

    /// The path as it is sent.
    pub(crate) fn sent_path(&self) -> &str {
        &self.target[..self.path_len]
    }

    /// The path as it is shown: with placeholders for secret arguments.
    pub(crate) fn path(&self) -> &str {
        self.masked.as_deref().map_or_else(|| self.sent_path(), |masked| &masked.path)
    }

    /// True if the response may be wrapped in `{"result": …}`, as those of custom methods are.
    pub(crate) fn may_be_wrapped(&self) -> bool {
        self.endpoint.may_be_wrapped()
            && matches!(self.format, Format::Unified | Format::Normalized | Format::Debug)
    }

    /// Stores the reason why this cannot be sent; the first one is kept.
    pub(crate) fn refuse(&mut self, reason: impl Into<String>) {
        self.invalid.get_or_insert_with(|| reason.into().into());
    }

    pub(crate) fn options_mut(&mut self) -> &mut Options {
        self.options.get_or_insert_default()
    }

    /// Adds a pair whose name is already encoded.
    pub(crate) fn push_pair(&mut self, name: &str, value: &str) {
        write_pair(&mut self.target, name, value);
    }

    pub(crate) fn push_query<T: Serialize + ?Sized>(&mut self, scope: Namespace, value: &T) {
        let start = self.target.len();
        let written = query::append(&mut self.target, scope, value);
        // `()`, of an endpoint without a query, writes nothing.
        self.own_query.0 |= scope == Namespace::Endpoint && self.target.len() > start;
        if let Err(error) = written {
            // A query that failed halfway must not be shown as if it were sent.
            self.target.truncate(start);
            let of = match scope {
                Namespace::Endpoint => "query",
                Namespace::Remote => "remote query",
            };
            self.refuse(format!("the {of} cannot be written: {error}"));
        }
        self.settle();
    }

    pub(crate) fn set_body(&mut self, body: Result<EncodedBody, String>) {
        match body {
            Ok(body) => {
                self.body = Some(body);
                self.check_content_type();
            }
            Err(reason) => self.refuse(reason),
        }
    }

    /// Refuses the caller's own `Content-Type` for a form: it would lack the boundary between the parts.
    pub(crate) fn check_content_type(&mut self) {
        let is_form = self.body.as_ref().is_some_and(EncodedBody::is_form);
        let options = self.options.as_deref();
        if is_form && options.is_some_and(|own| own.headers.contains_key(header::CONTENT_TYPE)) {
            self.refuse(
                "the header `content-type` of a form is set by `Upload::form()`, which chooses the \
                 boundary of its parts",
            );
        }
    }

    pub(crate) fn set_limit(&mut self, limit: u32) {
        self.limit = Some(limit);
        self.settle();
    }

    pub(crate) fn set_next_cursor(&mut self, cursor: Option<String>) {
        query::remove_pairs(&mut self.target, self.path_len, |name| name == "next_cursor");
        self.options_mut().next_cursor = cursor;
    }

    /// The cursor of the first page, from the setter or from the query.
    pub(crate) fn next_cursor(&self) -> Option<String> {
        let set = self.options.as_ref().and_then(|options| options.next_cursor.clone());
        set.or_else(|| query::value_of(&self.target[self.path_len..], "next_cursor"))
            .filter(|cursor| !cursor.is_empty())
    }

    /// Keeps one pair per parameter that has a setter, regardless of the order in which the methods were
    /// called: a setter takes precedence over a query.
    pub(crate) fn settle(&mut self) {
        if !self.own_query.0 {
            return;
        }
        let limit = self.limit.is_some();
        let set = self.settings().map(|(name, value)| value.and(Some(name)));
        query::remove_pairs(&mut self.target, self.path_len, |name| {
            set.contains(&Some(name)) || (limit && name == "limit")
        });
    }

    /// The names and values that have setters, in the order in which they are sent.
    fn settings(&self) -> [(&'static str, Option<&str>); 7] {
        let options = self.options.as_deref();
        let flag = |set: bool| set.then_some("true");
        [
            ("truto_response_format", self.format.wire()),
            ("truto_ignore_remote_data", flag(self.ignore_remote_data)),
            ("truto_body_passthrough", flag(self.body_passthrough)),
            ("truto_ignore_limit", flag(self.ignore_limit)),
            ("truto_key_by", options.and_then(|options| options.key_by.as_deref())),
            ("truto_super_query", options.and_then(|options| options.super_query.as_deref())),
            ("next_cursor", options.and_then(|options| options.next_cursor.as_deref())),
        ]
    }

    /// Appends the whole query except for the account, each pair preceded by `&`.
    pub(crate) fn write_query(&self, out: &mut String) {
        out.push_str(&self.target[self.path_len..]);
        if let Some(limit) = self.limit {
            // Writing to a string cannot fail.
            let _ = write!(out, "&limit={limit}");
        }
        for (name, value) in self.settings() {
            if let Some(value) = value {
                write_pair(out, name, value);
            }
        }
    }

    /// The bytes that [`write_query`](Self::write_query) needs, or a few more, before encoding.
    pub(crate) fn query_len(&self) -> usize {
        let settings: usize = self
            .settings()
            .iter()
            .filter_map(|(name, value)| Some(name.len() + (*value)?.len() + 2))
            .sum();
        // 24 bytes are enough for `&limit=4294967295`.
        self.target.len() - self.path_len + settings + 24
    }
}

fn write_pair(out: &mut String, name: &str, value: &str) {
    out.push('&');
    out.push_str(name);
    out.push('=');
    push_encoded(out, value);
}
