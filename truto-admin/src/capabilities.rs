//! Capabilities of an account or an integration.

use serde::{Deserialize, Serialize};
use truto_core::{Id, OrRaw, RemoteData};

/// Query parameters of [`IntegratedAccount::capabilities`](crate::IntegratedAccount::capabilities).
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct CapabilitiesQuery {
    /// The APIs to describe. Default: all.
    #[serde(rename = "type")]
    pub kind: Option<CapabilityKind>,
    /// Only methods with a description (`true`, Truto's default), or without one (`false`).
    pub has_description: Option<bool>,
    /// Only these methods, separated by commas.
    pub methods: Option<String>,
    /// Only this resource.
    pub resource: Option<String>,
}

/// An API that capabilities are listed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapabilityKind {
    /// The provider's own API.
    Proxy,
    /// Truto's unified models.
    Unified,
    /// Both.
    All,
}

/// The response of a capabilities route.
///
/// The newest documentation shows `proxy` as an object, but older responses contain an array;
/// [`is_supported`](Self::is_supported) and [`unified`](Self::unified) read both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Capabilities {
    /// The integration.
    pub integration: Option<CapabilitiesIntegration>,
    /// The account, only on the route of an account.
    pub account: Option<CapabilitiesAccount>,
    /// The environment, in the older form.
    pub environment_id: Option<Id>,
    /// Resources of the provider's own API.
    pub proxy: Option<RemoteData>,
    /// Resources of unified models.
    pub unified: Option<RemoteData>,
    /// The supported authentication methods.
    pub auth: Option<RemoteData>,
    /// The quality of the method descriptions for language models.
    pub ai_readiness: Option<RemoteData>,
}

/// The integration that [`Capabilities`] are about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CapabilitiesIntegration {
    /// Its id.
    pub id: Option<Id>,
    /// Its name in routes and filters; absent from the older form, where it is `name`.
    pub slug: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its human-readable name.
    pub label: Option<String>,
    /// Its category.
    pub category: Option<String>,
}

/// The account that [`Capabilities`] are about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CapabilitiesAccount {
    /// Its id.
    pub id: Option<Id>,
    /// The integration's name.
    pub slug: Option<String>,
    /// Its state.
    pub status: Option<OrRaw<crate::AccountStatus>>,
    /// Authentication method.
    pub authentication_method: Option<String>,
    /// The environment that it belongs to.
    pub environment_id: Option<Id>,
    /// True if Truto refuses its calls with 503.
    pub is_blocked: Option<bool>,
}

/// A resource of a unified model, in [`Capabilities::unified`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnifiedCapability {
    /// The model, for example `crm`.
    pub model: Option<String>,
    /// Its human-readable name.
    pub model_label: Option<String>,
    /// The resource, for example `contacts`.
    #[serde(alias = "name")]
    pub resource: String,
    /// Its description.
    pub description: Option<String>,
    /// Names of its methods.
    #[serde(default)]
    pub methods: Methods,
    /// True if the environment overrides the mapping.
    pub env_overridden: Option<bool>,
}

/// Method names: an array of strings, an array of objects with a name, or a comma-separated
/// string.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Methods {
    /// `["list", "get"]`.
    Names(Vec<String>),
    /// `[{"method": "list"}]`.
    Described(Vec<MethodCapability>),
    /// `"list,get"`.
    Joined(String),
}

/// One method of a resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MethodCapability {
    /// `list`, `get` and so on.
    pub method: String,
    /// The name of its tool.
    pub name: Option<String>,
    /// Its description.
    pub description: Option<String>,
}

impl Default for Methods {
    fn default() -> Self {
        Self::Names(Vec::new())
    }
}

impl Methods {
    /// Returns true if `method` is one of them.
    #[must_use]
    pub fn contains(&self, method: &str) -> bool {
        match self {
            Self::Names(names) => names.iter().any(|name| name == method),
            Self::Described(methods) => methods.iter().any(|one| one.method == method),
            Self::Joined(text) => text.split(',').any(|name| name.trim() == method),
        }
    }
}

impl Capabilities {
    /// The resources of unified models, from either form of the response.
    ///
    /// An entry that is not a resource is left out; the field `unified` still contains it.
    #[must_use]
    pub fn unified(&self) -> Vec<UnifiedCapability> {
        resources(self.unified.as_ref())
    }

    /// Returns true if the account has this method of a unified model: `("crm", "contacts", "list")`.
    #[must_use]
    pub fn is_supported(&self, model: &str, resource: &str, method: &str) -> bool {
        self.unified().iter().any(|one| {
            one.model.as_deref() == Some(model)
                && one.resource == resource
                && one.methods.contains(method)
        })
    }

    /// Returns true if the provider's own API has this method of a resource.
    #[must_use]
    pub fn is_proxy_supported(&self, resource: &str, method: &str) -> bool {
        resources::<UnifiedCapability>(self.proxy.as_ref())
            .iter()
            .any(|one| one.resource == resource && one.methods.contains(method))
    }

    /// Returns true if Truto refuses the account's calls with 503.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.account.as_ref().and_then(|account| account.is_blocked) == Some(true)
    }
}

/// The entries of `[…]` or of `{"resources": […]}`, read one by one, so that one that does not fit does
/// not affect the others.
fn resources<T: serde::de::DeserializeOwned>(list: Option<&RemoteData>) -> Vec<T> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Listed {
        Array(Vec<RemoteData>),
        Object { resources: Vec<RemoteData> },
    }
    let Some(Ok(listed)) = list.map(RemoteData::parse::<Listed>) else {
        return Vec::new();
    };
    let (Listed::Array(entries) | Listed::Object { resources: entries }) = listed;
    entries.iter().filter_map(|entry| entry.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Capabilities;

    fn capabilities(body: Value) -> Capabilities {
        serde_json::from_value(body).expect("capabilities")
    }

    #[test]
    fn reads_the_array_form_and_the_object_form() {
        let array = capabilities(json!({
            "unified": [{"model": "crm", "resource": "contacts", "methods": ["list", "get"]}, 7],
            "proxy": [{"resource": "Contact", "methods": [{"method": "list", "name": "list_contact"}]}],
        }));
        let object = capabilities(json!({
            "unified": {"resources": [{"model": "crm", "name": "contacts", "methods": "list, get"}]},
            "proxy": {"resources": [{"name": "Contact", "methods": [{"method": "list"}]}]},
        }));
        for read in [array, object] {
            assert!(read.is_supported("crm", "contacts", "get"));
            assert!(!read.is_supported("crm", "contacts", "create"));
            assert!(!read.is_supported("ats", "contacts", "get"));
            assert!(read.is_proxy_supported("Contact", "list"));
            assert!(!read.is_proxy_supported("Contact", "delete"));
        }
    }

    #[test]
    fn an_account_without_a_unified_api_supports_nothing() {
        let read = capabilities(json!({"unified": null, "account": {"is_blocked": true}}));
        assert!(!read.is_supported("crm", "contacts", "list"));
        assert!(read.is_blocked());
    }
}
