//! The example `sync`, killed at every step and disturbed by faults: it loses no record and writes none twice.

use std::fs;
use std::future::{Future, poll_fn};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::task::Poll;

use serde_json::{Value, json};
use truto_examples::e_signature::{ListUsers, User};
use truto_examples::sync::{Progress, Step, SyncError, SyncJob};
use truto_sandbox::{Fault, Sandbox};
use truto_tests::current_thread;

const TENANTS: [&str; 3] = ["acme", "globex", "initech"];
const USERS: usize = 7;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    for tenant in TENANTS {
        let account = sandbox.account_named(tenant);
        for number in 0..USERS {
            let user = json!({"id": format!("{tenant}-{number}"), "name": "é"});
            sandbox.insert_for(&account, "e-signature", "users", user);
        }
    }
    sandbox
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("an empty place");
    }
    folder
}

/// Runs the job in a separate runtime, as in a process, and kills it after a number of polls.
///
/// `None` if it was killed.
fn run(sandbox: &Sandbox, folder: &Path, polls: usize) -> Option<Result<usize, SyncError>> {
    current_thread().block_on(async {
        let client = sandbox.client_builder().build().expect("a client");
        let job = SyncJob {
            folder: folder.to_owned(),
            page: 3,
            accounts: 2,
            progress: |_: Progress<'_>| {},
        };
        let mut run = pin!(job.run(&client));
        let mut left = polls;
        poll_fn(|cx| {
            if left == 0 {
                return Poll::Ready(None);
            }
            left -= 1;
            run.as_mut().poll(cx).map(Some)
        })
        .await
    })
}

/// The ids in the file of each account of a tenant.
fn written(folder: &Path) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|ending| ending == "jsonl") {
            let text = fs::read_to_string(path).expect("UTF-8");
            let id = |line| {
                let user: Value = serde_json::from_str(line).expect(line);
                user["id"].as_str().expect("an id").to_owned()
            };
            all.push(text.lines().map(id).collect());
        }
    }
    all.sort();
    all
}

/// The sandbox's own account has no users, so its file is empty.
fn expected() -> Vec<Vec<String>> {
    let users = |tenant| (0..USERS).map(|number| format!("{tenant}-{number}")).collect();
    [vec![Vec::new()], TENANTS.map(users).to_vec()].concat()
}

#[test]
fn a_kill_at_any_step_loses_and_repeats_no_record() {
    let sandbox = sandbox();
    let mut killed = 0;
    for polls in 1.. {
        let folder = folder("sync-killed");
        let first = run(&sandbox, &folder, polls);
        let finished = first.is_some();
        killed += usize::from(!finished);
        // State after a kill in the middle of a write.
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("a file").path();
            let is_output = path.extension().is_some_and(|ending| ending == "jsonl");
            if is_output && !finished {
                let mut file = fs::OpenOptions::new().append(true).open(path).expect("a file");
                file.write_all(b"{\"id\":\"half").expect("written");
            }
        }
        // The second run does not get far either.
        run(&sandbox, &folder, polls / 2 + 1);
        let done = run(&sandbox, &folder, usize::MAX).expect("not killed");
        assert_eq!(done.expect("the accounts are listed"), 0);
        assert_eq!(written(&folder), expected(), "killed after {polls} polls");
        if finished {
            break;
        }
    }
    assert!(killed > 20, "killed at {killed} steps only");
}

#[test]
fn faults_lose_no_record_and_affect_no_other_account() {
    let sandbox = sandbox();
    let list = User::list(&ListUsers::default());
    let acme = sandbox.account_named("acme");
    sandbox
        .when(&list)
        .on(&acme)
        .fail(Fault::status(502))
        .fail(Fault::truncated())
        .fail(Fault::status(429).header("retry-after", "0"))
        .times(1);
    let globex = sandbox.account_named("globex");
    sandbox.when(&list).on(&globex).fail(Fault::missing_scopes(["users:read"]));
    let folder = folder("sync-faults");
    let failed = run(&sandbox, &folder, usize::MAX).expect("not killed");
    assert_eq!(failed.expect("the accounts are listed"), 1);
    let mut wanted = expected();
    wanted[2] = Vec::new();
    wanted.sort();
    assert_eq!(written(&folder), wanted);
}

#[test]
fn each_step_is_reported() {
    let sandbox = sandbox();
    let folder = folder("sync-steps");
    let steps = std::sync::Mutex::new(Vec::new());
    current_thread().block_on(async {
        let job = SyncJob {
            folder,
            page: 4,
            accounts: 1,
            progress: |progress: Progress<'_>| {
                let finished = matches!(progress.step, Step::Finished);
                let step = (progress.account.to_owned(), progress.users, finished);
                steps.lock().expect("a lock").push(step);
            },
        };
        let failed = job.run(&sandbox.client()).await;
        assert_eq!(failed.expect("the accounts are listed"), 0);
    });
    let steps = steps.into_inner().expect("a lock");
    let of = |tenant: &str| -> Vec<(u64, bool)> {
        let steps = steps.iter().filter(|step| step.0 == tenant);
        steps.map(|(_, users, finished)| (*users, *finished)).collect()
    };
    assert_eq!(of("acme"), [(0, false), (4, false), (7, false), (7, true)]);
}

