//! Values of bodies and queries.

use std::borrow::Borrow;
use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::ops::Deref;

use bytes::Bytes;
use futures_util::Stream;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use truto_core::{
    ByteStream, Deleted, Error, Filter, Id, OrRaw, RemoteData, RequestBody, Update, Upload,
};

use crate::attribute::User;
use crate::has;

has!(Id: Display + AsRef<str> + Borrow<str> + Deref<Target = str> + Clone + Debug + Eq + Ord + Hash);
has!(Id: for<'a> From<&'a str> + From<String> + From<u64> + PartialEq<str> + for<'a> PartialEq<&'a str>);
has!(Id: Serialize + DeserializeOwned);
has!(OrRaw<Status>: From<Status> + PartialEq + PartialEq<Status> + Eq + Clone + Debug);
has!(OrRaw<Status>: Serialize + DeserializeOwned);
has!(OrRaw<jiff::Timestamp>: Serialize + DeserializeOwned);
has!(RemoteData: Clone + Debug + PartialEq + Eq + Serialize + DeserializeOwned + From<Value>);
has!(Deleted<User>: Debug + Clone + PartialEq);
has!(ByteStream: Stream<Item = Result<Bytes, Error>> + Debug + Send + Unpin + 'static);
has!(Filter<jiff::Timestamp>: Serialize + Debug + Clone);
has!(Update<u8>: Serialize + Debug + Clone + PartialEq + Default);
has!(Upload: RequestBody + Debug + Clone + Send + Sync + 'static);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Active,
}

fn deleted(deleted: Deleted<User>) {
    let _: Option<&str> = deleted.id();
    let _: Option<&User> = deleted.resource();
    let _: Option<&RemoteData> = deleted.raw();
    let _: Option<User> = deleted.into_resource();
}

fn or_raw(value: OrRaw<Status>) {
    let _: Option<&Status> = value.known();
    let _: bool = value.is(&Status::Active);
    let _: Option<&RemoteData> = value.raw();
    let _: Option<String> = value.explain();
    let _: bool = value == Status::Active;
    match value.clone() {
        OrRaw::Known(known) => assert_eq!(known, Status::Active),
        OrRaw::Raw(raw) => drop::<RemoteData>(raw),
    }
    let _: Result<Status, RemoteData> = value.into_known();
}

fn remote_data(data: &RemoteData) {
    let _: &str = data.get();
    let _: Result<User, Error> = data.parse::<User>();
    let _: Result<Value, Error> = data.to_value();
}

async fn stream(stream: ByteStream, file: &mut (impl AsyncWrite + Unpin)) -> Result<(), Error> {
    let _: Option<&str> = stream.content_type();
    let _: Option<u64> = stream.content_length();
    let written: u64 = stream.copy_to(file).await?;
    let _ = written;
    Ok(())
}

fn reader(stream: ByteStream) -> impl AsyncRead + Send + Unpin + 'static {
    stream.into_async_read()
}

type Chunk = Result<Bytes, std::io::Error>;

fn uploads() {
    let chunks = || futures_util::stream::iter([Chunk::Ok(Bytes::from_static(b"a"))]);
    let _: Upload = Upload::bytes("text/plain", "a");
    let _: Upload = Upload::bytes("text/plain", vec![1]);
    let _: Upload = Upload::path("text/plain", "/tmp/a");
    let _: Upload = Upload::stream("text/plain", Some(1), chunks());
    let _: Upload = Upload::stream("text/plain", None, chunks());
    let _: Upload = Upload::stream_with("text/plain", Some(1), chunks);
    let _ = Upload::form();
}

#[test]
fn an_id_is_a_json_string_or_number() {
    let ids: Vec<Id> = serde_json::from_value(json!(["7", 7])).expect("ids");
    assert_eq!(ids[0], ids[1]);
    assert_eq!(ids[1], "7");
    assert_eq!(ids[1].len(), 1);
    assert_eq!(json!(ids), json!(["7", "7"]));
    uploads();
}

#[test]
fn or_raw_keeps_an_unknown_value_as_json() {
    let values: Vec<OrRaw<Status>> = serde_json::from_value(json!(["active", "new"])).expect("it");
    assert!(matches!(values[0], OrRaw::Known(Status::Active)));
    assert_eq!(values[1].raw().map(RemoteData::get), Some("\"new\""));
    assert!(!values[1].explain().expect("a reason").contains("new"));
    or_raw(values[1].clone());
    remote_data(&RemoteData::from(json!({"id": "1"})));
}

#[test]
fn a_filter_has_one_bound_per_operator() {
    #[derive(Serialize)]
    struct Query {
        age: Filter<u8>,
    }
    let query = |age| crate::attribute::User::get("1").query(&Query { age }).query_string();
    assert_eq!(query(Filter::eq(1)), "age=1");
    assert_eq!(query(Filter::gte(1).and(Filter::lt(5))), "age%5Bgte%5D=1&age%5Blt%5D=5");
    assert_eq!(query(Filter::gt(1).and(Filter::gt(2))), "age%5Bgt%5D=2");
    assert_eq!(query(Filter::eq(1).and(Filter::lte(2))), "age%5Beq%5D=1&age%5Blte%5D=2");
}
