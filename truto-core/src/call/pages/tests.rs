use serde_json::Value;

use super::*;
use crate::{Client, RetryPolicy};

fn account() -> Account {
    let builder = Client::builder().token("test-token").base_url("http://127.0.0.1:9");
    builder.retry(RetryPolicy::none()).build().expect("a client").token_account()
}

fn list() -> Request<Page<Value>> {
    Request::unified("GET", "crm", "contacts", None)
}

fn page(records: usize, cursor: Option<&str>) -> Page<Value> {
    let next = cursor.map_or(Value::Null, Value::from);
    let page = serde_json::json!({"result": vec![0; records], "next_cursor": next});
    serde_json::from_value(page).expect("a page")
}

#[test]
fn a_repeated_cursor_is_detected() {
    let mut seen = Seen::default();
    assert!(seen.insert("a") && seen.insert("b") && seen.insert(""));
    assert!(!seen.insert("a") && !seen.insert("b") && !seen.insert(""));
}

#[test]
fn the_cursor_of_a_list_is_that_of_the_last_returned_page() {
    let mut pages = list().pages(&account());
    assert_eq!((pages.cursor(), list().items(&account()).cursor()), (None, None));
    pages.record_page(&page(1, Some("b")));
    assert_eq!(pages.cursor(), None, "the first page was returned");
    pages.advance();
    assert_eq!(pages.cursor(), Some("b"));
    pages.record_page(&page(1, None));
    assert_eq!(pages.cursor(), Some("b"), "the last page");
    let resumed = list().next_cursor("a").items(&account());
    assert_eq!(resumed.cursor(), Some("a"));
    assert_eq!(
        format!("{resumed:?}"),
        "Items { pages: Pages { endpoint: GET /unified/<model>/<resource>, pages: 0, .. }, .. }"
    );
}

/// The continuation of a page: the next page, the end, or the reason why the list cannot continue.
fn next(pages: &Pages<Value>) -> String {
    match &pages.state {
        PagesState::Idle => "next".to_owned(),
        PagesState::Finished => "end".to_owned(),
        PagesState::Endless(Endless::Repeated) => "repeated".to_owned(),
        PagesState::Endless(Endless::MaxPages(max)) => format!("max {max}"),
        PagesState::Endless(Endless::EmptyPages(empty)) => format!("empty {empty}"),
        _ => "other".to_owned(),
    }
}

#[test]
fn each_page_continues_or_ends_its_list() {
    let check = |request: Request<Page<Value>>, read: &[(usize, Option<&str>, &str)]| {
        let mut pages = request.pages(&account());
        for (number, (records, cursor, expected)) in read.iter().enumerate() {
            pages.record_page(&page(*records, *cursor));
            assert_eq!(next(&pages), *expected, "page {number} of {read:?}");
        }
    };
    check(list(), &[(1, Some("a"), "next"), (0, Some("b"), "next"), (1, None, "end")]);
    check(list(), &[(1, Some("a"), "next"), (1, Some("a"), "repeated")]);
    check(list().next_cursor("a"), &[(1, Some("a"), "repeated")]);
    let two = list().max_pages(2);
    check(two.clone(), &[(1, Some("a"), "next"), (1, Some("b"), "max 2")]);
    check(two, &[(1, Some("a"), "next"), (1, None, "end")]);
    let two = list().max_empty_pages(2);
    check(two.clone(), &[(0, Some("a"), "next"), (0, Some("b"), "empty 2")]);
    check(two, &[(0, Some("a"), "next"), (1, Some("b"), "next"), (0, Some("c"), "next")]);
}

/// A prefetched page is waited for only by the runtime that fetches it.
#[test]
fn a_task_is_stranded_if_another_runtime_waits_for_it() {
    let runtime = || tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let (first, second) = (runtime(), runtime());
    let spawn = || Task::spawn(std::future::pending::<Result<(), Error>>());
    assert!(spawn().is_none(), "no runtime");
    let task = first.block_on(async { spawn() }).expect("a runtime");
    assert!(!task.is_stranded(), "nobody waits");
    assert!(!first.block_on(async { task.is_stranded() }));
    assert!(second.block_on(async { task.is_stranded() }));
    let ready = first.block_on(async {
        let task = Task::spawn(std::future::ready(Ok::<_, Error>(())));
        tokio::task::yield_now().await;
        task
    });
    let ready = ready.expect("a runtime");
    assert!(!second.block_on(async { ready.is_stranded() }), "it has ended");
    drop(task);
    first.block_on(tokio::task::yield_now());
    assert_eq!(first.metrics().num_alive_tasks(), 0, "a list takes its task along");
}

/// A list whose next page is fetched ahead by this task.
fn ahead(task: Task<ListPage<Value>>) -> Pages<Value> {
    let mut pages = list().pages(&account());
    pages.state = PagesState::Ahead(task);
    pages
}

#[test]
fn a_page_is_taken_from_the_task_that_fetches_it_unless_that_task_is_stranded() {
    let runtime = crate::testing::current_thread;
    let (first, second) = (runtime(), runtime());
    let next = |mut pages: Pages<Value>| async move {
        let next = tokio::time::timeout(std::time::Duration::from_secs(20), pages.next()).await;
        next.expect("no wait for a runtime that waits no more").expect("a page or an error")
    };
    let fetched = || async { Ok(ListPage { page: page(3, None), bad_cursor: None }) };
    let read = first.block_on(async { next(ahead(Task::spawn(fetched()).expect("a task"))).await });
    assert_eq!(read.expect("the page of the task").result.len(), 3);
    // The task never runs, so the page is requested again, from a server that does not exist.
    let stranded = first.block_on(async { ahead(Task::spawn(fetched()).expect("a task")) });
    let failed = second.block_on(next(stranded)).expect_err("no server");
    assert!(failed.is_connect(), "{failed}");
}
