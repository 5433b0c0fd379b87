//! Runtimes that are shut down during a call: at each of its waits, the call ends with an error that names
//! the shutdown, keeps `may_have_applied`, and is reported.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use tokio::runtime::{Builder, Handle, Runtime};
use truto_core::{
    AccessToken, Account, ByteStream, Client, ClientBuilder, Denied, Error, LimitedCall, Limiter,
    Page, Request, RetryPolicy, Throttle, Turn, Upload, unified_endpoint,
};
use truto_tests::{
    BODY, BlockingWire, OK, Play, Record, current_thread, http, json, listen, token_account,
};

#[unified_endpoint(method = "POST", path = "/unified/m/files", body = Upload)]
#[unified_endpoint(method = "POST", path = "/unified/m/files/download", response = ByteStream)]
#[derive(Debug, serde::Deserialize)]
pub struct File {
    #[expect(dead_code, reason = "the calls fail")]
    id: String,
}

const MINUTE: Duration = Duration::from_secs(60);

/// The executor that polls the call. None of them uses a task of the runtime, since the shutdown would drop it.
#[derive(Debug, Clone, Copy)]
enum Executor {
    HandleBlockOn,
    SpawnBlocking,
    Foreign,
}

#[derive(Debug, Clone, Copy)]
enum Shutdown {
    Drop,
    Background,
    Timeout,
}

const WAYS: [(Executor, Shutdown); 5] = [
    (Executor::HandleBlockOn, Shutdown::Drop),
    (Executor::HandleBlockOn, Shutdown::Background),
    (Executor::SpawnBlocking, Shutdown::Timeout),
    (Executor::Foreign, Shutdown::Background),
    (Executor::Foreign, Shutdown::Drop),
];

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// An executor that does not use tokio.
fn foreign_block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        std::thread::park();
    }
}

/// A call that was polled and is waiting.
struct Polled<T> {
    waits: mpsc::Receiver<()>,
    ended: mpsc::Receiver<T>,
}

fn poll_to_end<F>(executor: Executor, runtime: &Handle, call: F) -> Polled<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    let (sender, ended) = mpsc::channel();
    let (begun, waits) = mpsc::channel();
    let handle = runtime.clone();
    let run = move || {
        let call = async move {
            let mut call = pin!(call);
            std::future::poll_fn(|cx| {
                let polled = call.as_mut().poll(cx);
                if polled.is_pending() {
                    // Only the first wait is received.
                    let _ = begun.send(());
                }
                polled
            })
            .await
        };
        let output = if let Executor::Foreign = executor {
            let _entered = handle.enter();
            foreign_block_on(call)
        } else {
            handle.block_on(call)
        };
        // The receiver is gone if the test has failed.
        let _ = sender.send(output);
    };
    if let Executor::SpawnBlocking = executor {
        drop(runtime.spawn_blocking(run));
    } else {
        std::thread::spawn(run);
    }
    Polled { waits, ended }
}

fn shut_down(runtime: Runtime, how: Shutdown) {
    match how {
        Shutdown::Drop => drop(runtime),
        Shutdown::Background => runtime.shutdown_background(),
        // A current-thread runtime stops its timers only after this time.
        Shutdown::Timeout => runtime.shutdown_timeout(Duration::from_millis(20)),
    }
}

/// Runs a call on a runtime that is shut down once the call waits, in each way.
fn shut_down_during<T, F>(call: impl Fn() -> F, waits: impl Fn() -> bool, check: impl Fn(T))
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    for is_multi_thread in [true, false] {
        for (executor, how) in WAYS {
            let flavor = if is_multi_thread {
                Builder::new_multi_thread
            } else {
                Builder::new_current_thread
            };
            let runtime = flavor().worker_threads(2).enable_all().build().expect("a runtime");
            let handle = runtime.handle().clone();
            let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
            // Drives a current-thread runtime, which `Handle::block_on` does not.
            let driver = std::thread::spawn(move || {
                runtime.block_on(stopped).expect("the test runs");
                shut_down(runtime, how);
            });
            let polled = poll_to_end(executor, &handle, call());
            // A runtime that was shut down before the first poll is another error.
            polled.waits.recv_timeout(MINUTE).expect("the call waits");
            let started = Instant::now();
            while !waits() {
                assert!(started.elapsed() < MINUTE, "{executor:?}");
                std::thread::sleep(Duration::from_millis(5));
            }
            // The wait may not have begun yet.
            std::thread::sleep(Duration::from_millis(30));
            stop.send(()).expect("the driver waits");
            let ended = polled.ended.recv_timeout(MINUTE / 2);
            check(ended.unwrap_or_else(|ended| {
                panic!("{executor:?} {how:?} {is_multi_thread}: it hangs, or panicked: {ended}")
            }));
            driver.join().expect("shut down");
        }
    }
}

