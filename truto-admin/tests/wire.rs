//! The method, path, query and body of every route, as Truto documents them.

use serde_json::{Value, json};
use truto_admin::*;
use truto_core::Request;

fn check<O>(request: &Request<O>, route: &str, query: &str, body: &Value) {
    assert_eq!(format!("{} {}", request.method(), request.path()), route);
    assert_eq!(request.query_string(), query, "{route}");
    let sent = request.body_bytes().map(|bytes| serde_json::from_slice(bytes).expect("JSON"));
    assert_eq!(sent.unwrap_or(Value::Null), *body, "{route}");
}

#[test]
#[allow(clippy::too_many_lines, clippy::wildcard_imports)] // one line per route
fn every_route_goes_out_as_documented() {
    check(&Alarm::list(&ListAlarms::default()), "GET /alarm", "", &json!(null));
    check(&Alarm::get("a/b"), "GET /alarm/a%2Fb", "", &json!(null));
    check(
        &Alarm::create(&CreateAlarm::new("x", "7")),
        "POST /alarm",
        "",
        &json!({"alarm_type": "x", "entity_id": "7"}),
    );
    check(&Alarm::update("a/b", &UpdateAlarm::default()), "PATCH /alarm/a%2Fb", "", &json!({}));
    check(&Alarm::delete("a/b"), "DELETE /alarm/a%2Fb", "", &json!(null));
    check(&ApiToken::list(&ListApiTokens::default()), "GET /api-token", "", &json!(null));
    check(&ApiToken::get("a/b"), "GET /api-token/a%2Fb", "", &json!(null));
    check(&Category::list(), "GET /category", "", &json!(null));
    check(
        &DaemonJobCronTrigger::list(&ListDaemonJobCronTriggers::default()),
        "GET /daemon-job-cron-trigger",
        "",
        &json!(null),
    );
    check(
        &DaemonJobCronTrigger::get("a/b"),
        "GET /daemon-job-cron-trigger/a%2Fb",
        "",
        &json!(null),
    );
    check(
        &DaemonJobCronTrigger::create(&CreateDaemonJobCronTrigger::new("7", "7", "x")),
        "POST /daemon-job-cron-trigger",
        "",
        &json!({"daemon_job_id": "7", "daemon_id": "7", "cron_expression": "x"}),
    );
    check(
        &DaemonJobCronTrigger::update("a/b", &UpdateDaemonJobCronTrigger::default()),
        "PATCH /daemon-job-cron-trigger/a%2Fb",
        "",
        &json!({}),
    );
    check(
        &DaemonJobCronTrigger::delete("a/b"),
        "DELETE /daemon-job-cron-trigger/a%2Fb",
        "",
        &json!(null),
    );
    check(
        &DaemonJobCronTrigger::schedule("a/b"),
        "POST /daemon-job-cron-trigger/a%2Fb/schedule",
        "",
        &json!(null),
    );
    check(
        &DaemonJobRun::list(&ListDaemonJobRuns::default()),
        "GET /daemon-job-run",
        "",
        &json!(null),
    );
    check(&DaemonJobRun::get("a/b"), "GET /daemon-job-run/a%2Fb", "", &json!(null));
    check(
        &DaemonJobRun::create(&CreateDaemonJobRun::new("7", "7")),
        "POST /daemon-job-run",
        "",
        &json!({"daemon_job_id": "7", "daemon_id": "7"}),
    );
    check(
        &DaemonJobRun::update("a/b", &UpdateDaemonJobRun::default()),
        "PATCH /daemon-job-run/a%2Fb",
        "",
        &json!({}),
    );
    check(&DaemonJobRun::stop("a/b"), "DELETE /daemon-job-run/a%2Fb", "", &json!(null));
    check(&DaemonJob::list(), "GET /daemon-job", "", &json!(null));
    check(&DaemonJob::get("a/b"), "GET /daemon-job/a%2Fb", "", &json!(null));
    check(
        &DaemonJob::create(&CreateDaemonJob::new("x")),
        "POST /daemon-job",
        "",
        &json!({"label": "x"}),
    );
    check(
        &DaemonJob::update("a/b", &UpdateDaemonJob::default()),
        "PATCH /daemon-job/a%2Fb",
        "",
        &json!({}),
    );
    check(&DaemonJob::delete("a/b"), "DELETE /daemon-job/a%2Fb", "", &json!(null));
    check(&Daemon::list(), "GET /daemon", "", &json!(null));
    check(&Daemon::get("a/b"), "GET /daemon/a%2Fb", "", &json!(null));
    check(
        &Daemon::create(&CreateDaemon::new("x", truto_admin::DaemonStatus::Stopped, "x")),
        "POST /daemon",
        "",
        &json!({"label": "x", "status": "stopped", "group_key": "x"}),
    );
    check(&Daemon::update("a/b", &UpdateDaemon::default()), "PATCH /daemon/a%2Fb", "", &json!({}));
    check(&Daemon::delete("a/b"), "DELETE /daemon/a%2Fb", "", &json!(null));
    check(&Datastore::list(), "GET /datastore", "", &json!(null));
    check(&Datastore::get("a/b"), "GET /datastore/a%2Fb", "", &json!(null));
    check(
        &Datastore::create(&CreateDatastore::new(
            DatastoreConfig::GoogleCloudStorage(GoogleCloudStorageConfig::new("b", json!({}))),
            "x",
        )),
        "POST /datastore",
        "",
        &json!({"type": "google_cloud_storage", "config": {"bucket": "b", "credentials": {}}, "label": "x"}),
    );
    check(
        &Datastore::update("a/b", &UpdateDatastore::default()),
        "PATCH /datastore/a%2Fb",
        "",
        &json!({}),
    );
    check(&Datastore::delete("a/b"), "DELETE /datastore/a%2Fb", "", &json!(null));
    check(
        &Datastore::test("a/b", "a/b", &json!({"k": 1})),
        "POST /datastore/a%2Fb/test/a%2Fb",
        "",
        &json!({"k": 1}),
    );
    check(
        &Documentation::list(&ListDocumentation::default()),
        "GET /documentation",
        "",
        &json!(null),
    );
    check(&Documentation::get("a/b"), "GET /documentation/a%2Fb", "", &json!(null));
    check(
        &Documentation::create(&CreateDocumentation::new("7", "x")),
        "POST /documentation",
        "",
        &json!({"entity_id": "7", "content": "x"}),
    );
    check(
        &Documentation::update("a/b", &UpdateDocumentation::default()),
        "PATCH /documentation/a%2Fb",
        "",
        &json!({}),
    );
    check(&Documentation::delete("a/b"), "DELETE /documentation/a%2Fb", "", &json!(null));
    check(
        &EnvironmentIntegration::list(&ListEnvironmentIntegrations::default()),
        "GET /environment-integration",
        "",
        &json!(null),
    );
    check(
        &EnvironmentIntegration::get("a/b"),
        "GET /environment-integration/a%2Fb",
        "",
        &json!(null),
    );
    check(
        &EnvironmentIntegration::create(&CreateEnvironmentIntegration::new("7")),
        "POST /environment-integration",
        "",
        &json!({"integration_id": "7"}),
    );
    check(
        &EnvironmentIntegration::update("a/b", &UpdateEnvironmentIntegration::default()),
        "PATCH /environment-integration/a%2Fb",
        "",
        &json!({}),
    );
    check(
        &EnvironmentIntegration::delete("a/b"),
        "DELETE /environment-integration/a%2Fb",
        "",
        &json!(null),
    );
    check(
        &EnvironmentResourceMethod::list(&ListEnvironmentResourceMethods::default()),
        "GET /environment-unified-model-resource-method",
        "",
        &json!(null),
    );
    check(
        &EnvironmentResourceMethod::get("a/b"),
        "GET /environment-unified-model-resource-method/a%2Fb",
        "",
        &json!(null),
    );
    check(
        &EnvironmentResourceMethod::create(&CreateEnvironmentResourceMethod::new(
            "7", "x", "x", "x",
        )),
        "POST /environment-unified-model-resource-method",
        "",
        &json!({"environment_unified_model_id": "7", "integration_name": "x", "resource_name": "x", "method_name": "x"}),
    );
    check(
        &EnvironmentResourceMethod::update("a/b", &UpdateEnvironmentResourceMethod::default()),
        "PATCH /environment-unified-model-resource-method/a%2Fb",
        "",
        &json!({}),
    );
    check(
        &EnvironmentResourceMethod::delete("a/b"),
        "DELETE /environment-unified-model-resource-method/a%2Fb",
        "",
        &json!(null),
    );
    check(
        &EnvironmentUnifiedModel::list(&ListEnvironmentUnifiedModels::default()),
        "GET /environment-unified-model",
        "",
        &json!(null),
    );
    check(
        &EnvironmentUnifiedModel::get("a/b"),
        "GET /environment-unified-model/a%2Fb",
        "",
        &json!(null),
    );
    check(
        &EnvironmentUnifiedModel::create(&CreateEnvironmentUnifiedModel::new("7")),
        "POST /environment-unified-model",
        "",
        &json!({"unified_model_id": "7"}),
    );
    check(
        &EnvironmentUnifiedModel::update("a/b", &UpdateEnvironmentUnifiedModel::default()),
        "PATCH /environment-unified-model/a%2Fb",
        "",
        &json!({}),
    );
    check(
        &EnvironmentUnifiedModel::delete("a/b"),
        "DELETE /environment-unified-model/a%2Fb",
        "",
        &json!(null),
    );
    check(&Environment::list(), "GET /environment", "", &json!(null));
    check(&Environment::get("a/b"), "GET /environment/a%2Fb", "", &json!(null));
    check(
        &Environment::update("a/b", &UpdateEnvironment::default()),
        "PATCH /environment/a%2Fb",
        "",
        &json!({}),
    );
    check(
        &IntegratedAccount::list(&ListIntegratedAccounts::default()),
        "GET /integrated-account",
        "",
        &json!(null),
    );
    check(&IntegratedAccount::get("a/b"), "GET /integrated-account/a%2Fb", "", &json!(null));
    check(
        &IntegratedAccount::import(&ImportIntegratedAccount::new("x", "7", json!({"k": 1}), "x")),
        "POST /integrated-account",
        "",
        &json!({"tenant_id": "x", "environment_integration_id": "7", "context": {"k": 1}, "authentication_method": "x"}),
    );
    check(
        &IntegratedAccount::update("a/b", &UpdateIntegratedAccount::default()),
        "PATCH /integrated-account/a%2Fb",
        "",
        &json!({}),
    );
    check(
        &IntegratedAccount::update_credentials("a/b", &UpdateCredentials::new(json!({"k": 1}))),
        "PATCH /integrated-account/a%2Fb/credentials",
        "",
        &json!({"context": {"k": 1}}),
    );
    check(&IntegratedAccount::delete("a/b"), "DELETE /integrated-account/a%2Fb", "", &json!(null));
    check(
        &IntegratedAccount::refresh_credentials(&AccountReference::new("7")),
        "POST /integrated-account/refresh-credentials",
        "",
        &json!({"id": "7"}),
    );
    check(
        &IntegratedAccount::run_post_install_actions(&AccountReference::new("7")),
        "POST /integrated-account/run-post-install-actions",
        "",
        &json!({"id": "7"}),
    );
    check(
        &IntegratedAccount::bulk_delete(&BulkDelete::new(json!({"k": 1}))),
        "POST /integrated-account/bulk-delete",
        "",
        &json!({"query": {"k": 1}}),
    );
    check(
        &IntegratedAccount::capabilities("a/b", &CapabilitiesQuery::default()),
        "GET /integrated-account/a%2Fb/capabilities",
        "",
        &json!(null),
    );
    check(
        &IntegratedAccount::tools("a/b", &ListTools::default()),
        "GET /integrated-account/a%2Fb/tools",
        "",
        &json!(null),
    );
    check(&OwnAccount::get(), "GET /integrated-account/me", "", &json!(null));
    check(
        &OwnAccount::update(&UpdateOwnAccount::new(json!({"k": 1}))),
        "PATCH /integrated-account/me",
        "",
        &json!({"context": {"k": 1}}),
    );
    check(&Integration::list(&ListIntegrations::default()), "GET /integration", "", &json!(null));
    check(&Integration::get("a/b"), "GET /integration/a%2Fb", "", &json!(null));
    check(
        &Integration::create(&CreateIntegration::new("x", json!({"k": 1}))),
        "POST /integration",
        "",
        &json!({"name": "x", "config": {"k": 1}}),
    );
    check(
        &Integration::update("a/b", &UpdateIntegration::new(3)),
        "PATCH /integration/a%2Fb",
        "",
        &json!({"version": 3}),
    );
    check(&Integration::delete("a/b"), "DELETE /integration/a%2Fb", "", &json!(null));
    check(
        &Integration::capabilities("a/b", &CapabilitiesQuery::default()),
        "GET /integration/a%2Fb/capabilities",
        "",
        &json!(null),
    );
    check(
        &LinkToken::create(&NewLinkToken::Connect(ConnectAccount::new("x"))),
        "POST /link-token",
        "",
        &json!({"tenant_id": "x"}),
    );
    check(&LogEntry::list(&LogQuery::new(LogType::Mcp)), "GET /log", "log_type=mcp", &json!(null));
    check(&McpServer::list("a/b"), "GET /integrated-account/a%2Fb/mcp", "", &json!(null));
    check(
        &McpServer::get("a/b", "a/b"),
        "GET /integrated-account/a%2Fb/mcp/a%2Fb",
        "",
        &json!(null),
    );
    check(
        &McpServer::create("a/b", &CreateMcpServer::new("x", McpConfig::default())),
        "POST /integrated-account/a%2Fb/mcp",
        "",
        &json!({"name": "x", "config": {}}),
    );
    check(
        &McpServer::update("a/b", "a/b", &UpdateMcpServer::default()),
        "PATCH /integrated-account/a%2Fb/mcp/a%2Fb",
        "",
        &json!({}),
    );
    check(
        &McpServer::delete("a/b", "a/b"),
        "DELETE /integrated-account/a%2Fb/mcp/a%2Fb",
        "",
        &json!(null),
    );
    check(
        &McpResponse::call("a/b", &McpRequest::new("ping")),
        "POST /mcp/<token>",
        "",
        &json!({"method": "ping", "jsonrpc": "2.0", "id": 1}),
    );
    check(&NotificationDestination::list(), "GET /notification-destination", "", &json!(null));
    check(
        &NotificationDestination::get("a/b"),
        "GET /notification-destination/a%2Fb",
        "",
        &json!(null),
    );
    check(
        &NotificationDestination::create(&CreateNotificationDestination::new(
            DestinationConfig::Email(EmailDestination::new(vec!["a@b.c".to_owned()])),
        )),
        "POST /notification-destination",
        "",
        &json!({"type": "email", "config": {"to": ["a@b.c"]}}),
    );
    check(
        &NotificationDestination::update("a/b", &UpdateNotificationDestination::default()),
        "PATCH /notification-destination/a%2Fb",
        "",
        &json!({}),
    );
    check(
        &NotificationDestination::delete("a/b"),
        "DELETE /notification-destination/a%2Fb",
        "",
        &json!(null),
    );
    check(
        &NotificationDestination::test(&TestNotificationDestination::new("7")),
        "POST /notification-destination/test",
        "",
        &json!({"id": "7"}),
    );
    check(
        &ResourceMethod::list(&ListResourceMethods::default()),
        "GET /unified-model-resource-method",
        "",
        &json!(null),
    );
    check(
        &ResourceMethod::get("a/b"),
        "GET /unified-model-resource-method/a%2Fb",
        "",
        &json!(null),
    );
    check(
        &ResourceMethod::create(&CreateResourceMethod::new("7", "x", "x", "x")),
        "POST /unified-model-resource-method",
        "",
        &json!({"unified_model_id": "7", "integration_name": "x", "resource_name": "x", "method_name": "x"}),
    );
    check(
        &ResourceMethod::update("a/b", &UpdateResourceMethod::default()),
        "PATCH /unified-model-resource-method/a%2Fb",
        "",
        &json!({}),
    );
    check(
        &ResourceMethod::delete("a/b"),
        "DELETE /unified-model-resource-method/a%2Fb",
        "",
        &json!(null),
    );
    check(&SandboxIntegratedAccount::list(), "GET /sandbox-integrated-account", "", &json!(null));
    check(
        &SandboxIntegratedAccount::get("a/b"),
        "GET /sandbox-integrated-account/a%2Fb",
        "",
        &json!(null),
    );
    check(
        &SandboxIntegratedAccount::create(&CreateSandboxIntegratedAccount::new("7")),
        "POST /sandbox-integrated-account",
        "",
        &json!({"id": "7"}),
    );
    check(
        &SandboxIntegratedAccount::delete("a/b"),
        "DELETE /sandbox-integrated-account/a%2Fb",
        "",
        &json!(null),
    );
    check(&StaticGate::list(&ListStaticGates::default()), "GET /static-gate", "", &json!(null));
    check(&StaticGate::get("a/b"), "GET /static-gate/a%2Fb", "", &json!(null));
    check(
        &StaticGate::create(&CreateStaticGate::new("x", "x")),
        "POST /static-gate",
        "",
        &json!({"name": "x", "domain": "x"}),
    );
    check(
        &StaticGate::update("a/b", &UpdateStaticGate::default()),
        "PATCH /static-gate/a%2Fb",
        "",
        &json!({}),
    );
    check(&StaticGate::delete("a/b"), "DELETE /static-gate/a%2Fb", "", &json!(null));
    check(
        &SyncJobCronTrigger::list(&ListSyncJobCronTriggers::default()),
        "GET /sync-job-cron-trigger",
        "",
        &json!(null),
    );
    check(&SyncJobCronTrigger::get("a/b"), "GET /sync-job-cron-trigger/a%2Fb", "", &json!(null));
    check(
        &SyncJobCronTrigger::create(&CreateSyncJobCronTrigger::new("7", "x")),
        "POST /sync-job-cron-trigger",
        "",
        &json!({"sync_job_id": "7", "cron_expression": "x"}),
    );
    check(
        &SyncJobCronTrigger::update("a/b", &UpdateSyncJobCronTrigger::default()),
        "PATCH /sync-job-cron-trigger/a%2Fb",
        "",
        &json!({}),
    );
    check(
        &SyncJobCronTrigger::delete("a/b"),
        "DELETE /sync-job-cron-trigger/a%2Fb",
        "",
        &json!(null),
    );
    check(
        &SyncJobCronTrigger::schedule("a/b"),
        "POST /sync-job-cron-trigger/a%2Fb/schedule",
        "",
        &json!(null),
    );
    check(
        &SyncJobRunState::list(&StateKey::new("x")),
        "GET /sync-job-run-state",
        "state_key=x",
        &json!(null),
    );
    check(
        &SyncJobRunState::get("a/b", &StateKey::new("x")),
        "GET /sync-job-run-state/a%2Fb",
        "state_key=x",
        &json!(null),
    );
    check(
        &SyncJobRunState::create(
            &StateKey::new("x"),
            &CreateSyncJobRunState::new("x", json!({"k": 1})),
        ),
        "POST /sync-job-run-state",
        "state_key=x",
        &json!({"key": "x", "value": {"k": 1}}),
    );
    check(
        &SyncJobRunState::update(
            "a/b",
            &StateKey::new("x"),
            &UpdateSyncJobRunState::new(json!({"k": 1})),
        ),
        "PATCH /sync-job-run-state/a%2Fb",
        "state_key=x",
        &json!({"value": {"k": 1}}),
    );
    check(
        &SyncJobRunState::delete("a/b", &StateKey::new("x")),
        "DELETE /sync-job-run-state/a%2Fb",
        "state_key=x",
        &json!(null),
    );
    check(&SyncJobRun::list(&ListSyncJobRuns::default()), "GET /sync-job-run", "", &json!(null));
    check(&SyncJobRun::get("a/b"), "GET /sync-job-run/a%2Fb", "", &json!(null));
    check(
        &SyncJobRun::create(&CreateSyncJobRun::new("7", "7")),
        "POST /sync-job-run",
        "",
        &json!({"sync_job_id": "7", "integrated_account_id": "7"}),
    );
    check(
        &SyncJobRun::update("a/b", &UpdateSyncJobRun::default()),
        "PATCH /sync-job-run/a%2Fb",
        "",
        &json!({}),
    );
    check(&SyncJobRun::stop("a/b"), "DELETE /sync-job-run/a%2Fb", "", &json!(null));
    check(
        &SyncJobTemplate::list(&ListSyncJobTemplates::default()),
        "GET /sync-job-template",
        "",
        &json!(null),
    );
    check(&SyncJobTemplate::get("a/b"), "GET /sync-job-template/a%2Fb", "", &json!(null));
    check(
        &SyncJobTemplate::create(&CreateSyncJobTemplate::new("x", 3)),
        "POST /sync-job-template",
        "",
        &json!({"label": "x", "default_runtime_version": 3}),
    );
    check(
        &SyncJobTemplate::update("a/b", &UpdateSyncJobTemplate::default()),
        "PATCH /sync-job-template/a%2Fb",
        "",
        &json!({}),
    );
    check(&SyncJobTemplate::delete("a/b"), "DELETE /sync-job-template/a%2Fb", "", &json!(null));
    check(&SyncJob::list(&ListSyncJobs::default()), "GET /sync-job", "", &json!(null));
    check(&SyncJob::get("a/b"), "GET /sync-job/a%2Fb", "", &json!(null));
    check(
        &SyncJob::create(&CreateSyncJob::new("x")),
        "POST /sync-job",
        "",
        &json!({"integration_name": "x"}),
    );
    check(
        &SyncJob::update("a/b", &UpdateSyncJob::default()),
        "PATCH /sync-job/a%2Fb",
        "",
        &json!({}),
    );
    check(&SyncJob::delete("a/b"), "DELETE /sync-job/a%2Fb", "", &json!(null));
    check(&Team::list(), "GET /team", "", &json!(null));
    check(&Team::get("a/b"), "GET /team/a%2Fb", "", &json!(null));
    check(&Team::update("a/b", &UpdateTeam::default()), "PATCH /team/a%2Fb", "", &json!({}));
    check(
        &UnifiedModel::list(&ListUnifiedModels::default()),
        "GET /unified-model",
        "",
        &json!(null),
    );
    check(&UnifiedModel::get("a/b"), "GET /unified-model/a%2Fb", "", &json!(null));
    check(
        &UnifiedModel::create(&CreateUnifiedModel::new("x", "x", json!({"k": 1}))),
        "POST /unified-model",
        "",
        &json!({"name": "x", "category": "x", "resources": {"k": 1}}),
    );
    check(
        &UnifiedModel::update("a/b", &UpdateUnifiedModel::new(3)),
        "PATCH /unified-model/a%2Fb",
        "",
        &json!({"version": 3}),
    );
    check(&UnifiedModel::delete("a/b"), "DELETE /unified-model/a%2Fb", "", &json!(null));
    check(&User::list(), "GET /user", "", &json!(null));
    check(&User::get("a/b"), "GET /user/a%2Fb", "", &json!(null));
    check(&Webhook::list(&ListWebhooks::default()), "GET /webhook", "", &json!(null));
    check(&Webhook::get("a/b"), "GET /webhook/a%2Fb", "", &json!(null));
    check(
        &Webhook::create(&CreateWebhook::new("x")),
        "POST /webhook",
        "",
        &json!({"target_url": "x"}),
    );
    check(
        &Webhook::update("a/b", &UpdateWebhook::default()),
        "PATCH /webhook/a%2Fb",
        "",
        &json!({}),
    );
    check(&Webhook::delete("a/b"), "DELETE /webhook/a%2Fb", "", &json!(null));
    check(&Webhook::test(&TestWebhook::new("7")), "POST /webhook/test", "", &json!({"id": "7"}));
    check(&WorkflowRun::list(&ListWorkflowRuns::default()), "GET /workflow-run", "", &json!(null));
    check(&WorkflowRun::get("a/b"), "GET /workflow-run/a%2Fb", "", &json!(null));
    check(&WorkflowRun::delete("a/b"), "DELETE /workflow-run/a%2Fb", "", &json!(null));
    check(&Workflow::list(&ListWorkflows::default()), "GET /workflow", "", &json!(null));
    check(&Workflow::get("a/b"), "GET /workflow/a%2Fb", "", &json!(null));
    check(
        &Workflow::create(&CreateWorkflow::new(
            "x",
            WorkflowConfig { run_if: None, steps: Vec::new() },
        )),
        "POST /workflow",
        "",
        &json!({"trigger_name": "x", "config": {"steps": []}}),
    );
    check(
        &Workflow::update("a/b", &UpdateWorkflow::default()),
        "PATCH /workflow/a%2Fb",
        "",
        &json!({}),
    );
    check(&Workflow::delete("a/b"), "DELETE /workflow/a%2Fb", "", &json!(null));
}

