//! Checks that a runtime has the drivers of tokio that HTTP needs.

use std::panic::catch_unwind;
use std::time::Duration;

use crate::Error;

/// Refuses a runtime without a timer or an I/O driver, where tokio panics on first use.
pub(super) fn check_drivers() -> Result<(), Error> {
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
