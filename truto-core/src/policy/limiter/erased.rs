//! Makes [`Limiter`] dyn-compatible.
//!
//! A method that returns `impl Future` cannot be called on a `dyn Limiter`, so it is limited to `Sized`
//! types. This supertrait has a boxed version of it, implemented for every limiter.

use std::future::Future;
use std::pin::Pin;

use super::{Denied, LimitedCall, Limiter, Turn};

/// A boxed [`Limiter::acquire`].
pub(super) type AcquireFuture<'a> = Pin<Box<dyn Future<Output = Result<Turn, Denied>> + Send + 'a>>;

/// Implemented for every [`Limiter`]; you need not implement or call it.
pub trait ErasedLimiter {
    #[doc(hidden)]
    fn acquire_erased<'a>(&'a self, call: &'a LimitedCall) -> AcquireFuture<'a>;
}

impl<L: Limiter> ErasedLimiter for L {
    fn acquire_erased<'a>(&'a self, call: &'a LimitedCall) -> AcquireFuture<'a> {
        Box::pin(self.acquire(call))
    }
}
