//! One part of a batch, in Truto's form.

use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::Value;
use truto_core::Request;

use super::BatchError;
use super::reference::{Expanded, References, one_parent};

/// One entry of `resources`.
#[derive(Serialize)]
pub(super) struct Call {
    pub(super) name: String,
    /// `model/resource` of a unified model, or a resource of the provider.
    pub(super) resource: String,
    method: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) depends_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) loop_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) recurse: Option<Recurse>,
    /// Without it, Truto runs a part that calls a provider's own resource but returns none of its records.
    pub(super) persist: bool,
}

/// Settings to call a part again with its results.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Recurse {
    /// A JSONata expression; the part is called again while it is true.
    #[serde(rename = "if", skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The id and the query of the further calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<RecurseConfig>,
}

/// The id and the query of further calls; see [`Recurse`].
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RecurseConfig {
    /// The id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The query: an object, or a string with a JSONata expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<Value>,
}

/// The deepest nesting of a query.
const MAX_DEPTH: usize = 64;

impl Call {
    pub(super) fn new<O>(
        name: &str,
        request: &Request<O>,
        references: &References,
    ) -> Result<Self, BatchError> {
        // A path argument that was refused is missing from the path, a query that was refused from the query.
        if let Some(reason) = truto_core::__private::refusal(request) {
            return Err(BatchError(format!("the request of `{name}` cannot be sent: {reason}")));
        }
        let (resource, method, id) = route(request.method().as_str(), request.path())?;
        for text in [name, &resource, &method] {
            if references.expand(text)?.refers {
                return Err(BatchError(format!(
                    "the name or the route of `{name}` contains a reference; only an id, a query or a \
                     body can"
                )));
            }
        }
        let (id, mut parent) = match id {
            Some(id) => {
                let id = references.expand(&id)?;
                (Some(id.text), id.parent)
            }
            None => (None, None),
        };
        let mut query = query(name, &request.query_string())?;
        let mut body = body(name, request.body_bytes())?;
        for value in query.iter_mut().chain(&mut body) {
            parent = one_parent(parent, references.expand_json(value)?)?;
        }
        let response_format = response_format(query.as_mut())?;
        let query = query.filter(|query| *query != Value::Object(serde_json::Map::new()));
        Ok(Self {
            name: name.to_owned(),
            resource,
            method,
            id,
            query,
            body,
            response_format,
            depends_on: parent,
            loop_on: None,
            recurse: None,
            persist: true,
        })
    }

    pub(super) fn after(mut self, parent: &str) -> Result<Self, BatchError> {
        self.depends_on = one_parent(self.depends_on, Some(parent.to_owned()))?;
        Ok(self)
    }

    pub(super) fn loop_on(
        mut self,
        path: &str,
        references: &References,
    ) -> Result<Self, BatchError> {
        self.loop_on = Some(self.own(path, references, References::path)?);
        Ok(self)
    }

    pub(super) fn recurse(
        mut self,
        mut recurse: Recurse,
        references: &References,
    ) -> Result<Self, BatchError> {
        let mut config = recurse.config.take().unwrap_or_default();
        for text in [&mut recurse.condition, &mut config.id].into_iter().flatten() {
            *text = self.own(text, references, References::replace)?;
        }
        if let Some(query) = &mut config.query {
            if !query.is_object() && !query.is_string() {
                return Err(BatchError(format!(
                    "the query of `recurse` of `{}` is neither an object nor a text",
                    self.name
                )));
            }
            let parent = references.replace_json(query)?;
            self.depends_on = one_parent(self.depends_on.take(), parent)?;
        }
        recurse.config = Some(config).filter(|config| *config != RecurseConfig::default());
        self.recurse = Some(recurse);
        Ok(self)
    }

    /// An expression of the program's own, with its references replaced.
    fn own(
        &mut self,
        text: &str,
        references: &References,
        replace: fn(References, &str) -> Result<Expanded, BatchError>,
    ) -> Result<String, BatchError> {
        let expanded = replace(*references, text)?;
        self.depends_on = one_parent(self.depends_on.take(), expanded.parent)?;
        Ok(expanded.text)
    }
}

