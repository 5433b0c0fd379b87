//! Classifies errors that occur before the head of a response: the failure, and whether the server may
//! have executed the request.

#[cfg(any(feature = "rustls", feature = "rustls-ring"))]
use std::error::Error as StdError;
use std::time::Duration;

use super::attempt::AttemptError;
use crate::Error;
use crate::error::{Cause, Kind, TimedOut, chain};
use crate::policy::Outcome;
use crate::timer::RuntimeEnded;

/// `started` is true if a connection had begun to write the request, `after` is the HTTP client's
/// timeout, and `proxy` its proxy.
pub(super) fn send_error(
    error: reqwest::Error,
    started: bool,
    after: Duration,
    proxy: Option<&str>,
) -> AttemptError {
    let error = error.without_url();
    // Until a connection begins to write the request, only connecting can have timed out.
    if error.is_connect() || (error.is_timeout() && !started) {
        if error.is_timeout() {
            let kind = Kind::Timeout { what: TimedOut::Connecting, after, status: None };
            return AttemptError::new(kind, Outcome::NotExecuted);
        }
        let outcome =
            if is_about_certificate(&error) { Outcome::Permanent } else { Outcome::NotExecuted };
        let cause = Cause::new(&error).through_proxy(proxy);
        return AttemptError::new(Kind::Connect(cause), outcome);
    }
    if error.is_timeout() {
        // A timeout of the caller's own client.
        let kind = Kind::Timeout { what: TimedOut::Attempt, after, status: None };
        return AttemptError::new(kind, Outcome::Lost);
    }
    let (what, outcome) = if error.is_builder() {
        ("the request could not be built", Outcome::Permanent)
    } else if was_never_executed(&error) {
        ("the connection closed before it took the request", Outcome::NotExecuted)
    } else if is_garbled(&error) {
        ("the head of the response could not be read", Outcome::Lost)
    } else {
        ("the connection was lost before the response arrived", Outcome::Lost)
    };
    let kind =
        Kind::Transport { what: what.to_owned(), status: None, source: Some(Cause::new(&error)) };
    AttemptError::new(kind, outcome)
}

/// The error of a body whose file or stream could not be sent completely.
pub(super) fn body_aborted(what: String) -> AttemptError {
    let kind = Kind::Transport { what, status: None, source: None };
    AttemptError::new(kind, Outcome::BodyAborted)
}

/// The error of a panic in the HTTP client; the panic hook has reported the place.
pub(super) fn client_panicked(started: bool) -> AttemptError {
    if started {
        let what = "the HTTP client panicked".to_owned();
        return AttemptError::new(
            Kind::Transport { what, status: None, source: None },
            Outcome::Lost,
        );
    }
    let error = Error::invalid(
        "the HTTP client panicked before anything was sent; if this tokio runtime has no I/O driver, \
         build it with `enable_all()`",
    );
    AttemptError { error, outcome: Outcome::Permanent, responded: None }
}

/// The error of an attempt whose runtime was shut down.
pub(super) fn runtime_ended(started: bool) -> AttemptError {
    if started {
        let kind = Kind::Transport { what: RuntimeEnded.to_string(), status: None, source: None };
        return AttemptError::new(kind, Outcome::Lost);
    }
    // Another runtime may poll the call now, on which it can be sent.
    AttemptError { error: RuntimeEnded.into(), outcome: Outcome::NotExecuted, responded: None }
}

/// Returns true for an error about a certificate: retrying cannot make it trusted.
fn is_about_certificate(error: &reqwest::Error) -> bool {
    #[cfg(any(feature = "rustls", feature = "rustls-ring"))]
    if let Some(tls) = chain(error).find_map(rustls_error) {
        return matches!(
            tls,
            rustls::Error::InvalidCertificate(_)
                | rustls::Error::InvalidCertRevocationList(_)
                | rustls::Error::NoCertificatesPresented
        );
    }
    // The errors of native-tls, and of another version of rustls in a client that the user passed in, have
    // no type that can be named here.
    chain(error).any(|cause| cause.to_string().contains("certificate"))
}

/// The error of rustls in an I/O error, which `source()` of the I/O error skips.
#[cfg(any(feature = "rustls", feature = "rustls-ring"))]
fn rustls_error<'a>(cause: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    // hyper-rustls wraps the I/O error of tokio-rustls in another one.
    let inner = |cause: &'a (dyn StdError + 'static)| {
        cause.downcast_ref::<std::io::Error>()?.get_ref().map(|inner| inner as _)
    };
    std::iter::successors(Some(cause), |&cause| inner(cause))
        .find_map(|cause| cause.downcast_ref::<rustls::Error>())
}

/// Returns true if the server certainly did not execute the request although a connection existed.
fn was_never_executed(error: &reqwest::Error) -> bool {
    chain(error).any(|cause| {
        if let Some(hyper) = cause.downcast_ref::<hyper::Error>() {
            // hyper cancels only requests that are still queued for a connection, never one that it
            // began to write.
            return hyper.is_canceled();
        }
        // RFC 9113, section 8.7: refused streams, and those above a graceful GOAWAY's last stream.
        cause.downcast_ref::<h2::Error>().is_some_and(|h2| {
            h2.is_remote()
                && match h2.reason() {
                    Some(h2::Reason::REFUSED_STREAM) => h2.is_reset(),
                    Some(h2::Reason::NO_ERROR) => h2.is_go_away(),
                    _ => false,
                }
        })
    })
}

/// Returns true if the peer did not send a response head, or sent one that is too large.
fn is_garbled(error: &reqwest::Error) -> bool {
    chain(error)
        .any(|cause| cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse))
}

#[cfg(test)]
mod tests;