#[test]
fn a_repeated_cursor_ends_the_account_with_an_error() {
    let sandbox = sandbox();
    let list = User::list(&ListUsers::default());
    let looping = json!({"result": [{"id": "1"}, {"id": "2"}], "next_cursor": "again"});
    sandbox.when(&list).on(&sandbox.account_named("acme")).reply(looping);
    let folder = folder("sync-loop");
    let failed = run(&sandbox, &folder, usize::MAX).expect("not killed");
    assert_eq!(failed.expect("the accounts are listed"), 1);
    let lines = |written: &[Vec<String>]| written.iter().map(Vec::len).collect::<Vec<_>>();
    let mut first = lines(&written(&folder));
    first.sort_unstable();
    assert_eq!(first, [0, 4, USERS, USERS], "two pages of the loop");
    run(&sandbox, &folder, usize::MAX).expect("not killed").expect("the accounts are listed");
    let mut second = lines(&written(&folder));
    second.sort_unstable();
    assert_eq!(second, first, "a second run appends nothing");
}

#[test]
fn a_cursor_of_another_kind_does_not_finish_an_account() {
    let sandbox = sandbox();
    let list = User::list(&ListUsers::default());
    for cursor in [json!({"after": "x"}), json!(["x"]), json!(true)] {
        let page = json!({"result": [{"id": "1"}], "next_cursor": cursor});
        sandbox.when(&list).on(&sandbox.account_named("acme")).reply(page).times(2);
        let folder = folder("sync-odd-cursor");
        for failed in [1, 1, 0] {
            let found = run(&sandbox, &folder, usize::MAX).expect("not killed");
            assert_eq!(found.expect("the accounts are listed"), failed, "{cursor}");
        }
        assert_eq!(written(&folder), expected());
    }
}

#[test]
fn an_expired_cursor_restarts_the_account() {
    let sandbox = sandbox();
    let list = User::list(&ListUsers::default());
    let folder = folder("sync-expired");
    // Killed after the first page of one account, so that its checkpoint has a cursor.
    let polls = (1..1_000).find(|polls| {
        let _ = fs::remove_dir_all(&folder);
        run(&sandbox, &folder, *polls);
        let is_first_page = |ids: &Vec<String>| ids.len() == 3 && ids[0].starts_with("acme");
        folder.exists() && written(&folder).iter().any(is_first_page)
    });
    assert!(polls.is_some());
    let expired = json!({"statusCode": 400, "error": "Bad Request", "message": "Invalid cursor"});
    let acme = sandbox.account_named("acme");
    sandbox.when(&list).on(&acme).reply_status(400, expired).times(1);
    let before = sandbox.requests().len();
    for failed in [1, 0] {
        let found = run(&sandbox, &folder, usize::MAX).expect("not killed");
        assert_eq!(found.expect("the accounts are listed"), failed);
    }
    assert_eq!(written(&folder), expected());
    // The requests for `acme`: the refused cursor, then the list from its first page.
    let id = acme.id().expect("an account with an id");
    let queries: Vec<_> =
        sandbox.requests().split_off(before).into_iter().map(|it| it.query).collect();
    let of_acme = queries.iter().filter(|query| query.contains(id));
    let resumes: Vec<_> = of_acme.map(|query| query.contains("next_cursor=")).take(3).collect();
    assert_eq!(resumes, [true, false, true]);
}

#[test]
fn a_damaged_checkpoint_restarts_the_sync() {
    let sandbox = sandbox();
    for damaged in ["", "{\"length\":3"] {
        let folder = folder("sync-damaged");
        run(&sandbox, &folder, usize::MAX).expect("not killed").expect("listed");
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("a file").path();
            if path.extension().is_some_and(|ending| ending == "checkpoint") {
                fs::write(path, damaged).expect("written");
            }
        }
        let failed = run(&sandbox, &folder, usize::MAX).expect("not killed");
        assert_eq!(failed.expect("the accounts are listed"), 0);
        assert_eq!(written(&folder), expected());
    }
}

#[test]
fn a_checkpoint_without_its_records_restarts_the_sync() {
    let sandbox = sandbox();
    let folder = folder("sync-lost");
    run(&sandbox, &folder, usize::MAX).expect("not killed").expect("listed");
    for entry in fs::read_dir(&folder).expect("a folder") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|ending| ending == "jsonl") {
            fs::remove_file(path).expect("removed");
        }
    }
    let failed = run(&sandbox, &folder, usize::MAX).expect("not killed");
    assert_eq!(failed.expect("the accounts are listed"), 0);
    assert_eq!(written(&folder), expected());
}