/// A server, and the reports of the attempts.
struct World {
    wire: BlockingWire,
    account: Account,
    reports: Arc<Mutex<Vec<Report>>>,
}

#[derive(Debug, Clone, PartialEq)]
struct Report {
    attempt: u32,
    is_last: bool,
    may_have_applied: bool,
}

impl World {
    fn new(plays: &[Play], set: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        let wire = BlockingWire::start(plays);
        let reports = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&reports);
        let builder = wire.builder().on_attempt(move |attempt| {
            log.lock().expect("no panic").push(Report {
                attempt: attempt.attempt,
                is_last: attempt.retry_in.is_none(),
                may_have_applied: attempt.error.is_some_and(Error::may_have_applied),
            });
        });
        Self { wire, account: token_account(set(builder)), reports }
    }

    fn requests(&self) -> usize {
        self.wire.requests().len()
    }

    fn report(&self) -> Option<Report> {
        self.reports.lock().expect("no panic").last().cloned()
    }

    /// Shuts the runtime of a call down once the server has the call's request and `waits` returns true.
    fn shut_down_after_sending<T, F>(
        &self,
        call: impl Fn() -> F,
        waits: impl Fn() -> bool,
        check: impl Fn(T),
    ) where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let before = std::cell::Cell::new(0);
        let call = || {
            before.set(self.requests());
            call()
        };
        shut_down_during(call, || self.requests() > before.get() && waits(), check);
    }
}

#[track_caller]
fn assert_ended(error: &Error, attempts: u32, may_have_applied: bool) {
    assert!(error.to_string().contains("tokio runtime"), "{error}");
    assert!(error.to_string().contains("was shut down"), "{error}");
    assert_eq!(
        (error.attempts(), error.may_have_applied()),
        (attempts, may_have_applied),
        "{error}"
    );
    // Nothing was sent, or an attempt failed.
    assert_eq!(error.is_invalid_request(), attempts == 0, "{error:?}");
}

fn assert_last_report(world: &World, attempt: u32, may_have_applied: bool) {
    assert_eq!(world.report(), Some(Report { attempt, is_last: true, may_have_applied }));
}

#[track_caller]
fn assert_no_token(error: &Error) {
    // On a busy machine, the shutdown comes before the call asks for its token.
    assert!(error.is_token() || error.is_invalid_request(), "{error:?}");
    assert!(!error.may_have_applied() && error.attempts() == 0, "{error:?}");
    assert!(error.to_string().contains("was shut down"), "{error}");
}

/// For calls whose error is the same before they reach their wait.
fn always() -> bool {
    true
}

#[test]
fn in_the_throttle() {
    let throttle = Throttle::none().per_token(1, MINUTE);
    let world = World::new(&[json(OK)], |builder| builder.throttle(throttle));
    world.wire.runtime().block_on(Record::get("1").send(&world.account)).expect("200");
    shut_down_during(
        || Record::create(&BODY).send(&world.account),
        always,
        |result| assert_ended(&result.expect_err("shut down"), 0, false),
    );
    assert_eq!(world.requests(), 1);
}

#[test]
fn at_the_gate() {
    let refusal = http(
        "429 x",
        &["Content-Type: application/json", "Retry-After: 60"],
        r#"{"statusCode":429,"error":"Too Many Requests","message":"slow down"}"#,
    );
    let world = World::new(&[refusal], |builder| builder);
    let requests = std::cell::Cell::new(0);
    shut_down_during(
        || {
            requests.set(world.requests());
            // The first call is refused; the other ones wait at the gate.
            Record::create(&BODY).send(&world.account)
        },
        || world.report().is_some(),
        |result| {
            let error: Error = result.expect_err("shut down");
            let attempts = u32::from(requests.get() == 0);
            assert_ended(&error, attempts, false);
        },
    );
    assert_eq!(world.requests(), 1);
    assert_last_report(&world, 1, false);
}