/// Resource, method and id of a route.
fn route(method: &str, path: &str) -> Result<(String, String, Option<String>), BatchError> {
    let refused = || BatchError(format!("`{method} {path}` cannot be a part of a batch"));
    // A request shows only the placeholder of a secret argument, and Truto would store the secret.
    if path.contains('<') {
        return Err(refused());
    }
    let segments: Vec<String> = path.split('/').skip(1).map(decoded).collect();
    let (resource, rest) = match segments.as_slice() {
        [family, model, resource, rest @ ..] if family == "unified" => {
            (format!("{model}/{resource}"), rest)
        }
        [family, resource, rest @ ..] if family == "proxy" => (resource.clone(), rest),
        _ => return Err(refused()),
    };
    // In a part, a slash would turn a resource of the provider into a unified one.
    let is_name = |name: &String| !name.is_empty() && !name.contains(['/', '{', '}']);
    if !segments[1..segments.len() - rest.len()].iter().all(is_name) {
        return Err(refused());
    }
    let (method, id) = match (method, rest) {
        ("GET", []) => ("list", None),
        ("GET", [id]) => ("get", Some(id)),
        ("POST", []) => ("create", None),
        ("POST", [method]) if is_name(method) => (method.as_str(), None),
        ("PATCH", [id]) => ("update", Some(id)),
        ("DELETE", [id]) => ("delete", Some(id)),
        _ => return Err(refused()),
    };
    Ok((resource, method.to_owned(), id.cloned()))
}

fn decoded(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

fn query(name: &str, text: &str) -> Result<Option<Value>, BatchError> {
    if text.is_empty() {
        return Ok(None);
    }
    // Requests percent-encode brackets. Beyond the maximum depth, serde_qs would keep brackets in a name.
    let reader = serde_qs::Config::new().use_form_encoding(true).max_depth(MAX_DEPTH);
    let query = reader.deserialize_str(text);
    query.map(Some).map_err(|error| BatchError(format!("the query of `{name}`: {error}")))
}

fn body(name: &str, bytes: Option<&[u8]>) -> Result<Option<Value>, BatchError> {
    let Some(bytes) = bytes else { return Ok(None) };
    let body = serde_json::from_slice(bytes)
        .map_err(|_| BatchError(format!("the body of `{name}` is not JSON")))?;
    if holds_a_long_integer(bytes) {
        return Err(BatchError(format!(
            "the body of `{name}` has an integer beyond 64 bits, whose last digits a batch would lose"
        )));
    }
    Ok(Some(body))
}

/// Returns true if valid JSON contains an integer beyond `u64` and `i64`, which a `Value` would turn
/// into a float.
fn holds_a_long_integer(json: &[u8]) -> bool {
    let is_of_number = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
    let is_long = |number: &[u8]| {
        let digits = number.strip_prefix(b"-").unwrap_or(number);
        let text = std::str::from_utf8(number).unwrap_or_default();
        // With a fraction or an exponent it is a float for any reader.
        digits.iter().all(u8::is_ascii_digit)
            && text.parse::<u64>().is_err()
            && text.parse::<i64>().is_err()
    };
    let (mut is_in_text, mut at) = (false, 0);
    while let Some(&byte) = json.get(at) {
        match byte {
            b'\\' if is_in_text => at += 1,
            b'"' => is_in_text = !is_in_text,
            b'-' | b'0'..=b'9' if !is_in_text => {
                let length = json[at..].iter().take_while(|byte| is_of_number(**byte)).count();
                if is_long(&json[at..at + length]) {
                    return true;
                }
                at += length;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    false
}

/// Takes the response format out of the query: a part has a key for it.
fn response_format(query: Option<&mut Value>) -> Result<Option<String>, BatchError> {
    let fields = query.and_then(Value::as_object_mut);
    let Some(format) = fields.and_then(|fields| fields.remove("truto_response_format")) else {
        return Ok(None);
    };
    match format.as_str() {
        Some(format @ ("raw" | "unified" | "normalized")) => Ok(Some(format.to_owned())),
        _ => Err(BatchError(format!(
            "a part cannot have the response format {format}: Truto takes `raw`, `unified` and `normalized`"
        ))),
    }
}
