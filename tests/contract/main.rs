//! Uses every public name as a user's program would: this is the contract that a release must not break.
//!
//! Most functions are only type-checked. A changed signature causes a compile error here before it causes one
//! in a user's program.
#![allow(missing_docs, reason = "a test crate")]
#![allow(dead_code, reason = "most functions are type-checked only")]
#![allow(clippy::too_many_lines, reason = "lists of names")]

mod attribute;
mod client;
mod conversions;
mod errors;
mod lists;
mod request;
mod service;
mod stand_in;
mod values;

/// Asserts at compile time that a type has traits.
macro_rules! has {
    ($ty:ty: $($bound:tt)+) => {
        const _: () = {
            const fn has<T: $($bound)+>() {}
            has::<$ty>()
        };
    };
}
use has;
