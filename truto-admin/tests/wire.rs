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

/// Rows of a route with its query, the request that is made, and its body, if it has one.
macro_rules! routes {
    ($($route:literal = $request:expr $(=> $body:tt)?;)*) => {$(
        let (route, query) = $route.split_once('?').unwrap_or(($route, ""));
        check(&$request, route, query, &json!([$($body)?])[0]);
    )*};
}

#[test]
// One line per route.
#[allow(clippy::default_trait_access, clippy::too_many_lines, clippy::wildcard_imports)]
fn every_route_is_sent_as_documented() {
    routes! {
        "GET /alarm" = Alarm::list(&Default::default());
        "GET /alarm/a%2Fb" = Alarm::get("a/b");
        "POST /alarm" = Alarm::create(&CreateAlarm::new("x", "7")) =>
            {"alarm_type": "x", "entity_id": "7"};
        "PATCH /alarm/a%2Fb" = Alarm::update("a/b", &Default::default()) => {};
        "DELETE /alarm/a%2Fb" = Alarm::delete("a/b");
        "GET /api-token" = ApiToken::list(&Default::default());
        "GET /api-token/a%2Fb" = ApiToken::get("a/b");
        "GET /category" = Category::list();
        "GET /daemon-job-cron-trigger" = DaemonJobCronTrigger::list(&Default::default());
        "GET /daemon-job-cron-trigger/a%2Fb" = DaemonJobCronTrigger::get("a/b");
        "POST /daemon-job-cron-trigger" =
            DaemonJobCronTrigger::create(&CreateDaemonJobCronTrigger::new("7", "7", "x")) =>
            {"daemon_job_id": "7", "daemon_id": "7", "cron_expression": "x"};
        "PATCH /daemon-job-cron-trigger/a%2Fb" =
            DaemonJobCronTrigger::update("a/b", &Default::default()) => {};
        "DELETE /daemon-job-cron-trigger/a%2Fb" = DaemonJobCronTrigger::delete("a/b");
        "POST /daemon-job-cron-trigger/a%2Fb/schedule" = DaemonJobCronTrigger::schedule("a/b");
        "GET /daemon-job-run" = DaemonJobRun::list(&Default::default());
        "GET /daemon-job-run/a%2Fb" = DaemonJobRun::get("a/b");
        "POST /daemon-job-run" = DaemonJobRun::create(&CreateDaemonJobRun::new("7", "7")) =>
            {"daemon_job_id": "7", "daemon_id": "7"};
        "PATCH /daemon-job-run/a%2Fb" = DaemonJobRun::update("a/b", &Default::default()) => {};
        "DELETE /daemon-job-run/a%2Fb" = DaemonJobRun::stop("a/b");
        "GET /daemon-job" = DaemonJob::list();
        "GET /daemon-job/a%2Fb" = DaemonJob::get("a/b");
        "POST /daemon-job" = DaemonJob::create(&CreateDaemonJob::new("x")) => {"label": "x"};
        "PATCH /daemon-job/a%2Fb" = DaemonJob::update("a/b", &Default::default()) => {};
        "DELETE /daemon-job/a%2Fb" = DaemonJob::delete("a/b");
        "GET /daemon" = Daemon::list();
        "GET /daemon/a%2Fb" = Daemon::get("a/b");
        "POST /daemon" =
            Daemon::create(&CreateDaemon::new("x", truto_admin::DaemonStatus::Stopped, "x")) =>
            {"label": "x", "status": "stopped", "group_key": "x"};
        "PATCH /daemon/a%2Fb" = Daemon::update("a/b", &Default::default()) => {};
        "DELETE /daemon/a%2Fb" = Daemon::delete("a/b");
        "GET /datastore" = Datastore::list();
        "GET /datastore/a%2Fb" = Datastore::get("a/b");
        "POST /datastore" =
            Datastore::create(&CreateDatastore::new(
                DatastoreConfig::GoogleCloudStorage(GoogleCloudStorageConfig::new("b", json!({}))),
                "x",
            )) => {
                "type": "google_cloud_storage",
                "config": {"bucket": "b", "credentials": {}},
                "label": "x",
            };
        "PATCH /datastore/a%2Fb" = Datastore::update("a/b", &Default::default()) => {};
        "DELETE /datastore/a%2Fb" = Datastore::delete("a/b");
        "POST /datastore/a%2Fb/test/a%2Fb" = Datastore::test("a/b", "a/b", &json!({"k": 1})) =>
            {"k": 1};
        "GET /documentation" = Documentation::list(&Default::default());
        "GET /documentation/a%2Fb" = Documentation::get("a/b");
        "POST /documentation" = Documentation::create(&CreateDocumentation::new("7", "x")) =>
            {"entity_id": "7", "content": "x"};
        "PATCH /documentation/a%2Fb" = Documentation::update("a/b", &Default::default()) => {};
        "DELETE /documentation/a%2Fb" = Documentation::delete("a/b");
        "GET /environment-integration" = EnvironmentIntegration::list(&Default::default());
        "GET /environment-integration/a%2Fb" = EnvironmentIntegration::get("a/b");
        "POST /environment-integration" =
            EnvironmentIntegration::create(&CreateEnvironmentIntegration::new("7")) =>
            {"integration_id": "7"};
        "PATCH /environment-integration/a%2Fb" =
            EnvironmentIntegration::update("a/b", &Default::default()) => {};
        "DELETE /environment-integration/a%2Fb" = EnvironmentIntegration::delete("a/b");
        "GET /environment-unified-model-resource-method" =
            EnvironmentResourceMethod::list(&Default::default());
        "GET /environment-unified-model-resource-method/a%2Fb" =
            EnvironmentResourceMethod::get("a/b");
        "POST /environment-unified-model-resource-method" =
            EnvironmentResourceMethod::create(
                &CreateEnvironmentResourceMethod::new("7", "x", "x", "x"),
            ) => {
                "environment_unified_model_id": "7",
                "integration_name": "x",
                "resource_name": "x",
                "method_name": "x",
            };
        "PATCH /environment-unified-model-resource-method/a%2Fb" =
            EnvironmentResourceMethod::update("a/b", &Default::default()) => {};
        "DELETE /environment-unified-model-resource-method/a%2Fb" =
            EnvironmentResourceMethod::delete("a/b");
        "GET /environment-unified-model" = EnvironmentUnifiedModel::list(&Default::default());
        "GET /environment-unified-model/a%2Fb" = EnvironmentUnifiedModel::get("a/b");
        "POST /environment-unified-model" =
            EnvironmentUnifiedModel::create(&CreateEnvironmentUnifiedModel::new("7")) =>
            {"unified_model_id": "7"};
        "PATCH /environment-unified-model/a%2Fb" =
            EnvironmentUnifiedModel::update("a/b", &Default::default()) => {};
        "DELETE /environment-unified-model/a%2Fb" = EnvironmentUnifiedModel::delete("a/b");
        "GET /environment" = Environment::list();
        "GET /environment/a%2Fb" = Environment::get("a/b");
        "PATCH /environment/a%2Fb" = Environment::update("a/b", &Default::default()) => {};
        "GET /integrated-account" = IntegratedAccount::list(&Default::default());
        "GET /integrated-account/a%2Fb" = IntegratedAccount::get("a/b");
        "POST /integrated-account" =
            IntegratedAccount::import(
                &ImportIntegratedAccount::new("x", "7", json!({"k": 1}), "x"),
            ) => {
                "tenant_id": "x",
                "environment_integration_id": "7",
                "context": {"k": 1},
                "authentication_method": "x",
            };
        "PATCH /integrated-account/a%2Fb" = IntegratedAccount::update("a/b", &Default::default()) => {};
        "PATCH /integrated-account/a%2Fb/credentials" =
            IntegratedAccount::update_credentials("a/b", &UpdateCredentials::new(json!({"k": 1}))) =>
            {"context": {"k": 1}};
        "DELETE /integrated-account/a%2Fb" = IntegratedAccount::delete("a/b");
        "POST /integrated-account/refresh-credentials" =
            IntegratedAccount::refresh_credentials(&AccountReference::new("7")) =>
            {"id": "7"};
        "POST /integrated-account/run-post-install-actions" =
            IntegratedAccount::run_post_install_actions(&AccountReference::new("7")) =>
            {"id": "7"};
        "POST /integrated-account/bulk-delete" =
            IntegratedAccount::bulk_delete(&BulkDelete::new(json!({"k": 1}))) =>
            {"query": {"k": 1}};
        "GET /integrated-account/a%2Fb/capabilities" =
            IntegratedAccount::capabilities("a/b", &Default::default());
        "GET /integrated-account/a%2Fb/tools" =
            IntegratedAccount::tools("a/b", &Default::default());
        "GET /integrated-account/me" = OwnAccount::get();
        "PATCH /integrated-account/me" =
            OwnAccount::update(&UpdateOwnAccount::new(json!({"k": 1}))) =>
            {"context": {"k": 1}};
        "GET /integration" = Integration::list(&Default::default());
        "GET /integration/a%2Fb" = Integration::get("a/b");
        "POST /integration" = Integration::create(&CreateIntegration::new("x", json!({"k": 1}))) =>
            {"name": "x", "config": {"k": 1}};
        "PATCH /integration/a%2Fb" = Integration::update("a/b", &UpdateIntegration::new(3)) =>
            {"version": 3};
        "DELETE /integration/a%2Fb" = Integration::delete("a/b");
        "GET /integration/a%2Fb/capabilities" =
            Integration::capabilities("a/b", &Default::default());
        "POST /link-token" = LinkToken::create(&NewLinkToken::Connect(ConnectAccount::new("x"))) =>
            {"tenant_id": "x"};
        "GET /log?log_type=mcp" = LogEntry::list(&LogQuery::new(LogType::Mcp));
        "GET /integrated-account/a%2Fb/mcp" = McpServer::list("a/b");
        "GET /integrated-account/a%2Fb/mcp/a%2Fb" = McpServer::get("a/b", "a/b");
        "POST /integrated-account/a%2Fb/mcp" =
            McpServer::create("a/b", &CreateMcpServer::new("x", McpConfig::default())) =>
            {"name": "x", "config": {}};
        "PATCH /integrated-account/a%2Fb/mcp/a%2Fb" =
            McpServer::update("a/b", "a/b", &Default::default()) => {};
        "DELETE /integrated-account/a%2Fb/mcp/a%2Fb" = McpServer::delete("a/b", "a/b");
        "POST /mcp/<token>" = McpResponse::call("a/b", &McpRequest::new("ping")) =>
            {"method": "ping", "jsonrpc": "2.0", "id": 1};
        "GET /notification-destination" = NotificationDestination::list();
        "GET /notification-destination/a%2Fb" = NotificationDestination::get("a/b");
        "POST /notification-destination" =
            NotificationDestination::create(&CreateNotificationDestination::new(
                DestinationConfig::Email(EmailDestination::new(vec!["a@b.c".to_owned()])),
            )) =>
            {"type": "email", "config": {"to": ["a@b.c"]}};
        "PATCH /notification-destination/a%2Fb" =
            NotificationDestination::update("a/b", &Default::default()) => {};
        "DELETE /notification-destination/a%2Fb" = NotificationDestination::delete("a/b");
        "POST /notification-destination/test" =
            NotificationDestination::test(&TestNotificationDestination::new("7")) =>
            {"id": "7"};
        "GET /unified-model-resource-method" = ResourceMethod::list(&Default::default());
        "GET /unified-model-resource-method/a%2Fb" = ResourceMethod::get("a/b");
        "POST /unified-model-resource-method" =
            ResourceMethod::create(&CreateResourceMethod::new("7", "x", "x", "x")) =>
            {
                "unified_model_id": "7",
                "integration_name": "x",
                "resource_name": "x",
                "method_name": "x",
            };
        "PATCH /unified-model-resource-method/a%2Fb" =
            ResourceMethod::update("a/b", &Default::default()) => {};
        "DELETE /unified-model-resource-method/a%2Fb" = ResourceMethod::delete("a/b");
        "GET /sandbox-integrated-account" = SandboxIntegratedAccount::list();
        "GET /sandbox-integrated-account/a%2Fb" = SandboxIntegratedAccount::get("a/b");
        "POST /sandbox-integrated-account" =
            SandboxIntegratedAccount::create(&CreateSandboxIntegratedAccount::new("7")) =>
            {"id": "7"};
        "DELETE /sandbox-integrated-account/a%2Fb" = SandboxIntegratedAccount::delete("a/b");
        "GET /static-gate" = StaticGate::list(&Default::default());
        "GET /static-gate/a%2Fb" = StaticGate::get("a/b");
        "POST /static-gate" = StaticGate::create(&CreateStaticGate::new("x", "x")) =>
            {"name": "x", "domain": "x"};
        "PATCH /static-gate/a%2Fb" = StaticGate::update("a/b", &Default::default()) => {};
        "DELETE /static-gate/a%2Fb" = StaticGate::delete("a/b");
        "GET /sync-job-cron-trigger" = SyncJobCronTrigger::list(&Default::default());
        "GET /sync-job-cron-trigger/a%2Fb" = SyncJobCronTrigger::get("a/b");
        "POST /sync-job-cron-trigger" =
            SyncJobCronTrigger::create(&CreateSyncJobCronTrigger::new("7", "x")) =>
            {"sync_job_id": "7", "cron_expression": "x"};
        "PATCH /sync-job-cron-trigger/a%2Fb" =
            SyncJobCronTrigger::update("a/b", &Default::default()) => {};
        "DELETE /sync-job-cron-trigger/a%2Fb" = SyncJobCronTrigger::delete("a/b");
        "POST /sync-job-cron-trigger/a%2Fb/schedule" = SyncJobCronTrigger::schedule("a/b");
        "GET /sync-job-run-state?state_key=x" = SyncJobRunState::list(&StateKey::new("x"));
        "GET /sync-job-run-state/a%2Fb?state_key=x" =
            SyncJobRunState::get("a/b", &StateKey::new("x"));
        "POST /sync-job-run-state?state_key=x" =
            SyncJobRunState::create(
                &StateKey::new("x"),
                &CreateSyncJobRunState::new("x", json!({"k": 1})),
            ) =>
            {"key": "x", "value": {"k": 1}};
        "PATCH /sync-job-run-state/a%2Fb?state_key=x" =
            SyncJobRunState::update(
                "a/b",
                &StateKey::new("x"),
                &UpdateSyncJobRunState::new(json!({"k": 1})),
            ) =>
            {"value": {"k": 1}};
        "DELETE /sync-job-run-state/a%2Fb?state_key=x" =
            SyncJobRunState::delete("a/b", &StateKey::new("x"));
        "GET /sync-job-run" = SyncJobRun::list(&Default::default());
        "GET /sync-job-run/a%2Fb" = SyncJobRun::get("a/b");
        "POST /sync-job-run" = SyncJobRun::create(&CreateSyncJobRun::new("7", "7")) =>
            {"sync_job_id": "7", "integrated_account_id": "7"};
        "PATCH /sync-job-run/a%2Fb" = SyncJobRun::update("a/b", &Default::default()) => {};
        "DELETE /sync-job-run/a%2Fb" = SyncJobRun::stop("a/b");
        "GET /sync-job-template" = SyncJobTemplate::list(&Default::default());
        "GET /sync-job-template/a%2Fb" = SyncJobTemplate::get("a/b");
        "POST /sync-job-template" = SyncJobTemplate::create(&CreateSyncJobTemplate::new("x", 3)) =>
            {"label": "x", "default_runtime_version": 3};
        "PATCH /sync-job-template/a%2Fb" = SyncJobTemplate::update("a/b", &Default::default()) => {};
        "DELETE /sync-job-template/a%2Fb" = SyncJobTemplate::delete("a/b");
        "GET /sync-job" = SyncJob::list(&Default::default());
        "GET /sync-job/a%2Fb" = SyncJob::get("a/b");
        "POST /sync-job" = SyncJob::create(&CreateSyncJob::new("x")) => {"integration_name": "x"};
        "PATCH /sync-job/a%2Fb" = SyncJob::update("a/b", &Default::default()) => {};
        "DELETE /sync-job/a%2Fb" = SyncJob::delete("a/b");
        "GET /team" = Team::list();
        "GET /team/a%2Fb" = Team::get("a/b");
        "PATCH /team/a%2Fb" = Team::update("a/b", &Default::default()) => {};
        "GET /unified-model" = UnifiedModel::list(&Default::default());
        "GET /unified-model/a%2Fb" = UnifiedModel::get("a/b");
        "POST /unified-model" =
            UnifiedModel::create(&CreateUnifiedModel::new("x", "x", json!({"k": 1}))) =>
            {"name": "x", "category": "x", "resources": {"k": 1}};
        "PATCH /unified-model/a%2Fb" = UnifiedModel::update("a/b", &UpdateUnifiedModel::new(3)) =>
            {"version": 3};
        "DELETE /unified-model/a%2Fb" = UnifiedModel::delete("a/b");
        "GET /user" = User::list();
        "GET /user/a%2Fb" = User::get("a/b");
        "GET /webhook" = Webhook::list(&Default::default());
        "GET /webhook/a%2Fb" = Webhook::get("a/b");
        "POST /webhook" = Webhook::create(&CreateWebhook::new("x")) => {"target_url": "x"};
        "PATCH /webhook/a%2Fb" = Webhook::update("a/b", &Default::default()) => {};
        "DELETE /webhook/a%2Fb" = Webhook::delete("a/b");
        "POST /webhook/test" = Webhook::test(&TestWebhook::new("7")) => {"id": "7"};
        "GET /workflow-run" = WorkflowRun::list(&Default::default());
        "GET /workflow-run/a%2Fb" = WorkflowRun::get("a/b");
        "DELETE /workflow-run/a%2Fb" = WorkflowRun::delete("a/b");
        "GET /workflow" = Workflow::list(&Default::default());
        "GET /workflow/a%2Fb" = Workflow::get("a/b");
        "POST /workflow" =
            Workflow::create(&CreateWorkflow::new(
                "x",
                WorkflowConfig { run_if: None, steps: Vec::new() },
            )) =>
            {"trigger_name": "x", "config": {"steps": []}};
        "PATCH /workflow/a%2Fb" = Workflow::update("a/b", &Default::default()) => {};
        "DELETE /workflow/a%2Fb" = Workflow::delete("a/b");
    }
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
