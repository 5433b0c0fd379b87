//! `truto-declare`: see the library.
#![forbid(unsafe_code)]

use std::process::ExitCode;

#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    truto_declare::main()
}
