//! Limits that a service shares, hooks, lanes and the traits over resources.

use std::fmt::Display;
use std::sync::Arc;
use std::time::{Duration, Instant};

use truto_core::{
    Account, AttemptInfo, Client, ClientBuilder, Denied, Endpoint, Error, LimitedCall, Limiter,
    Observation, RateLimit, StatusCode, Throttle, Turn,
};

use crate::has;

has!(Turn: Send);
has!(AttemptInfo<'static>: serde::Serialize);
has!(Denied: Send + From<std::io::Error>);
has!(LimitedCall: Clone + Send + Sync);

struct Fleet;

impl Limiter for Fleet {
    async fn acquire(&self, call: &LimitedCall) -> Result<Turn, Denied> {
        let _: &'static Endpoint = call.endpoint();
        let _: &str = call.account_hash();
        let _: Option<&str> = call.label();
        let _: Option<Instant> = call.deadline();
        let _: bool = call.is_background();
        std::io::Result::Ok(())?;
        Ok(Turn::now())
    }

    fn observe(&self, _: &LimitedCall, seen: &Observation) {
        let _: StatusCode = seen.status;
        let _: Option<RateLimit> = seen.rate_limit;
        let _: Option<Duration> = seen.retry_after;
    }
}

fn limiters() -> [ClientBuilder; 3] {
    let shared: Arc<dyn Limiter> = Arc::new(Fleet);
    let builder = Client::builder;
    [builder().limiter(Fleet), builder().limiter(shared), builder().limiter(Arc::new(Fleet))]
}

fn throttles() -> [Throttle; 3] {
    let window = Duration::from_secs(10);
    [
        Throttle::truto(),
        Throttle::none(),
        Throttle::none().per_token(500, window).per_account(50, window).adaptive(true),
    ]
}

fn hook(info: &AttemptInfo<'_>) {
    let _: (&'static Endpoint, Option<&str>, u32) = (info.endpoint, info.account, info.attempt);
    let _: (Duration, Option<StatusCode>) = (info.duration, info.status);
    let _: (Option<RateLimit>, Option<&Error>) = (info.rate_limit, info.error);
    let _: Option<Duration> = info.retry_in;
    let _: Duration = info.waited;
}

fn builder(account: &Account) -> ClientBuilder {
    let _: bool = account.is_background();
    Client::builder().throttle(Throttle::truto()).on_attempt(hook)
}

use crate::attribute::{ListUsers, NewUser, User};
use truto_core::{Deleted, Page, Request, resource};
fn list<R: resource::List>(query: &R::Query) -> Request<Page<R>> {
    let _: &'static Endpoint = R::ENDPOINT;
    R::list(query)
}
fn get<R: resource::Get>(id: &dyn Display, query: &R::Query) -> Request<R> {
    let _: &'static Endpoint = R::ENDPOINT;
    R::get(id, query)
}
fn create<R: resource::Create>(query: &R::Query, body: &R::Body) -> Request<R> {
    let _: &'static Endpoint = R::ENDPOINT;
    R::create(query, body)
}
fn update<R: resource::Update>(id: &dyn Display, query: &R::Query, body: &R::Body) -> Request<R> {
    let _: &'static Endpoint = R::ENDPOINT;
    R::update(id, query, body)
}
fn delete<R: resource::Delete>(id: &dyn Display, query: &R::Query) -> Request<Deleted<R>> {
    let _: &'static Endpoint = R::ENDPOINT;
    R::delete(id, query)
}
fn resources() {
    let _ = (list::<User>(&ListUsers::default()), get::<User>(&"1", &()));
    let _ = create::<User>(&(), &NewUser::default());
    let _ = update::<User>(&"1", &(), &NewUser::default());
    let _ = delete::<User>(&1, &());
}

fn unused(_: &dyn Display) {}

#[test]
fn an_account_hash_is_the_same_in_every_release() {
    let request = crate::attribute::User::get("1");
    let call = LimitedCall::new(request.endpoint(), "62F44730-dd91-461e-bd6a-aedd9e0ad79d");
    assert_eq!(call.account_hash(), "cc3eeaf95b3bf449");
    drop((limiters(), throttles()));
}
