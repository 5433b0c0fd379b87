//! Sizes of the values that a caller keeps.

use truto_benches::clients::{Failure, Ours};
use truto_benches::model::User;
use truto_benches::report::Report;
use truto_core::{Error, Page, Request};

/// The table of sizes.
pub(crate) fn sizes(report: &mut Report) -> Result<(), Failure> {
    report.section("Sizes");
    report.head(&["value", "bytes"]);
    // No server listens there, and nothing is sent: a future that is not polled does nothing.
    let account = Ours::new("1")?.account;
    let request = Ours::request();
    for (what, bytes) in [
        ("`Request<_>`", size_of::<Request<User>>()),
        ("`Error`, `Result<(), Error>`", size_of::<Result<(), Error>>()),
        ("the future of `send`, `Deleted<User>`", size_of_val(&request.send(&account))),
        ("the future of `response`, `Deleted<User>`", size_of_val(&request.response(&account))),
        ("the future of `send`, `()`", size_of_val(&unit(&request).send(&account))),
        ("`User`, the model of 20 fields", size_of::<User>()),
        ("`Page<User>`", size_of::<Page<User>>()),
    ] {
        report.row(&[what.to_owned(), bytes.to_string()]);
    }
    Ok(())
}

fn unit<O>(request: &Request<O>) -> Request<()> {
    request.clone().raw_as()
}
