//! A progress bar for the upload and download of a large file: `cargo run --example progress --
//! [MEGABYTES]`, on the sandbox.

use std::error::Error;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use truto_core::{ByteStream, Upload, unified_endpoint};
use truto_sandbox::Sandbox;

#[unified_endpoint(method = "POST", path = "/unified/file-storage/drive-items/upload", body = Upload)]
#[unified_endpoint(
    method = "POST",
    path = "/unified/file-storage/drive-items/download",
    response = ByteStream,
    safe = true
)]
#[derive(Debug, serde::Deserialize)]
struct DriveItem {
    size: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let megabytes: u64 = std::env::args().nth(1).map_or(Ok(32), |word| word.parse())?;
    let folder = std::env::temp_dir().join(format!("truto-progress-{}", std::process::id()));
    std::fs::create_dir(&folder)?;
    let path = folder.join("sent.bin");
    std::fs::File::create(&path)?.set_len(megabytes << 20)?;

    let sandbox = Sandbox::start().await?;
    let (model, resource) = ("file-storage", "drive-items");
    sandbox.on_method(model, resource, "upload", |received| json!({"size": received.body.len()}));
    let bytes = vec![7; usize::try_from(megabytes << 20)?];
    sandbox.on_download(model, resource, "download", "application/octet-stream", bytes);
    let account = sandbox.account();

    // Read from the disk chunk by chunk; if the call is sent again, the bar restarts.
    let bar = bar("sending");
    let shown = bar.clone();
    let file = Upload::path("application/octet-stream", &path).on_progress(move |sent, total| {
        shown.set_length(total);
        shown.set_position(sent);
    });
    let item = DriveItem::upload(&file).body_passthrough().send(&account).await?;
    bar.finish();

    let bar = self::bar("receiving");
    let shown = bar.clone();
    let stream = DriveItem::download().send(&account).await?;
    let stream = stream.on_progress(move |received, total| {
        shown.set_length(total.unwrap_or(received));
        shown.set_position(received);
    });
    let mut file = tokio::fs::File::create(folder.join("received.bin")).await?;
    let received = stream.copy_to(&mut file).await?;
    bar.finish();

    println!("{} bytes sent, {received} received", item.size);
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

fn bar(what: &'static str) -> ProgressBar {
    let style = "{prefix:10} {bar:40} {bytes}/{total_bytes} {binary_bytes_per_sec}";
    let style = ProgressStyle::with_template(style);
    let bar = ProgressBar::new(0).with_prefix(what);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
