//! Webhooks: verification of deliveries, and their events.
//!
//! Truto signs the body of each delivery with the secret that it returned when the webhook was created:
//! HMAC-SHA256, in the header `X-Truto-Signature` as `format=sha256,v=<hex>`. [`Event::receive`] checks it
//! and reads the event; [`verify`] checks it alone.
//!
//! ```
//! use std::time::Duration;
//! use truto_core::webhooks::{Event, SIGNATURE_HEADER, sign};
//!
//! # let secret = "6e17561c";
//! # let body = r#"{"id":"e-1","event":"integrated_account:created","payload":{"id":"7"}}"#;
//! # let request = http::Request::builder()
//! #     .header(SIGNATURE_HEADER, sign(secret, body.as_bytes())?)
//! #     .body(body.as_bytes())?;
//! // The bytes as they came: parsed and written again, they would differ.
//! let event = Event::receive(secret, request.headers(), request.body())?;
//! assert_eq!((event.entity(), event.action()), ("integrated_account", "created"));
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! An event that is verified may still be an old one sent again: see [`Event::check_age`], and compare its
//! `id` with those you have seen. Truto wants status 200, and sends an event up to three times more within
//! seconds; do the work after the response.
//!
//! See Truto's pages on [webhooks](https://truto.one/docs/guides/webhooks/overview) and on
//! [their events](https://truto.one/docs/guides/webhooks/processing-webhook-events).

mod account;
mod event;
mod kind;
mod multipart;
mod signature;
mod timestamp;

pub use account::{AccountAction, AccountEvent};
pub use event::{Event, InvalidEvent};
pub use kind::EventKind;
pub use multipart::Part;
pub use signature::{InvalidSignature, SIGNATURE_HEADER, sign, verify};
