//! Lists: one page, all pages, all items.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::future::Future;

use futures_util::Stream;
use truto_core::{Account, Error, Items, KeyedPage, OrRaw, Page, Pages, Request};

use crate::attribute::{ListUsers, User};
use crate::has;

has!(Pages<User>: Stream<Item = Result<Page<User>, Error>> + Send + Sync + Unpin + 'static);
has!(Items<User>: Stream<Item = Result<User, Error>> + Send + Sync + Unpin + 'static);
has!(Page<User>: Debug + Clone + PartialEq + Send + Sync);
has!(KeyedPage<User>: Debug + Clone + PartialEq + Send + Sync);

fn setters(request: Request<Page<User>>) {
    let request: Request<Page<User>> = request
        .limit(100)
        .next_cursor("c")
        .next_cursor(String::from("c"))
        .ignore_limit()
        .super_query("eu");
    let _: Request<KeyedPage<User>> = request.clone().key_by("id");
    let _: Request<Page<OrRaw<User>>> = request.or_raw();
}

async fn run(account: &Account) -> Result<(), Error> {
    let list = || User::list(&ListUsers::default());
    let mut pages: Pages<User> = list().pages(account);
    while let Some(page) = pages.next().await {
        let page: Page<User> = page?;
        let Page { result, next_cursor, prev_cursor, result_count, is_partial_response, .. } = page;
        let _: (Vec<User>, Option<String>, Option<String>) = (result, next_cursor, prev_cursor);
        let _: (Option<u64>, Option<bool>) = (result_count, is_partial_response);
        let _: Option<&str> = pages.cursor();
    }
    let mut items: Items<User> = list().items(account);
    while let Some(item) = items.next().await {
        let _: User = item?;
        let _: Option<&str> = items.cursor();
    }
    let _: Vec<User> = list().all(account).await?;
    let keyed: KeyedPage<User> = list().key_by("id").send(account).await?;
    let _: BTreeMap<String, User> = keyed.result;
    let _: (Option<String>, Option<String>) = (keyed.next_cursor, keyed.prev_cursor);
    let _: (Option<u64>, Option<bool>) = (keyed.result_count, keyed.is_partial_response);
    Ok(())
}

fn all_is_send(account: &Account) -> impl Future<Output = Result<Vec<User>, Error>> + Send {
    User::list(&ListUsers::default()).all(account)
}

#[test]
fn setters_add_their_parameters() {
    let list = User::list(&ListUsers::default()).limit(2).next_cursor("c").super_query("eu");
    let query = list.query_string();
    for pair in ["limit=2", "next_cursor=c", "eu"] {
        assert!(query.contains(pair), "{query}");
    }
    setters(list);
}
