//! Builds the HTTP clients of the pools.

use std::time::Duration;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;

use super::tls::Tls;
use crate::Error;
use crate::error::Cause;

/// Interval and timeout of the pings on an HTTP/2 connection. Together they find a dead connection within
/// 30 s, the default time limit of an attempt.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(super) enum Transport {
    /// The user's own client, for all runtimes.
    Custom(reqwest::Client),
    Own(Box<OwnTransport>),
    /// Builds clients with a test's own function.
    #[cfg(test)]
    Made(Box<dyn Fn() -> Result<reqwest::Client, Error> + Send + Sync>),
}

pub(super) struct OwnTransport {
    is_secure: bool,
    connect_timeout: Duration,
    /// The time after which a connection is closed if the peer does not read sent data.
    stall_timeout: Duration,
    /// Host and port of the environment's proxy, if it is used for the base URL.
    proxy: Option<String>,
    tls: Tls,
}

/// The minimum of `stall_timeout`: a shorter one could close connections on a network that loses
/// packets.
const MIN_STALL_TIMEOUT: Duration = Duration::from_secs(5);

impl Transport {
    /// `timeout` also limits how long sent data may stay unread: a call that times out while it sends
    /// leaves data in the socket of a peer that no longer reads.
    pub(super) fn own(
        base: &Url,
        connect_timeout: Duration,
        timeout: Duration,
    ) -> Result<Self, Error> {
        let is_secure = base.scheme() == "https";
        Ok(Self::Own(Box::new(OwnTransport {
            is_secure,
            connect_timeout,
            stall_timeout: timeout.max(MIN_STALL_TIMEOUT),
            // The variables `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, by the rules of reqwest.
            proxy: if is_secure { proxy_of(&Matcher::from_env(), base) } else { None },
            tls: Tls::new(is_secure)?,
        })))
    }

    /// Host and port of the proxy that connections go through.
    pub(super) fn proxy(&self) -> Option<&str> {
        match self {
            Self::Custom(_) => None,
            Self::Own(own) => own.proxy.as_deref(),
            #[cfg(test)]
            Self::Made(_) => None,
        }
    }

    pub(super) fn is_custom(&self) -> bool {
        matches!(self, Self::Custom(_))
    }

    /// Our own HTTP client, or the user's.
    pub(super) fn client(&self) -> Result<reqwest::Client, Error> {
        match self {
            Self::Custom(client) => Ok(client.clone()),
            Self::Own(own) => own.client(),
            #[cfg(test)]
            Self::Made(make) => make(),
        }
    }
}

impl OwnTransport {
    fn client(&self) -> Result<reqwest::Client, Error> {
        let mut builder = reqwest::Client::builder()
            .connect_timeout(self.connect_timeout)
            .redirect(reqwest::redirect::Policy::none())
            // Bodies are decompressed in `response`, whatever other crates of the program enable.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .referer(false)
            .http2_keep_alive_interval(KEEP_ALIVE)
            .http2_keep_alive_timeout(KEEP_ALIVE)
            // Every send is counted here, so that no write is repeated by a layer below.
            .retry(reqwest::retry::never());
        if !self.is_secure {
            // A proxy would see the token in clear.
            builder = builder.no_proxy();
        }
        #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
        {
            // For HTTP/1, which has no keep-alive pings: ends a connection whose peer is gone.
            builder = builder.tcp_user_timeout(self.stall_timeout);
        }
        build(self.tls.apply(builder)).map_err(|reason| {
            Error::invalid(format!("the HTTP client could not be built: {reason}"))
        })
    }
}

/// Host and port of the proxy for the base URL.
fn proxy_of(proxies: &Matcher, base: &Url) -> Option<String> {
    let intercept = proxies.intercept(&base.as_str().parse().ok()?)?;
    let uri = intercept.uri();
    Some(match uri.port_u16() {
        Some(port) => format!("{}:{port}", uri.host()?),
        None => uri.host()?.to_owned(),
    })
}

#[cfg(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"))]
fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, String> {
    builder.build().map_err(|error| Cause::new(&error).to_string())
}

/// Without a TLS feature of this crate, reqwest gets no TLS settings. It then panics if another crate enables
/// its `rustls-no-provider` feature and the program installed no provider.
#[cfg(not(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls")))]
fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, String> {
    let built = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| builder.build())).map_err(|_| {
        "another crate enables TLS in reqwest without a provider: enable `rustls` or `rustls-ring` \
         of truto-core, or install a provider for the process"
            .to_owned()
    })?;
    built.map_err(|error| Cause::new(&error).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_named_by_host_and_port() {
        for (https, except, base, expected) in [
            ("http://proxy.example:3128", "", "https://api.truto.one", Some("proxy.example:3128")),
            ("http://proxy.example", "", "https://api.truto.one", Some("proxy.example")),
            ("http://user:secret@[::1]:80", "", "https://api.truto.one", Some("[::1]:80")),
            ("http://proxy.example:3128", "truto.one", "https://api.truto.one", None),
            ("http://proxy.example:3128", "", "http://127.0.0.1:9", None),
        ] {
            let proxies = Matcher::builder().https(https).no(except).build();
            let found = proxy_of(&proxies, &base.parse().expect("a URL"));
            assert_eq!(found.as_deref(), expected, "{https} {except} {base}");
        }
    }
}