#[derive(Debug)]
enum Slow {
    Decides,
    Turns,
}

impl Limiter for Slow {
    async fn acquire(&self, _call: &LimitedCall) -> Result<Turn, Denied> {
        match self {
            Self::Decides => std::future::pending().await,
            Self::Turns => Ok(Turn::after(MINUTE)),
        }
    }

    fn patience(&self) -> Duration {
        MINUTE
    }
}

#[test]
fn in_the_limiter() {
    for limiter in [Slow::Decides, Slow::Turns] {
        let world = World::new(&[json(OK)], |builder| builder.limiter(limiter));
        shut_down_during(
            || Record::create(&BODY).send(&world.account),
            always,
            |result| assert_ended(&result.expect_err("shut down"), 0, false),
        );
        assert_eq!(world.requests(), 0);
    }
}

#[test]
fn at_the_token() {
    let wire = BlockingWire::start([json(OK)]);
    let client = Client::builder().base_url(wire.base_url()).token_source(|| async {
        std::future::pending::<()>().await;
        Ok::<_, std::io::Error>(AccessToken::from("a-token-of-ours".to_owned()))
    });
    let account = token_account(client);
    let call = || Record::create(&BODY).send(&account);
    shut_down_during(call, always, |result| assert_no_token(&result.expect_err("shut down")));
    // The request runs on a runtime that lives; only the waiting call loses its own.
    let asking = wire.runtime().spawn(Record::get("1").send(&account));
    shut_down_during(call, always, |result| assert_no_token(&result.expect_err("shut down")));
    asking.abort();
}

#[test]
fn while_connecting() {
    let server = Runtime::new().expect("a runtime");
    // Accepts connections but never answers the TLS handshake.
    let (listener, address) = server.block_on(listen());
    let client = Client::builder().token("s3cret-token").base_url(format!("https://{address}"));
    let account = token_account(client);
    shut_down_during(
        || Record::create(&BODY).send(&account),
        always,
        |result| {
            let error: Error = result.expect_err("shut down");
            assert!(error.to_string().contains("was shut down"), "{error}");
            assert!(!error.may_have_applied(), "{error}");
        },
    );
    server.block_on(async { drop(listener) });
}

#[test]
fn while_waiting_for_the_head() {
    while_receiving(Vec::new());
}

#[test]
fn while_reading_the_body() {
    while_receiving(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":".to_vec());
}

/// The server sends the beginning of a response, and then nothing.
fn while_receiving(beginning: Vec<u8>) {
    let world = World::new(&[Play::SendAndStall(beginning)], |builder| builder);
    world.shut_down_after_sending(
        || Record::create(&BODY).send(&world.account),
        always,
        |result| {
            assert_ended(&result.expect_err("shut down"), 1, true);
            assert_last_report(&world, 1, true);
        },
    );
}

#[test]
fn in_the_backoff() {
    let backoff = RetryPolicy::default().backoff(MINUTE, MINUTE).jitter(false);
    let world = World::new(&[http("502 x", &[], "")], |builder| builder.retry(backoff));
    world.shut_down_after_sending(
        || Record::delete("1").send(&world.account),
        || world.report().is_some_and(|report| !report.is_last),
        |result| {
            assert_ended(&result.expect_err("shut down"), 1, true);
            assert_last_report(&world, 1, true);
        },
    );
}

