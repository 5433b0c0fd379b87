//! The TLS settings of a client, built once and shared by all its pools.
//!
//! Otherwise reqwest would read the system's certificates for each pool, and panic if another crate in
//! the program enables its `rustls-no-provider` feature.

use crate::Error;

#[cfg(feature = "native-tls")]
use native_tls::TlsConnector as Settings;
#[cfg(all(any(feature = "rustls", feature = "rustls-ring"), not(feature = "native-tls")))]
use rustls::ClientConfig as Settings;

/// Protocols offered to the server, the preferred one first.
#[cfg(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"))]
const PROTOCOLS: [&str; 2] = ["h2", "http/1.1"];

/// The TLS settings. Without a TLS feature there are none, and only plain HTTP is possible.
pub(super) struct Tls {
    #[cfg(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"))]
    settings: Settings,
}

#[cfg(feature = "native-tls")]
impl Tls {
    /// `is_secure` is false for plain HTTP, which works without the certificates of the system.
    pub(super) fn new(is_secure: bool) -> Result<Self, Error> {
        let settings = Settings::builder()
            .request_alpns(&PROTOCOLS)
            .disable_built_in_roots(!is_secure)
            .build()
            .map_err(|error| cannot_start(&error))?;
        Ok(Self { settings })
    }
}

#[cfg(all(any(feature = "rustls", feature = "rustls-ring"), not(feature = "native-tls")))]
impl Tls {
    /// `is_secure` is false for plain HTTP, which works without the certificates of the system.
    pub(super) fn new(is_secure: bool) -> Result<Self, Error> {
        use std::sync::Arc;

        use rustls::RootCertStore;
        use rustls_platform_verifier::Verifier;

        let provider = provider();
        let builder = Settings::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| cannot_start(&error))?;
        let builder = if is_secure {
            let verifier = Verifier::new(provider).map_err(|error| cannot_start(&error))?;
            builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier))
        } else {
            builder.with_root_certificates(RootCertStore::empty())
        };
        let mut settings = builder.with_no_client_auth();
        settings.alpn_protocols = PROTOCOLS.map(Into::into).into();
        Ok(Self { settings })
    }
}

/// The cryptography provider: the one that the program installed for the process (a FIPS one, for
/// instance), else our own, so that programs need not install one.
#[cfg(all(any(feature = "rustls", feature = "rustls-ring"), not(feature = "native-tls")))]
fn provider() -> std::sync::Arc<rustls::crypto::CryptoProvider> {
    #[cfg(feature = "rustls")]
    use rustls::crypto::aws_lc_rs::default_provider;
    #[cfg(not(feature = "rustls"))]
    use rustls::crypto::ring::default_provider;

    rustls::crypto::CryptoProvider::get_default()
        .map_or_else(|| default_provider().into(), std::sync::Arc::clone)
}

#[cfg(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"))]
impl Tls {
    pub(super) fn apply(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        builder.tls_backend_preconfigured(self.settings.clone())
    }
}

#[cfg(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"))]
fn cannot_start(error: &(dyn std::error::Error + 'static)) -> Error {
    Error::invalid(format!(
        "TLS could not be set up: {}; if the system has no certificate store, install it (Debian: \
         `ca-certificates`), set `SSL_CERT_FILE` to another one, or use `http_client`",
        crate::error::Cause::new(error)
    ))
}

#[cfg(not(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls")))]
impl Tls {
    /// Refuses https: reqwest would report it as an invalid URL, and only at the first call.
    pub(super) fn new(is_secure: bool) -> Result<Self, Error> {
        if is_secure {
            return Err(Error::invalid(
                "an https base URL needs TLS: enable the feature `rustls` (default), `rustls-ring` or \
                 `native-tls` of truto-core, or pass a client with TLS to `http_client`",
            ));
        }
        Ok(Self {})
    }

    #[allow(clippy::unused_self, reason = "the same signature as with TLS")]
    pub(super) fn apply(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        builder
    }
}
