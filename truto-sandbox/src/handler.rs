//! Runs the handlers of a test.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use super::record::Recorded;
use super::reply::Reply;
use super::rules::Handler;
use super::state::{SandboxState, lock};

/// Runs a handler. A panic becomes a 501, which is not retried, and is kept until the sandbox is
/// dropped.
pub(super) fn run_handler(
    state: &Mutex<SandboxState>,
    handler: &Handler,
    received: &Recorded,
) -> Reply {
    catch_unwind(AssertUnwindSafe(|| handler(received))).unwrap_or_else(|panic| {
        let said = text(&*panic);
        let line = format!("{} {}", received.method, received.path);
        let message = format!("a handler of the sandbox panicked on {line}: {said}");
        // Reported again when the sandbox is dropped, in case the test ignores the reply.
        lock(state).panics.push(message.clone());
        Reply::error(501, &message)
    })
}

fn text(panic: &(dyn Any + Send)) -> &str {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (_, Some(text)) => text,
        (None, None) => "without a message",
    }
}
