//! The state that a body shares with its attempt: if sending has begun, and the open file or stream.

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::encode::ByteSource;
use crate::policy::CommitHandle;
use crate::sync::lock;

/// Set once a connection begins to write the request. Before that, certainly nothing was sent.
///
/// The body cannot see the connection, so it relies on hyper: right before it writes the head of a
/// request, and at no other time, hyper asks the body whether it is empty
/// ([`is_end_stream`](http_body::Body::is_end_stream)), over HTTP/1.1 and HTTP/2 alike. The test
/// `a_request_counts_as_sent_once_a_connection_takes_it` notices a version of hyper that asks earlier,
/// later or not at all.
#[derive(Default)]
pub(in crate::call) struct SendStarted {
    started: AtomicBool,
    /// Commits the permit of the attempt.
    commit: CommitHandle,
    /// The reason why we aborted the body.
    aborted: Mutex<Option<String>>,
    /// The file or stream that is being sent. It is kept here rather than in the body, which hyper keeps
    /// for as long as a peer that stopped reading keeps the connection open.
    open: Mutex<Option<ByteSource>>,
    abandoned: AtomicBool,
}

impl SendStarted {
    /// Commits the permit as soon as a connection begins to write the request.
    pub(in crate::call) fn new(commit: CommitHandle) -> Arc<Self> {
        Arc::new(Self { commit, ..Self::default() })
    }

    pub(in crate::call) fn get(&self) -> bool {
        self.started.load(Ordering::Acquire)
    }

    /// Records that a connection takes the request.
    pub(in crate::call) fn set(&self) {
        if !self.started.swap(true, Ordering::AcqRel) {
            self.commit.commit();
        }
    }

    /// Takes out the source that is being sent, so that it is polled without the lock: a source may block,
    /// and [`abandon`](Self::abandon) must not wait for it. An error if the call has ended.
    pub(super) fn take_source(&self) -> Result<Option<ByteSource>, String> {
        let mut open = lock(&self.open);
        if self.is_abandoned() { Err(abandoned_call()) } else { Ok(open.take()) }
    }

    /// Puts a source back that has more to send; closes it if the call ended meanwhile.
    pub(super) fn keep_source(&self, source: ByteSource) -> Result<(), String> {
        let mut open = lock(&self.open);
        // Set before `abandon` takes the lock, so that at least one of the two sees the other's change.
        if self.is_abandoned() {
            drop(open);
            drop(source);
            return Err(abandoned_call());
        }
        *open = Some(source);
        Ok(())
    }

    fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Acquire)
    }

    /// Records why the body cannot be sent to its end.
    pub(super) fn abort(&self, reason: String) {
        *lock(&self.aborted) = Some(reason);
    }

    /// Closes the file or stream of the body, whose call has ended.
    fn abandon(&self) {
        self.abandoned.store(true, Ordering::Release);
        let source = lock(&self.open).take();
        // Runs the user's code, so no lock is held.
        drop(source);
    }

    /// The head of the response arrived, so the server has counted the request.
    pub(in crate::call) fn head_arrived(&self) {
        self.commit.head_arrived();
    }

    /// The reason why the body could not be sent to its end, if its file or stream was the cause.
    pub(in crate::call) fn aborted(&self) -> Option<String> {
        lock(&self.aborted).clone()
    }
}

fn abandoned_call() -> String {
    "the call was abandoned".to_owned()
}

/// Abandons the body of an attempt that ends or is dropped: once the response is complete, the rest of
/// the request is not needed.
pub(in crate::call) struct AbandonOnDrop {
    started: Arc<SendStarted>,
    is_armed: bool,
}

impl AbandonOnDrop {
    pub(in crate::call) fn new(started: Arc<SendStarted>) -> Self {
        Self { started, is_armed: true }
    }

    /// Leaves the body to the connection.
    pub(in crate::call) fn disarm(&mut self) {
        self.is_armed = false;
    }
}

impl Deref for AbandonOnDrop {
    type Target = SendStarted;

    fn deref(&self) -> &SendStarted {
        &self.started
    }
}

impl Drop for AbandonOnDrop {
    fn drop(&mut self) {
        if self.is_armed {
            self.started.abandon();
        }
    }
}
