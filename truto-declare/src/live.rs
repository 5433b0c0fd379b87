//! Fetches the schemas of a model from the user's own environment.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use truto_core::{Client, Error, Page, RemoteData, Request};

use crate::diagnostic::{SourceError, Warnings};
use crate::model::Resource;
use crate::plan::Derived;
use crate::read::Source;

/// The methods of an account, by model and resource.
type Methods = BTreeMap<(String, String), BTreeSet<String>>;

/// What Truto said.
pub(crate) struct Live {
    pub(crate) sources: Vec<Source>,
    pub(crate) capabilities: Option<Capabilities>,
}

/// What the integration of an account can do.
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

/// Asks Truto for the schemas of `model`, and for what `account` can do.
pub(crate) fn fetch(model: &str, account: Option<&str>) -> Result<Live, SourceError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| SourceError::new(format!("no runtime for network calls: {error}")))?;
    let fetched = runtime.block_on(ask(model, account));
    fetched.map_err(|error| {
        let failed = SourceError::new(format!("--live {model}: {error}"));
        match error.is_invalid_request() {
            true => {
                failed.expected("`TRUTO_API_TOKEN` in the environment, and a UUID for `--account`")
            }
            false => failed,
        }
    })
}

async fn ask(model: &str, account: Option<&str>) -> Result<Live, Error> {
    let client = Client::from_env()?;
    // The routes of an environment act on no account.
    let environment = client.token_account();
    let models = Request::<Page<RemoteData>>::at("GET", "/unified-model", &[])
        .query(&BTreeMap::from([("name", model)]))
        .all(&environment)
        .await?;
    let name = |index: usize| match index {
        0 => format!("GET /unified-model?name={model}"),
        _ => format!("GET /unified-model?name={model} ({})", index + 1),
    };
    let sources = models.iter().enumerate().map(|(index, found)| Source {
        name: name(index).into(),
        text: format!("{{\"result\": [{}]}}", found.get()),
        about: None,
        found: false,
    });
    let mut sources: Vec<Source> = sources.collect();
    if sources.is_empty() {
        sources.push(Source {
            name: name(0).into(),
            text: "{\"result\": []}".to_owned(),
            about: None,
            found: false,
        });
    }
    let capabilities = match account {
        Some(account) => {
            // Checks that it is a UUID before it becomes part of a path.
            client.account(account)?;
            let path = "/integrated-account/<id>/capabilities";
            let response = Request::<Response>::at("GET", path, &[&account])
                .query(&BTreeMap::from([("type", "unified")]))
                .send(&environment)
                .await?;
            Some(Capabilities::of(response))
        }
        None => None,
    };
    Ok(Live { sources, capabilities })
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

    /// Leaves out what the account cannot do, and says so.
    pub(crate) fn limit(&self, resources: &mut Vec<Resource>, warnings: &mut Warnings) {
        resources.retain_mut(|resource| {
            let key = (resource.model.clone(), resource.segment.clone());
            let methods = self.0.get(&key).filter(|methods| !methods.is_empty());
            let what = format!("/unified/{}/{}", resource.model, resource.segment);
            let Some(methods) = methods else {
                let message = format!("`{what}` is left out: the account cannot use it");
                warnings.add(message, &[]);
                return false;
            };
            resource.routes.retain(|route| {
                let (_, method) = Derived::of(route).method("");
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
                resource.routes.iter().map(|route| Derived::of(route).method("").1).collect();
            for method in methods.difference(&known) {
                resource.add_method(method);
            }
            true
        });
    }
}
