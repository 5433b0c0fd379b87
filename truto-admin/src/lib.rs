//! Truto's own API, declared with `truto-core`'s [`endpoint`](truto_core::endpoint) attribute.
//!
//! `truto-core` calls the providers of your customers' accounts. This crate covers the administration of
//! those accounts: connected accounts, link tokens, batches, webhooks, logs, sync jobs. Each route is an
//! attribute on the struct of its response, and its function returns an ordinary
//! [`Request`](truto_core::Request) with the retries, deadlines and errors of `truto-core`.
//!
//! ```no_run
//! use truto_admin::{ConnectAccount, IntegratedAccount, LinkToken, ListIntegratedAccounts};
//! use truto_core::Client;
//! use truto_core::secrecy::ExposeSecret;
//!
//! # async fn run() -> Result<(), truto_core::Error> {
//! let client = Client::from_env()?; // TRUTO_API_TOKEN
//! let admin = client.token_account(); // these routes act on no connected account
//!
//! let token = LinkToken::create(&ConnectAccount::new("acme").into()).send(&admin).await?;
//! println!("connect here: {}", token.link_token.expose_secret());
//!
//! let of_acme = ListIntegratedAccounts { tenant_id: Some("acme".into()), ..Default::default() };
//! for account in IntegratedAccount::list(&of_acme).all(&admin).await? {
//!     if account.is_callable() {
//!         let account = client.account(account.id)?; // for calls of `/unified/`
//!         # let _ = account;
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Models
//!
//! Truto publishes no schema for these routes. So nearly all fields are optional, enums are open
//! ([`OrRaw`](truto_core::OrRaw)), and objects whose shape is not documented are kept as JSON
//! ([`RemoteData`](truto_core::RemoteData)). Secrets are
//! [`SecretString`](truto_core::secrecy::SecretString) or [`SecretJson`], which `Debug` never shows.
//!
#![doc = include_str!("routes.md")]
#![forbid(unsafe_code)]
// JSONata, SuperQuery and the like are names of products, not of code.
#![allow(clippy::doc_markdown)]

