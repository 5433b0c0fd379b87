//! Conversions and traits of the values of responses, bodies and webhooks.

use std::borrow::Cow;
use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use truto_core::webhooks::{AccountAction, AccountEvent, Event, EventKind, InvalidEvent, Part};
use truto_core::{
    Deleted, Filter, Id, KeyedPage, OrRaw, Page, RateLimit, RemoteData, Response, Update, Upload,
    WithDebug,
};

use crate::has;

has!(Id: Default + FromStr + From<u8> + From<u16> + From<u32> + From<u128> + From<usize>);
has!(Id: From<i8> + From<i16> + From<i32> + From<i64> + From<i128> + From<isize>);
has!(Id: for<'a> From<Cow<'a, str>> + From<Box<str>> + for<'a> From<&'a String>);
has!(Id: Into<String> + Into<Cow<'static, str>> + Into<Arc<str>> + Into<Box<str>> + Into<Value>);
has!(Id: PartialEq<String>);
has!(String: PartialEq<Id>);
has!(Update<u8>: From<Option<Option<u8>>> + Into<Option<Option<u8>>> + DeserializeOwned + Hash);
has!(OrRaw<u8>: Hash + Default);
has!(RemoteData: Default + From<Box<RawValue>> + Into<Box<RawValue>> + Into<Value> + Hash);
has!(Page<u8>: FromIterator<u8> + Extend<u8> + Into<Vec<u8>> + From<Vec<u8>> + Default + Serialize);
has!(Page<u8>: IntoIterator<Item = u8> + Clone + Debug + PartialEq + DeserializeOwned);
has!(KeyedPage<u8>: Clone + Debug + PartialEq + Serialize + DeserializeOwned);
has!(Deleted<u8>: Serialize + Default);
has!(WithDebug<u8>: Clone + Debug + PartialEq);
has!(Response<u8>: Serialize + Clone + Debug);
has!(RateLimit: Serialize + Copy + Debug + PartialEq);
has!(Filter<u8>: DeserializeOwned + From<u8> + PartialEq + Eq + Hash);
has!(Event: Serialize + DeserializeOwned + Clone + Debug + PartialEq + Send + Sync + 'static);
has!(EventKind: Display + Debug + Copy + Eq + Hash);
has!(AccountAction: Display + Debug + Clone + Eq + Hash);
has!(Part: Serialize + DeserializeOwned);
has!(InvalidEvent: std::error::Error + Send + Sync + 'static);

fn rate_limit(limit: RateLimit) -> (u64, u64, Duration, Option<Duration>) {
    (limit.limit, limit.remaining, limit.reset, limit.window)
}

fn events(event: &Event) {
    let _: Option<&str> = event.integrated_account_id();
    let _: Option<SystemTime> = event.created_at();
    let _: &'static str = event.kind().as_str();
    let _: (&str, &str) = (event.entity(), event.action());
    let account: Option<AccountEvent> = event.account_event();
    if let Some(account) = account {
        let _: (AccountAction, Option<Id>, Option<String>) =
            (account.action, account.id, account.last_error);
    }
}

fn forms() -> Upload {
    let chunks = || futures_util::stream::iter([std::io::Result::Ok(Bytes::from_static(b"a"))]);
    Upload::form()
        .text("name", "value")
        .file("file", "a.txt", "text/plain", "bytes")
        .file_path("file", "a.txt", "text/plain", "/tmp/a")
        .file_stream("file", "a.txt", "text/plain", Some(1), chunks())
        .file_stream_with("file", "a.txt", "text/plain", None, chunks)
        .on_progress(|_: u64, _: u64| ())
}

#[test]
fn updates_report_their_kind() {
    let update: Update<u8> = Some(Some(7)).into();
    assert!(update.is_set() && !update.is_clear() && !update.is_keep());
    let page: Page<u8> = [1, 2].into_iter().collect();
    assert_eq!((page.len(), page.is_empty()), (2, false));
    events(&Event::named("integrated_account:created"));
    drop(forms());
    let _ = rate_limit;
}
