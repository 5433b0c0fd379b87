//! Fetches the schemas of models from the user's own environment.

mod meta;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use truto_core::{Client, Error, Page, RemoteData, Request};

use crate::diagnostic::{SourceError, Warnings};
use crate::model::Resource;
use crate::read::Source;
use crate::route::EndpointKind;

/// The methods of an account, by model and resource.
type Methods = BTreeMap<(String, String), BTreeSet<String>>;

/// The fetched schemas and capabilities.
pub(crate) struct Live {
    pub(crate) sources: Vec<Source>,
    pub(crate) capabilities: Option<Capabilities>,
    /// Warnings about gaps in the fetched schemas.
    pub(crate) warnings: Vec<String>,
}

/// Methods that the integration of an account supports.
pub(crate) struct Capabilities(Methods);

#[derive(Deserialize)]
struct Response {
    #[serde(default)]
    unified: Vec<Capability>,
}

#[derive(Deserialize)]
struct Capability {
    model: String,
    resource: String,
    #[serde(default)]
    methods: Vec<String>,
}

/// Fetches the schemas of the models, and the methods of `account`.
pub(crate) fn fetch(
    models: &[String],
    account: Option<&str>,
    progress: &mut dyn FnMut(&str),
) -> Result<Live, SourceError> {
    if std::env::var_os("TRUTO_API_TOKEN").is_none_or(|token| token.is_empty()) {
        return Err(SourceError::new("--live needs a token").expected(
            "`TRUTO_API_TOKEN` in the environment (`TRUTO_API_BASE_URL` for another host)",
        ));
    }
    // `--live` takes all arguments after it, so a misplaced source arrives here as a model.
    if let Some(model) = models.iter().find(|model| !crate::route::is_segment(model)) {
        return Err(SourceError::new(format!("--live {model}: not a model"))
            .expected("a segment such as `crm`; sources come before `--live`"));
    }
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
            SourceError::new(format!("cannot start a runtime for network calls: {error}"))
        })?;
    runtime.block_on(ask(models, account, progress))
}

fn failed(what: &str) -> impl Fn(Error) -> SourceError + '_ {
    move |error| {
        let refused = error.status().is_some_and(|status| [401, 403].contains(&status.as_u16()));
        let error = SourceError::new(format!("{what}: {error}"));
        if refused {
            error.expected("an API token of the environment in `TRUTO_API_TOKEN`")
        } else {
            error
        }
    }
}

/// A client of the user's environment.
fn client() -> Result<Client, SourceError> {
    // The library's own message names functions that a user of this command cannot call.
    Client::from_env().map_err(|_| {
        let token = std::env::var("TRUTO_API_TOKEN").ok();
        if token.is_none_or(|token| Client::new(token).is_err()) {
            SourceError::new("--live: `TRUTO_API_TOKEN` is invalid")
                .expected("a token in visible ASCII")
        } else {
            SourceError::new("--live: `TRUTO_API_BASE_URL` is invalid").expected(
                "an `https` URL without user name, query or fragment; `http` is for this machine \
                 only, such as `http://localhost:8080`",
            )
        }
    })
}

async fn ask(
    models: &[String],
    account: Option<&str>,
    progress: &mut dyn FnMut(&str),
) -> Result<Live, SourceError> {
    let client = client()?;
    // The account is checked before the first request.
    let acting = account.map(|account| client.account(account)).transpose().map_err(|_| {
        let account = account.unwrap_or_default();
        SourceError::new(format!("--account {account}: not an account id")).expected("a UUID")
    })?;
    // The routes of an environment act on no account.
    let environment = client.token_account();
    let capabilities = match account {
        Some(account) => {
            progress(&format!("fetching the methods of account {account} …"));
            let path = "/integrated-account/<id>/capabilities";
            let response = Request::<Response>::at("GET", path, &[&account])
                .query(&BTreeMap::from([("type", "unified")]))
                .send(&environment)
                .await
                .map_err(failed("--account"))?;
            Some(Capabilities::of(response))
        }
        None => None,
    };
    let mut sources = Vec::new();
    for model in models {
        progress(&format!("fetching the schemas of {model} …"));
        sources.extend(model_sources(model, &environment).await?);
    }
    let mut meta =
        meta::Fetch { environment: &environment, account: acting, progress, warnings: Vec::new() };
    let found = meta.all(&sources).await;
    let warnings = meta.warnings;
    sources.extend(found);
    Ok(Live { sources, capabilities, warnings })
}

async fn model_sources(
    model: &str,
    environment: &truto_core::Account,
) -> Result<Vec<Source>, SourceError> {
    let what = format!("--live {model}");
    let models = Request::<Page<RemoteData>>::at("GET", "/unified-model", &[])
        .query(&BTreeMap::from([("name", model)]))
        .all(environment)
        .await
        .map_err(failed(&what))?;
    let name = |index: usize| match index {
        0 => format!("GET /unified-model?name={model}"),
        _ => format!("GET /unified-model?name={model} ({})", index + 1),
    };
    let source = |index: usize, result: &str| Source {
        name: name(index).into(),
        text: format!("{{\"result\": [{result}]}}"),
        about: None,
        found: false,
    };
    // A model without a name is passed on, since the reader reports the missing name.
    let is_asked = |found: &&RemoteData| name_of(found).is_none_or(|name| name == model);
    let asked = models.iter().filter(is_asked).enumerate();
    let mut sources: Vec<Source> = asked.map(|(index, found)| source(index, found.get())).collect();
    if sources.is_empty() {
        if let Some(other) = models.iter().find_map(name_of) {
            let message = format!("{what}: Truto returned the model `{other}` instead");
            return Err(SourceError::new(message).expected("the name of a model, in its own case"));
        }
        // An empty result is passed on as well: the reader reports the unknown model.
        sources.push(source(0, ""));
    }
    Ok(sources)
}

/// The name of a model, if its JSON has one.
fn name_of(model: &RemoteData) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        name: String,
    }
    serde_json::from_str::<Named>(model.get()).ok().map(|named| named.name)
}

impl Capabilities {
    fn of(response: Response) -> Self {
        let mut methods = Methods::new();
        for found in response.unified {
            let key = (found.model, found.resource);
            methods.entry(key).or_default().extend(found.methods);
        }
        Self(methods)
    }

    /// Removes the methods that the account does not support, with a warning for each.
    pub(crate) fn limit(&self, resources: &mut Vec<Resource>, warnings: &mut Warnings) {
        resources.retain_mut(|resource| {
            let key = (resource.model.clone(), resource.segment.clone());
            let methods = self.0.get(&key).filter(|methods| !methods.is_empty());
            let what = crate::plan::route(&resource.model, &resource.segment);
            let Some(methods) = methods else {
                let message = format!("`{what}` is left out: the account cannot use it");
                warnings.add(message, &[]);
                return false;
            };
            resource.routes.retain(|route| {
                let (_, method) = EndpointKind::of(&route.verb, &route.path).method("");
                let can = methods.contains(&method);
                if !can {
                    let message = format!(
                        "`{} {}` is left out: the account has no `{method}` there",
                        route.verb, route.path
                    );
                    warnings.add(message, &[]);
                }
                can
            });
            // Adds methods of the account that no mapping of the model has.
            let known: BTreeSet<String> = resource
                .routes
                .iter()
                .map(|route| EndpointKind::of(&route.verb, &route.path).method("").1)
                .collect();
            for method in methods.difference(&known) {
                resource.add_method(method);
            }
            true
        });
    }
}