mod account_status;
mod alarms;
mod api_tokens;
mod batch;
mod bulk_delete;
mod capabilities;
mod daemon_job_cron_triggers;
mod daemon_job_runs;
mod daemon_jobs;
mod daemons;
mod datastores;
// Written by `truto-declare truto-admin/declare --out truto-admin/src/declared`, as `.ci/run` checks.
mod declared;
mod documentation;
mod environment_integrations;
mod environment_resource_methods;
mod environment_unified_models;
mod files;
mod integrated_accounts;
mod integrations;
mod link_tokens;
mod logs;
mod mcp_servers;
mod notification_destinations;
mod outcome;
mod own_account;
mod resource_methods;
mod sandbox_integrated_accounts;
mod secret;
mod static_gates;
mod sync_job_cron_triggers;
mod sync_job_run_states;
mod sync_job_runs;
mod sync_job_templates;
mod sync_jobs;
mod unified_models;
mod webhooks;
mod workflow_runs;
mod workflows;
pub use account_status::AccountStatus;
pub use alarms::{Alarm, CreateAlarm, ListAlarms, UpdateAlarm};
pub use api_tokens::{ApiToken, ListApiTokens};
pub use batch::{
    Batch, BatchError, BatchResults, NewPart, Part, PartError, Recurse, RecurseConfig, Reference,
};
pub use bulk_delete::BulkDelete;
pub use capabilities::{
    Capabilities, CapabilitiesAccount, CapabilitiesIntegration, CapabilitiesQuery, CapabilityKind,
    MethodCapability, Methods, UnifiedCapability,
};
pub use daemon_job_cron_triggers::{
    CreateDaemonJobCronTrigger, DaemonJobCronTrigger, ListDaemonJobCronTriggers,
    UpdateDaemonJobCronTrigger,
};
pub use daemon_job_runs::{
    CreateDaemonJobRun, DaemonJobRun, DaemonJobRunStatus, ListDaemonJobRuns, UpdateDaemonJobRun,
};
pub use daemon_jobs::{CreateDaemonJob, DaemonJob, UpdateDaemonJob};
pub use daemons::{CreateDaemon, Daemon, DaemonStatus, UpdateDaemon};
pub use datastores::{
    CreateDatastore, Datastore, DatastoreConfig, DatastoreKind, GoogleCloudStorageConfig,
    MongoConfig, QdrantConfig, S3Config, UpdateDatastore,
};
pub use declared::{Category, Environment, Team, UpdateEnvironment, UpdateTeam, User};
pub use documentation::{
    CreateDocumentation, Documentation, DocumentationKind, DocumentedEntity, ListDocumentation,
    UpdateDocumentation,
};
pub use environment_integrations::{
    CreateEnvironmentIntegration, EnvironmentIntegration, ListEnvironmentIntegrations,
    UpdateEnvironmentIntegration,
};
pub use environment_resource_methods::{
    CreateEnvironmentResourceMethod, EnvironmentResourceMethod, ListEnvironmentResourceMethods,
    UpdateEnvironmentResourceMethod,
};
pub use environment_unified_models::{
    CreateEnvironmentUnifiedModel, EnvironmentUnifiedModel, ListEnvironmentUnifiedModels,
    UpdateEnvironmentUnifiedModel,
};
pub use files::File;
pub use integrated_accounts::{
    AccountReference, ForbiddenError, ImportIntegratedAccount, IntegratedAccount,
    ListIntegratedAccounts, ListTools, Region, Tool, UpdateCredentials, UpdateIntegratedAccount,
};
pub use integrations::{CreateIntegration, Integration, ListIntegrations, UpdateIntegration};
pub use link_tokens::{ConnectAccount, LinkToken, NewLinkToken, ReconnectAccount};
pub use logs::{LogEntry, LogQuery, LogQueryError, LogType};
pub use mcp_servers::{
    CreateMcpServer, McpConfig, McpError, McpRequest, McpResponse, McpServer, UpdateMcpServer,
};
pub use notification_destinations::{
    CreateNotificationDestination, DestinationConfig, DestinationKind, EmailDestination,
    NotificationDestination, SlackDestination, TestNotificationDestination,
    UpdateNotificationDestination,
};
pub use outcome::{Outcome, Sharing};
pub use own_account::{OwnAccount, UpdateOwnAccount};
pub use resource_methods::{
    CreateResourceMethod, ListResourceMethods, ResourceMethod, UpdateResourceMethod,
};
pub use sandbox_integrated_accounts::{CreateSandboxIntegratedAccount, SandboxIntegratedAccount};
pub use secret::SecretJson;
pub use static_gates::{CreateStaticGate, ListStaticGates, StaticGate, UpdateStaticGate};
pub use sync_job_cron_triggers::{
    CreateSyncJobCronTrigger, ListSyncJobCronTriggers, SyncJobCronTrigger, UpdateSyncJobCronTrigger,
};
pub use sync_job_run_states::{
    CreateSyncJobRunState, StateKey, SyncJobRunState, UpdateSyncJobRunState,
};
pub use sync_job_runs::{
    CreateSyncJobRun, ErrorHandling, ListSyncJobRuns, SyncJobRun, SyncJobRunStatus,
    UpdateSyncJobRun,
};
pub use sync_job_templates::{
    CreateSyncJobTemplate, ListSyncJobTemplates, SyncJobTemplate, UpdateSyncJobTemplate,
};
pub use sync_jobs::{CreateSyncJob, ListSyncJobs, SyncJob, UpdateSyncJob};
pub use unified_models::{
    CreateUnifiedModel, ListUnifiedModels, UnifiedModel, UnifiedResource, UpdateUnifiedModel,
};
pub use webhooks::{CreateWebhook, ListWebhooks, TestWebhook, UpdateWebhook, Webhook};
pub use workflow_runs::{
    ListWorkflowRuns, WorkflowRun, WorkflowRunResult, WorkflowRunStatus, WorkflowStepResult,
};
pub use workflows::{
    CreateWorkflow, ListWorkflows, UpdateWorkflow, Workflow, WorkflowConfig, WorkflowStep,
};