#[test]
fn in_a_stream() {
    let framed = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc".to_vec();
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n".to_vec();
    let unframed = b"HTTP/1.1 200 OK\r\n\r\nabc".to_vec();
    for head in [framed, chunked, unframed] {
        let world = World::new(&[Play::SendAndStall(head)], |builder| builder);
        let read = Arc::new(Mutex::new(0));
        shut_down_during(
            || {
                let call = File::download().send(&world.account);
                let read = Arc::clone(&read);
                *read.lock().expect("no panic") = 0;
                async move {
                    let mut stream = call.await.expect("200");
                    while let Some(chunk) = stream.next().await {
                        *read.lock().expect("no panic") += chunk?.len();
                    }
                    Ok::<_, Error>(())
                }
            },
            || *read.lock().expect("no panic") == 3,
            |result| {
                let error = result.expect_err("a stream that is cut must not end like a whole one");
                assert!(error.is_transport() && error.attempts() == 1, "{error:?}");
            },
        );
    }
}

#[test]
fn in_a_page_prefetch() {
    let page = json(r#"{"result":[{"id":"1"}],"next_cursor":"2"}"#);
    let list = Request::<Page<Record>>::unified("GET", "m", "r", None).prefetch();
    // The first call reads a page and waits for the one that it prefetches, the others for their first.
    let world = World::new(&[page, Play::SendAndStall(Vec::new())], |builder| builder);
    let before = std::cell::Cell::new(0);
    shut_down_during(
        || {
            before.set(world.requests().max(1));
            let mut pages = list.clone().pages(&world.account);
            async move {
                loop {
                    if let Err(error) = pages.next().await.expect("no end") {
                        return error;
                    }
                }
            }
        },
        || world.requests() > before.get(),
        |error: Error| {
            assert!(error.to_string().contains("was shut down"), "{error}");
            assert!(!error.may_have_applied(), "{error}");
        },
    );
}

#[test]
fn in_an_upload_from_a_stream() {
    let world = World::new(&[json(OK)], |builder| builder);
    let started = Arc::new(Mutex::new(false));
    shut_down_during(
        || {
            *started.lock().expect("no panic") = false;
            let started = Arc::clone(&started);
            let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>("abc".into())]).chain(
                futures_util::stream::once(async move {
                    *started.lock().expect("no panic") = true;
                    std::future::pending().await
                }),
            );
            let upload = Upload::stream("text/plain", None, chunks);
            File::create(&upload).send(&world.account)
        },
        || *started.lock().expect("no panic"),
        |result| {
            assert_ended(&result.expect_err("shut down"), 1, true);
            assert_last_report(&world, 1, true);
        },
    );
}

/// Polls a call on a runtime until it waits, then outside of any.
fn poll_outside<F: Future>(call: F, waits: impl Fn() -> bool) -> F::Output {
    let mut call = Box::pin(call);
    let mut context = Context::from_waker(Waker::noop());
    let runtime = current_thread();
    runtime.block_on(async {
        assert!(call.as_mut().poll(&mut context).is_pending());
        while !waits() {
            tokio::time::sleep(Duration::from_millis(2)).await;
            assert!(call.as_mut().poll(&mut context).is_pending());
        }
    });
    drop(runtime);
    let Poll::Ready(output) = call.as_mut().poll(&mut context) else { panic!("it hangs") };
    output
}

#[test]
fn a_call_that_leaves_its_runtime_is_an_error() {
    let throttle = Throttle::none().per_token(1, MINUTE);
    let world = World::new(&[json(OK)], |builder| builder.throttle(throttle));
    world.wire.runtime().block_on(Record::get("1").send(&world.account)).expect("200");
    let call = Record::create(&BODY).send(&world.account);
    let error = poll_outside(call, always).expect_err("no runtime");
    assert_ended(&error, 0, false);

    let retry = RetryPolicy::default().backoff(MINUTE, MINUTE).jitter(false);
    let world = World::new(&[http("502 x", &[], "")], |builder| builder.retry(retry));
    let call = Record::delete("1").send(&world.account);
    let is_refused = || world.report().is_some();
    let error = poll_outside(call, is_refused).expect_err("no runtime");
    assert_eq!((error.attempts(), error.may_have_applied()), (1, true), "{error}");

    let source = || async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err::<AccessToken, _>(std::io::Error::other("unused"))
    };
    let client = Client::builder().base_url("http://127.0.0.1:9").token_source(source);
    let call = Record::create(&BODY).send(&token_account(client));
    let error = poll_outside(call, always).expect_err("no runtime");
    assert!(error.is_token() && !error.may_have_applied(), "{error}");
}
