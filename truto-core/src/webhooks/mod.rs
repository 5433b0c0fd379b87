//! Webhooks: verification of deliveries, and their events.
//!
//! Truto signs the body of each delivery with the secret that it returned when the webhook was created:
//! HMAC-SHA256, in the header `X-Truto-Signature` as `format=sha256,v=<hex>`. [`Event::receive`] checks
//! it and reads the event; [`verify`] only checks it.
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
//! // Pass the bytes as received: JSON that is parsed and serialized again has another signature.
//! let event = Event::receive(secret, request.headers(), request.body())?;
//! assert_eq!((event.entity(), event.action()), ("integrated_account", "created"));
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! A verified event may still be a replayed one: use [`Event::check_age`], and compare its `id` with
//! those that you have seen. Truto expects status 200, and otherwise sends the event up to three more
//! times within seconds, so process it after the response.
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
