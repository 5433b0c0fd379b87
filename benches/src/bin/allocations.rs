//! Counts allocations: `call <who> <port> <calls>`, `build <who>`, `decode <how> <users>`.
//!
//! Prints the number of allocations, their bytes, and the peak number of allocated bytes. This is a
//! separate program, so that the counting allocator affects no other measurement.
#![forbid(unsafe_code)]

use std::hint::black_box;

use allocation_counter::{AllocationInfo, measure};
use bytes::Bytes;
use truto_benches::clients::{ByHand, Failure, Ours, Who};
use truto_benches::model;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let info = match arguments[..] {
        ["call", who, port, calls] => {
            let (who, calls): (Who, usize) = (who.parse()?, calls.parse()?);
            let (few, many) = (call(who, port, 100)?, call(who, port, 100 + calls)?);
            let each = calls as u64;
            AllocationInfo {
                count_total: (many.count_total - few.count_total) / each,
                bytes_total: (many.bytes_total - few.bytes_total) / each,
                ..few
            }
        }
        ["build", "ours"] => {
            let _ = black_box(Ours::request());
            measure(|| {
                let _ = black_box(Ours::request());
            })
        }
        ["build", "by-hand"] => {
            let client = ByHand::new("1")?;
            black_box(client.request()?);
            measure(|| {
                black_box(client.request().is_ok());
            })
        }
        ["build", _] => {
            let parameters = model::Parameters::default();
            measure(|| {
                black_box(serde_qs::to_string(&parameters).is_ok());
            })
        }
        ["decode", how, users] => {
            let body = Bytes::from(model::page(users.parse()?, None));
            measure(|| {
                black_box(model::decode(how, &body));
            })
        }
        _ => return Err("see the comment at the top of the source".into()),
    };
    println!("{} {} {}", info.count_total, info.bytes_total, info.bytes_max);
    Ok(())
}

fn call(who: Who, port: &str, calls: usize) -> Result<AllocationInfo, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut result = Ok(());
    let info = measure(|| result = runtime.block_on(who.call(port, calls, 1)));
    result?;
    Ok(info)
}
