//! Truto's own analysis of an error.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// Truto's own analysis of an error.
///
/// ```
/// # truto_sandbox::__doc::run(async |sandbox, account| {
/// # use truto_sandbox::__doc::User;
/// // This is not a token of one account, so the account is missing.
/// let error = User::get("a").send(&sandbox.client().token_account()).await.expect_err("400");
/// let insight = error.api().and_then(|api| api.insight.as_ref()).expect("an insight");
/// assert_eq!(insight.missing_required_query_parameters, ["integrated_account_id"]);
/// # Ok(())
/// # })
/// ```
///
/// Each field is empty unless the response has its key. See
/// [Truto's page on errors](https://truto.one/docs/api-reference/overview/errors).
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ErrorInsight {
    /// Required query parameters that the call lacks.
    pub missing_required_query_parameters: Vec<String>,
    /// Required body fields that the call lacks.
    pub missing_required_body_fields: Vec<String>,
    /// Conditionally required query parameters, as a map from name to rule. Any error may include them.
    pub conditionally_required_query_parameters: BTreeMap<String, Value>,
    /// Conditionally required body fields, as a map from name to rule. Any error may include them.
    pub conditionally_required_body_fields: BTreeMap<String, Value>,
    /// Scopes that the account's grant lacks (`forbidden_error`).
    pub missing_scopes: Vec<String>,
    /// Truto's explanation of each key in the insight.
    pub descriptions: BTreeMap<String, String>,
    /// Keys that this version does not know, or whose value has an unexpected form, unchanged.
    pub other: Map<String, Value>,
}

impl ErrorInsight {
    pub(super) fn from_json(insight: Map<String, Value>) -> Self {
        let mut known = Self::default();
        for (key, value) in insight {
            if let Some(description) = value.get("description").and_then(Value::as_str) {
                known.descriptions.insert(key.clone(), description.to_owned());
            }
            // A documented key of an unexpected shape is kept like an unknown one: nothing is lost.
            if !known.take(&key, value.get("value")) {
                known.other.insert(key, value);
            }
        }
        known
    }

    /// Stores one key's value; false if the key or the shape of its value is unknown.
    fn take(&mut self, key: &str, value: Option<&Value>) -> bool {
        fn read<T: for<'de> Deserialize<'de>>(into: &mut T, value: Option<&Value>) -> bool {
            let read = value.map(T::deserialize);
            match read {
                Some(Ok(value)) => *into = value,
                _ => return false,
            }
            true
        }
        match key {
            "missing_required_query_parameters" => {
                read(&mut self.missing_required_query_parameters, value)
            }
            "missing_required_body_fields" => read(&mut self.missing_required_body_fields, value),
            "conditionally_required_query_parameters" => {
                read(&mut self.conditionally_required_query_parameters, value)
            }
            "conditionally_required_body_fields" => {
                read(&mut self.conditionally_required_body_fields, value)
            }
            "forbidden_error" => {
                read(&mut self.missing_scopes, value.and_then(|value| value.get("missing_scopes")))
            }
            // These two carry a description and no value.
            "rate_limit_error" | "remote_error" => {
                self.descriptions.contains_key(key) && value.is_none_or(Value::is_null)
            }
            _ => false,
        }
    }
}
