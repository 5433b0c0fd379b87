//! Fetches the schemas of a model from the user's own environment.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use truto_core::{Client, Error, Page, RemoteData, Request};

use crate::diagnostic::{SourceError, Warnings};
use crate::model::Resource;
use crate::plan::EndpointKind;
use crate::read::Source;
use crate::read::meta::About;

/// The methods of an account, by model and resource.
type Methods = BTreeMap<(String, String), BTreeSet<String>>;

/// Responses of Truto.
pub(crate) struct Live {
    pub(crate) sources: Vec<Source>,
    pub(crate) capabilities: Option<Capabilities>,
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

/// The meta responses that are fetched at the same time.
const AT_ONCE: usize = 4;
/// The meta responses of one run; a model of Truto has fewer than 200 methods.
const MAX_META: usize = 1_000;

/// Asks Truto for the schemas of the models, and for the methods of `account`.
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
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| SourceError::new(format!("no runtime for network calls: {error}")))?;
    runtime.block_on(ask(models, account, progress))
}

fn failed(what: &str) -> impl Fn(Error) -> SourceError + '_ {
    move |error| SourceError::new(format!("{what}: {error}"))
}

async fn ask(
    models: &[String],
    account: Option<&str>,
    progress: &mut dyn FnMut(&str),
) -> Result<Live, SourceError> {
    let client = Client::from_env().map_err(|error| {
        SourceError::new(format!("--live: {error}"))
            .expected("a usable `TRUTO_API_TOKEN` and `TRUTO_API_BASE_URL`")
    })?;
    // The account is checked before anything is asked for.
    if let Some(account) = account {
        client.account(account).map_err(|_| {
            SourceError::new(format!("--account {account}: not an account id")).expected("a UUID")
        })?;
    }
    // The routes of an environment act on no account.
    let environment = client.token_account();
    let capabilities = match account {
        Some(account) => {
            progress(&format!("asking for the methods of account {account} …"));
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
    let routes = meta_routes(&sources);
    let count = routes.len();
    let mut missing = 0;
    for (index, routes) in routes.chunks(AT_ONCE).enumerate() {
        progress(&format!("fetching queries and bodies: {} of {count} …", index * AT_ONCE));
        let calls = routes.iter().map(|about| meta(about, &environment));
        for found in futures_util::future::join_all(calls).await {
            match found {
                Some(source) => sources.push(source),
                None => missing += 1,
            }
        }
    }
    if missing > 0 {
        progress(&format!("{missing} of {count} methods have no meta response"));
    }
    Ok(Live { sources, capabilities })
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
    let found = models.iter().enumerate();
    let mut sources: Vec<Source> = found.map(|(index, found)| source(index, found.get())).collect();
    if sources.is_empty() {
        sources.push(source(0, ""));
    }
    Ok(sources)
}

/// The methods of the models, to ask for what each takes.
fn meta_routes(sources: &[Source]) -> Vec<About> {
    let mut routes = BTreeSet::new();
    for source in sources {
        // Its mistakes are reported when it is read.
        let read = crate::read::read(source, &mut Warnings::default()).unwrap_or_default();
        for resource in read {
            for route in &resource.routes {
                let (_, method) = EndpointKind::of(route).method("");
                routes.insert((resource.model.clone(), resource.segment.clone(), method));
            }
        }
    }
    let about = |(model, resource, method)| About { model, resource, method };
    routes.into_iter().take(MAX_META).map(about).collect()
}

/// The meta response of a method; `None` if Truto has none.
async fn meta(about: &About, environment: &truto_core::Account) -> Option<Source> {
    let path = "/unified/<model>/<resource>/meta/<method>";
    let arguments: [&dyn std::fmt::Display; 3] = [&about.model, &about.resource, &about.method];
    let request = Request::<RemoteData>::at("GET", path, &arguments).no_retry();
    let body = request.send(environment).await.ok()?;
    let name = format!("GET /unified/{}/{}/meta/{}", about.model, about.resource, about.method);
    let text = body.get();
    text.starts_with('{').then(|| Source {
        name: name.into(),
        text: text.to_owned(),
        about: Some(about.clone()),
        found: true,
    })
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
                let (_, method) = EndpointKind::of(route).method("");
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
            // A method that no mapping of the model names, but this account has.
            let known: BTreeSet<String> =
                resource.routes.iter().map(|route| EndpointKind::of(route).method("").1).collect();
            for method in methods.difference(&known) {
                resource.add_method(method);
            }
            true
        });
    }
}