#[test]
fn settings_are_tagged_by_their_kind() {
    let config = DatastoreConfig::S3(S3Config::new("id", "s3cret-key", "eu-west-1", "b"));
    let store = Datastore::create(&CreateDatastore::new(config, "store"));
    let config = json!({
        "access_key_id": "id", "secret_access_key": "s3cret-key", "region": "eu-west-1", "bucket": "b"
    });
    let body = json!({"type": "s3", "config": config, "label": "store"});
    check(&store, "POST /datastore", "", &body);
    let config = SlackDestination::new("https://hooks.example/s3cret");
    let slack = CreateNotificationDestination::new(DestinationConfig::Slack(config));
    let body = json!({"type": "slack", "config": {"webhook_url": "https://hooks.example/s3cret"}});
    let created = NotificationDestination::create(&slack);
    check(&created, "POST /notification-destination", "", &body);
}

#[test]
fn filters_have_dotted_names_and_operators() {
    let since: jiff::Timestamp = "2026-11-01T00:00:00Z".parse().expect("a time");
    let accounts = ListIntegratedAccounts {
        status: Some(AccountStatus::NeedsReauth),
        integration_name: Some("hubspot".into()),
        created_at: Some(truto_core::Filter::gte(since)),
        ..Default::default()
    };
    check(
        &IntegratedAccount::list(&accounts).limit(5),
        "GET /integrated-account",
        "status=needs_reauth&integration.name=hubspot\
         &created_at%5Bgte%5D=2026-11-01T00%3A00%3A00Z&limit=5",
        &json!(null),
    );
}

#[test]
fn updates_clear_keep_and_set() {
    let change = UpdateMcpServer {
        expires_at: truto_core::Update::Clear,
        name: "tools".to_owned().into(),
        ..Default::default()
    };
    check(
        &McpServer::update("a", "m", &change),
        "PATCH /integrated-account/a/mcp/m",
        "",
        &json!({"name": "tools", "expires_at": null}),
    );
    let enabled = UpdateEnvironmentIntegration {
        overrides: truto_core::Update::Set(json!({}).into()),
        ..Default::default()
    };
    check(
        &EnvironmentIntegration::update("e", &enabled),
        "PATCH /environment-integration/e",
        "",
        &json!({"override": {}}),
    );
}
