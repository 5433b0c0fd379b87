//! Writes the planned types as text that rustfmt leaves as it is; knows nothing of sources.
//!
//! The text is printed by hand: what is written has few forms, and rustfmt keeps some of them on one
//! line that a general printer of syntax trees would break.

mod attribute;
mod file;
pub(crate) mod head;
mod item;
mod order;

pub(crate) use file::{File, Modules, files};

/// The width at which rustfmt breaks lines.
const WIDTH: usize = 100;
