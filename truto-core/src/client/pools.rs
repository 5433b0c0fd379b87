//! HTTP connections: a pool for each tokio runtime.
//!
//! A connection is driven by a task of the runtime that it was made on. On another runtime it would
//! stand still whenever that one does.

use std::panic::catch_unwind;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::Version;
use tokio::runtime::{Handle, Id};

use crate::Error;

/// Runtimes whose connections are kept; those that were used longest ago are closed.
const MAX_POOLS: usize = 16;

/// How often a quiet HTTP/2 connection is asked whether it is alive, and how long it may take.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(crate) struct RuntimePools {
    maker: Maker,
    pools: Mutex<PoolsState>,
}

/// How pools are made.
enum Maker {
    /// The caller's own client, for all runtimes.
    Custom(reqwest::Client),
    Own {
        secure: bool,
        connect_timeout: Duration,
    },
}

#[derive(Default)]
struct PoolsState {
    pools: Vec<Pool>,
    /// Made when the client was built, for the first runtime that asks.
    spare: Option<reqwest::Client>,
    generation: u64,
}

struct Pool {
    runtime: Id,
    client: reqwest::Client,
    generation: u64,
    /// Known to speak HTTP/1, where a call that times out closes its connection.
    is_http1: bool,
}

/// A pool for one attempt.
pub(crate) struct Lease {
    pub(crate) client: reqwest::Client,
    generation: u64,
}

impl RuntimePools {
    pub(super) fn custom(client: reqwest::Client) -> Self {
        Self { maker: Maker::Custom(client), pools: Mutex::default() }
    }

    /// Makes the first pool at once, so that what is wrong is known when the client is built.
    pub(super) fn own(secure: bool, connect_timeout: Duration) -> Result<Self, Error> {
        let maker = Maker::Own { secure, connect_timeout };
        let spare = Some(maker.make()?);
        Ok(Self { maker, pools: Mutex::new(PoolsState { spare, ..PoolsState::default() }) })
    }

    pub(crate) fn is_custom(&self) -> bool {
        matches!(self.maker, Maker::Custom(_))
    }

    /// The connections of the current runtime.
    pub(crate) fn lease(&self) -> Result<Lease, Error> {
        let runtime = Handle::try_current().map_err(|_| {
            Error::invalid(
                "there is no tokio runtime here: call from within one, or use `send_blocking` \
                 (feature `blocking`)",
            )
        })?;
        let runtime = runtime.id();
        let mut state = self.lock();
        if let Some(at) = state.pools.iter().position(|pool| pool.runtime == runtime) {
            // The one used last lies at the end.
            state.pools[at..].rotate_left(1);
        } else {
            check_drivers()?;
            let client = match state.spare.take() {
                Some(client) => client,
                None => self.maker.make()?,
            };
            state.generation += 1;
            let generation = state.generation;
            if state.pools.len() == MAX_POOLS {
                state.pools.remove(0);
            }
            state.pools.push(Pool { runtime, client, generation, is_http1: false });
        }
        match state.pools.last() {
            Some(pool) => Ok(Lease { client: pool.client.clone(), generation: pool.generation }),
            None => Err(Error::invalid("the connections of the runtime are gone")),
        }
    }

    /// Told the version of a response.
    pub(crate) fn seen(&self, lease: &Lease, version: Version) {
        if let Some(pool) = self.lock().find(lease) {
            pool.is_http1 = version < Version::HTTP_2;
        }
    }

    /// Told that an attempt timed out. An HTTP/2 connection stays in its pool then, though it may be
    /// dead, so the next call begins with connections of its own; calls on the old ones go on.
    pub(crate) fn suspect(&self, lease: &Lease) {
        if self.is_custom() {
            return;
        }
        let mut state = self.lock();
        let next = state.generation + 1;
        let Some(pool) = state.find(lease).filter(|pool| !pool.is_http1) else {
            return;
        };
        if let Ok(client) = self.maker.make() {
            pool.client = client;
            pool.generation = next;
            state.generation = next;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, PoolsState> {
        // Entries are written whole, so a poisoned lock is as good as any.
        self.pools.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PoolsState {
    fn find(&mut self, lease: &Lease) -> Option<&mut Pool> {
        self.pools.iter_mut().find(|pool| pool.generation == lease.generation)
    }
}

impl Maker {
    fn make(&self) -> Result<reqwest::Client, Error> {
        let (secure, connect_timeout) = match self {
            Self::Custom(client) => return Ok(client.clone()),
            Self::Own { secure, connect_timeout } => (*secure, *connect_timeout),
        };
        let mut builder = reqwest::Client::builder()
            .connect_timeout(connect_timeout)
            .redirect(reqwest::redirect::Policy::none())
            // Whatever other crates of the program turn on: the body is decompressed here.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .referer(false)
            .http2_keep_alive_interval(KEEP_ALIVE)
            .http2_keep_alive_timeout(KEEP_ALIVE)
            // Every send is ours to count, so that a write is never repeated behind our back.
            .retry(reqwest::retry::never());
        if !secure {
            // A proxy would see the token in clear.
            builder = builder.no_proxy();
            #[cfg(any(feature = "rustls", feature = "native-tls"))]
            {
                // Plain HTTP works without the system's certificates.
                builder = builder.tls_certs_only([]);
            }
        }
        builder.build().map_err(|error| {
            Error::invalid(format!(
                "the HTTP client could not start: {}; where the system's certificate store is the \
                 reason, install it (Debian: `ca-certificates`), point `SSL_CERT_FILE` at one, or \
                 use `http_client`",
                innermost(&error)
            ))
        })
    }
}

fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.last().map(ToString::to_string).unwrap_or_default()
}

/// Tokio panics where its timer or its I/O driver is used without being enabled. Asked once for each
/// runtime, so that a call gets an error instead.
fn check_drivers() -> Result<(), Error> {
    let refuse = |what: &str| {
        Err(Error::invalid(format!(
            "this tokio runtime has no {what}: build it with `enable_all()`"
        )))
    };
    if catch_unwind(|| drop(tokio::time::sleep(Duration::ZERO))).is_err() {
        return refuse("timer");
    }
    let socket = std::net::UdpSocket::bind(("127.0.0.1", 0))
        .and_then(|socket| socket.set_nonblocking(true).map(|()| socket));
    // Without a socket there is nothing to ask with; connecting says what is wrong.
    if let Ok(socket) = socket {
        if catch_unwind(|| tokio::net::UdpSocket::from_std(socket).map(drop)).is_err() {
            return refuse("I/O driver");
        }
    }
    Ok(())
}
