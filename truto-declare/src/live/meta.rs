//! The meta responses of the methods of a model: queries and bodies.
//!
//! A meta route describes a method for an account or for an integration. `--account` selects the
//! account; without it, the first integration that maps the method is used.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::time::Duration;

use serde_json::Value;
use truto_core::{Account, Error, RemoteData, Request};

use crate::diagnostic::Warnings;
use crate::read::Source;
use crate::read::meta::About;
use crate::route::EndpointKind;
use crate::text::counted;

/// The number of concurrent requests.
const AT_ONCE: usize = 4;
/// The maximum number of requests per run; a model of Truto has fewer than 200 methods.
const MAX: usize = 1_000;
/// Failures after which the rest is not fetched: two rounds of `AT_ONCE`, so 40 seconds if Truto does
/// not respond at all.
const MAX_FAILURES: usize = 8;
/// The time for one response, retries included.
const DEADLINE: Duration = Duration::from_secs(20);

/// A method, and the first integration that maps it.
#[derive(Debug, PartialEq, Eq)]
struct MetaRoute {
    about: About,
    integration: Option<String>,
}

pub(super) struct Fetch<'a> {
    /// For routes that act on no account.
    pub(super) environment: &'a Account,
    pub(super) account: Option<Account>,
    pub(super) progress: &'a mut dyn FnMut(&str),
    pub(super) warnings: Vec<String>,
}

impl Fetch<'_> {
    /// The meta responses of all methods that the sources name, as far as Truto has them.
    pub(super) async fn all(&mut self, sources: &[Source]) -> Vec<Source> {
        let mut routes = routes(sources);
        let all = routes.len();
        if self.account.is_none() {
            routes.retain(|route| route.integration.is_some());
        }
        if routes.len() < all {
            let left = counted(all - routes.len(), "method");
            self.warnings.push(format!(
                "--live: no integration maps {left}, so queries and bodies are not known; \
                 use `--account` to read them from an account"
            ));
        }
        if routes.len() > MAX {
            let left = counted(routes.len() - MAX, "method");
            self.warnings.push(format!("--live: the queries and bodies of {left} are not fetched"));
            routes.truncate(MAX);
        }
        let (mut found, mut failures) = (Vec::new(), 0);
        for (index, some) in routes.chunks(AT_ONCE).enumerate() {
            let done = index * AT_ONCE;
            (self.progress)(&format!("fetching queries and bodies: {done} of {} …", routes.len()));
            let calls = some.iter().map(|route| self.one(route));
            for result in futures_util::future::join_all(calls).await {
                match result {
                    Ok(Some(source)) => {
                        match crate::read::read(&source, &mut Warnings::default()) {
                            Ok(_) => found.push(source),
                            // An unreadable response costs one method, not the whole run.
                            Err(error) => {
                                self.warnings.push(format!("--live: left out: {error}"));
                            }
                        }
                    }
                    Ok(None) => {}
                    Err((path, error)) => {
                        failures += 1;
                        self.warnings.push(format!("--live: `{path}` is left out: {error}"));
                    }
                }
            }
            let left = routes.len().saturating_sub(done + AT_ONCE);
            if failures >= MAX_FAILURES && left > 0 {
                let left = counted(left, "more method");
                self.warnings.push(format!(
                    "--live: the queries and bodies of {left} are not fetched after \
                     {failures} failures"
                ));
                break;
            }
        }
        found
    }

    /// The meta response of a method; `None` if Truto has none.
    async fn one(&self, route: &MetaRoute) -> Result<Option<Source>, (String, Error)> {
        let About { model, resource, method } = &route.about;
        let (path, request) = match (&self.account, &route.integration) {
            (None, Some(integration)) => (
                format!("/unified/{model}/{resource}/{integration}/meta/{method}"),
                get(
                    "/unified/<model>/<resource>/<integration>/meta/<method>",
                    &[model, resource, integration, method],
                ),
            ),
            _ => (
                format!("/unified/{model}/{resource}/meta/{method}"),
                get("/unified/<model>/<resource>/meta/<method>", &[model, resource, method]),
            ),
        };
        let account = self.account.as_ref().unwrap_or(self.environment);
        let body = match request.send(account).await {
            Ok(body) => body,
            // A method without a meta route is a 404; an integration that is not installed a 400. Any
            // other status is a failure of the call. Ignoring it would silently change the generated
            // types.
            Err(error)
                if error.status().is_some_and(|status| [400, 404].contains(&status.as_u16())) =>
            {
                return Ok(None);
            }
            Err(error) => return Err((path, error)),
        };
        Ok(Some(Source {
            name: format!("GET {path}").into(),
            text: body.get().to_owned(),
            about: Some(route.about.clone()),
            // Read like a named file: a body of an unknown form is an error.
            found: false,
        }))
    }
}

