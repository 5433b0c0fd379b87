//! Uses every public name as a program of a user would: this is the contract that a release may not break.
//!
//! Most functions are only type-checked. A signature that changes shows here as a compile error, before it
//! shows in somebody's program.
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
