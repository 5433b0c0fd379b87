//! Datastores: `/datastore`.
//!
//! See [Truto's page on datastores](https://truto.one/docs/api-reference/admin/datastores).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use truto_core::secrecy::SecretString;
use truto_core::{Deleted, Id, OrRaw, Page, RemoteData, Update, endpoint};

use crate::Outcome;
use crate::SecretJson;

/// Your own store, to which sync jobs write.
#[endpoint(method = "GET", path = "/datastore", name = "list", response = Page<Self>, doc = "Lists datastores.")]
#[endpoint(method = "GET", path = "/datastore/<id>", name = "get", response = Self, doc = "Gets a datastore.")]
#[endpoint(method = "POST", path = "/datastore", name = "create", body = CreateDatastore, response = Self, doc = "Creates a datastore.")]
#[endpoint(method = "PATCH", path = "/datastore/<id>", name = "update", body = UpdateDatastore, response = Self, doc = "Updates a datastore.")]
#[endpoint(method = "DELETE", path = "/datastore/<id>", name = "delete", response = Deleted<Self>, doc = "Deletes a datastore.")]
#[endpoint(method = "POST", path = "/datastore/<id>/test/<method>", name = "test", body = Value, response = Outcome, doc = "Calls a method of a store; for S3 and Google Cloud Storage only.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Datastore {
    /// The id of the record.
    pub id: Id,
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: Option<OrRaw<DatastoreKind>>,
    /// A human-readable name.
    pub label: Option<String>,
    /// Its settings, without secrets.
    pub config: Option<RemoteData>,
    /// The environment that it belongs to.
    pub environment_id: Option<Id>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// The kind of a [`Datastore`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatastoreKind {
    /// MongoDB, through its Data API.
    MongoDataApi,
    /// Google Cloud Storage.
    GoogleCloudStorage,
    /// Amazon S3, or a compatible store.
    S3,
    /// Qdrant.
    Qdrant,
}

/// Settings of MongoDB, through its Data API.
#[derive(Debug, Clone, Serialize)]
pub struct MongoConfig {
    /// The data source.
    pub data_source: String,
    /// The database.
    pub database: String,
    /// The URL of the Data API.
    pub api_url: String,
    /// Its key.
    #[serde(serialize_with = "crate::secret::expose_one")]
    pub api_key: SecretString,
}

impl MongoConfig {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(
        data_source: impl Into<String>,
        database: impl Into<String>,
        api_url: impl Into<String>,
        api_key: impl Into<SecretString>,
    ) -> Self {
        Self {
            data_source: data_source.into(),
            database: database.into(),
            api_url: api_url.into(),
            api_key: api_key.into(),
        }
    }
}

/// Settings of Google Cloud Storage.
#[derive(Debug, Clone, Serialize)]
pub struct GoogleCloudStorageConfig {
    /// The bucket.
    pub bucket: String,
    /// The key file of the service account.
    pub credentials: SecretJson,
}

impl GoogleCloudStorageConfig {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(bucket: impl Into<String>, credentials: impl Into<SecretJson>) -> Self {
        Self { bucket: bucket.into(), credentials: credentials.into() }
    }
}

/// Settings of Amazon S3, or of a compatible store.
#[derive(Debug, Clone, Serialize)]
pub struct S3Config {
    /// The id of the key.
    pub access_key_id: String,
    /// The key.
    #[serde(serialize_with = "crate::secret::expose_one")]
    pub secret_access_key: SecretString,
    /// The region.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// The URL of a compatible store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
}

impl S3Config {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<SecretString>,
        region: impl Into<String>,
        bucket: impl Into<String>,
    ) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            secret_access_key: secret_access_key.into(),
            region: region.into(),
            bucket: bucket.into(),
            base_url: None,
        }
    }
}

/// Settings of Qdrant.
#[derive(Debug, Clone, Serialize)]
pub struct QdrantConfig {
    /// The address.
    pub base_url: String,
    /// Its key.
    #[serde(serialize_with = "crate::secret::expose_one")]
    pub api_key: SecretString,
    /// Default 6333.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// The collection.
    pub collection: String,
}

impl QdrantConfig {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(
        base_url: impl Into<String>,
        api_key: impl Into<SecretString>,
        collection: impl Into<String>,
    ) -> Self {
        Self {
            base_url: base_url.into(),
            api_key: api_key.into(),
            port: None,
            collection: collection.into(),
        }
    }
}

/// Kind and settings of a [`Datastore`].
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", content = "config", rename_all = "snake_case")]
pub enum DatastoreConfig {
    /// MongoDB, through its Data API.
    MongoDataApi(MongoConfig),
    /// Google Cloud Storage.
    GoogleCloudStorage(GoogleCloudStorageConfig),
    /// Amazon S3, or a compatible store.
    S3(S3Config),
    /// Qdrant.
    Qdrant(QdrantConfig),
}

/// The body of [`Datastore::create`].
#[derive(Debug, Clone, Serialize)]
pub struct CreateDatastore {
    /// Its kind and settings.
    #[serde(flatten)]
    pub config: DatastoreConfig,
    /// A human-readable name.
    pub label: String,
    /// Default: the token's environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_id: Option<Id>,
}

impl CreateDatastore {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(config: DatastoreConfig, label: impl Into<String>) -> Self {
        Self { config, label: label.into(), environment_id: None }
    }
}

/// The body of [`Datastore::update`].
#[derive(Debug, Clone, Default, Serialize)]
pub struct UpdateDatastore {
    /// A human-readable name.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub label: Update<String>,
    /// Settings that change; merged deeply.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub config: Update<SecretJson>,
}