fn get(template: &'static str, segments: &[&String]) -> Request<RemoteData> {
    let segments: Vec<&dyn Display> = segments.iter().map(|one| *one as &dyn Display).collect();
    Request::at("GET", template, &segments).deadline(DEADLINE)
}

/// The methods of the models, each once.
fn routes(sources: &[Source]) -> Vec<MetaRoute> {
    let mut routes = BTreeMap::new();
    for source in sources {
        let integrations = integrations(source);
        // Mistakes of a source are reported when the run reads it.
        let read = crate::read::read(source, &mut Warnings::default()).unwrap_or_default();
        for resource in read {
            for route in &resource.routes {
                let (_, method) = EndpointKind::of(&route.verb, &route.path).method("");
                let key = (resource.model.clone(), resource.segment.clone(), method);
                let integration = integrations.get(&key).cloned();
                routes.entry(key).or_insert(integration);
            }
        }
    }
    let route = |((model, resource, method), integration)| MetaRoute {
        about: About { model, resource, method },
        integration,
    };
    routes.into_iter().map(route).collect()
}

type Key = (String, String, String);

/// The first integration that maps each method.
fn integrations(source: &Source) -> BTreeMap<Key, String> {
    let json: Value = serde_json::from_str(&source.text).unwrap_or_default();
    let mut integrations = BTreeMap::new();
    for model in json["result"].as_array().into_iter().flatten() {
        let name = model["name"].as_str().unwrap_or_default();
        for (segment, resource) in model["resources"].as_object().into_iter().flatten() {
            let mappings = resource["integration_mapping"].as_object();
            for (integration, methods) in mappings.into_iter().flatten() {
                for method in methods.as_object().into_iter().flatten().map(|(name, _)| name) {
                    let key = (name.to_owned(), segment.clone(), method.clone());
                    integrations.entry(key).or_insert_with(|| integration.clone());
                }
            }
        }
    }
    integrations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_method_is_asked_once_with_its_first_integration() {
        let text = r#"{"result": [{"name": "crm", "resources": {"users": {"methods": ["list", "merge"],
            "integration_mapping": {"a": {"list": {}}, "b": {"list": {}, "create": {}}}}}}]}"#;
        let source = Source { name: "m".into(), text: text.into(), about: None, found: false };
        let found: Vec<(String, Option<String>)> = routes(&[source.clone(), source])
            .into_iter()
            .map(|route| (route.about.method, route.integration))
            .collect();
        let some = |text: &str| Some(text.to_owned());
        let expected = [("create", some("b")), ("list", some("a")), ("merge", None)];
        assert_eq!(found, expected.map(|(method, of)| (method.to_owned(), of)));
    }

    #[test]
    fn requests_are_bounded() {
        let mapping: Vec<String> = (0..3 * MAX).map(|n| format!("\"do-{n}\": {{}}")).collect();
        let text = format!(
            r#"{{"result": [{{"name": "crm", "resources": {{"users": {{"integration_mapping":
            {{"a": {{{}}}}}}}}}}}]}}"#,
            mapping.join(", ")
        );
        let source = Source { name: "m".into(), text, about: None, found: false };
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let sandbox = truto_sandbox::Sandbox::start().await.expect("a sandbox");
            // Each request fails: nothing is asked after the first failures.
            let path = "/unified/<model>/<resource>/<integration>/meta/<method>";
            for n in 0..3 * MAX {
                let method = format!("do-{n}");
                let request = Request::<Value>::at("GET", path, &[&"crm", &"users", &"a", &method]);
                sandbox.when(&request).reply_status(501, serde_json::json!({"message": "no"}));
            }
            let environment = sandbox.client().token_account();
            let mut seen = Vec::new();
            let mut progress = |line: &str| seen.push(line.to_owned());
            let mut fetch = Fetch {
                environment: &environment,
                account: None,
                progress: &mut progress,
                warnings: Vec::new(),
            };
            assert!(fetch.all(&[source]).await.is_empty());
            let warnings = fetch.warnings;
            assert!(warnings[0].contains("of 2000 methods are not fetched"), "{warnings:?}");
            let last = warnings.last().expect("a warning");
            assert!(last.contains("992 more methods are not fetched after 8 failures"), "{last}");
            assert_eq!(sandbox.requests().len(), MAX_FAILURES);
            assert_eq!(
                seen,
                [
                    "fetching queries and bodies: 0 of 1000 …",
                    "fetching queries and bodies: 4 of 1000 …",
                ]
            );
        });
    }
}
