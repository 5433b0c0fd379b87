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
#[derive(Clone, Default)]
pub(in crate::call) struct SendStarted(Arc<SendState>);

#[derive(Default)]
struct SendState {
    started: AtomicBool,
    /// Commits the permit of the attempt.
    commit: Option<CommitHandle>,
    /// The reason why we aborted the body.
    aborted: Mutex<Option<String>>,
    /// The file or stream that is being sent. It is kept here rather than in the body, which hyper keeps
    /// for as long as a peer that stopped reading keeps the connection open.
    open: Mutex<Option<ByteSource>>,
    abandoned: AtomicBool,
}

impl SendStarted {
    /// Commits the permit as soon as a connection begins to write the request.
    pub(in crate::call) fn new(commit: CommitHandle) -> Self {
        Self(Arc::new(SendState { commit: Some(commit), ..SendState::default() }))
    }

    pub(in crate::call) fn get(&self) -> bool {
        self.0.started.load(Ordering::Acquire)
    }

    /// Records that a connection takes the request.
    pub(super) fn set(&self) {
        if !self.0.started.swap(true, Ordering::AcqRel) {
            if let Some(commit) = &self.0.commit {
                commit.commit();
            }
        }
    }

    /// The file or stream that is being sent.
    pub(super) fn open_source(&self) -> &Mutex<Option<ByteSource>> {
        &self.0.open
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.0.abandoned.load(Ordering::Acquire)
    }

    /// Records why the body cannot be sent to its end.
    pub(super) fn abort(&self, reason: String) {
        *lock(&self.0.aborted) = Some(reason);
    }

    /// Closes the file or stream of the body, whose call has ended.
    fn abandon(&self) {
        self.0.abandoned.store(true, Ordering::Release);
        lock(&self.0.open).take();
    }

    /// The head of the response came, so the server has counted the request.
    pub(in crate::call) fn head_arrived(&self) {
        if let Some(commit) = &self.0.commit {
            commit.head_arrived();
        }
    }

    /// Why the body could not be sent to its end, if its file or stream was the cause.
    pub(in crate::call) fn aborted(&self) -> Option<String> {
        lock(&self.0.aborted).clone()
    }
}

/// Abandons the body of an attempt that ends or is dropped: once the response is complete, the rest of
/// the request is not needed.
pub(in crate::call) struct AbandonOnDrop {
    started: SendStarted,
    is_armed: bool,
}

impl AbandonOnDrop {
    pub(in crate::call) fn new(started: SendStarted) -> Self {
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
