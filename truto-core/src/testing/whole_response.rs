//! Properties of any response: status, headers and body in, a value or an error out.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Response, StatusCode, header};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

use super::CallLimits;
use super::attempt::{Attempt, AttemptError};
use crate::endpoint::Role;
use crate::error::{Redactor, TimedOut};
use crate::policy::{AttemptFacts, Verdict, verdict};
use crate::response::RawResponse;
use crate::{Client, Endpoint, RetryPolicy};

static GET: Endpoint = Endpoint::new(Method::GET, "/unified/m/r/<id>", Role::Get);
static POST: Endpoint = Endpoint::new(Method::POST, "/unified/m/r", Role::Create);

/// No escape begins with its first letter: `\t` before `oken` would look like a token.
const TOKEN: &str = "s3cret-token";

/// Time limit of an attempt.
const LIMIT: Duration = Duration::from_secs(30);

/// A response of any bytes (two for the status, lines of headers up to an empty one, the body) causes
/// no panic, shows no secret, loses no record, and repeats no write without proof that it was not
/// executed.
///
/// # Panics
///
/// If one of these does not hold.
pub fn whole_response(data: &[u8]) {
    let Some((status, rest)) = data.split_first_chunk() else {
        return;
    };
    let status = 200 + u16::from_be_bytes(*status) % 400;
    let status = StatusCode::from_u16(status).expect("a status");
    let end = rest.windows(2).position(|pair| pair == b"\n\n");
    let (head, body) = match end {
        Some(end) => (&rest[..end], &rest[end + 2..]),
        None => (&[][..], rest),
    };
    for endpoint in [&GET, &POST] {
        let mut response = Response::new(Bytes::copy_from_slice(body));
        *response.status_mut() = status;
        for line in head.split(|byte| *byte == b'\n') {
            let mut parts = line.splitn(2, |byte| *byte == b':');
            let name = parts.next().map(HeaderName::from_bytes);
            let value = parts.next().map(|value| HeaderValue::from_bytes(value.trim_ascii()));
            if let (Some(Ok(name)), Some(Ok(value))) = (name, value) {
                response.headers_mut().append(name, value);
            }
        }
        check(endpoint, response, body);
    }
}

fn check(endpoint: &'static Endpoint, response: Response<Bytes>, body: &[u8]) {
    let status = response.status();
    let plain = !response.headers().contains_key(header::CONTENT_ENCODING)
        && !response.headers().contains_key(header::CONTENT_LENGTH);
    match receive(endpoint, response) {
        Ok(received) => {
            assert!(status.is_success());
            let decoded = received.decode::<Value>(false, Redactor::new(TOKEN, ""));
            let record = serde_json::from_slice::<Value>(body).ok().filter(|_| plain);
            match decoded {
                Ok((value, _)) => assert!(record.is_none_or(|record| record == value)),
                Err(error) => {
                    assert!(record.is_none(), "lost: {error}");
                    assert_eq!(error.may_have_applied(), endpoint.is_write());
                    assert!(!format!("{error} {error:?}").contains(TOKEN));
                }
            }
        }
        Err(failed) => {
            let shown = format!("{} {:?}", failed.error, failed.error);
            assert!(!shown.contains(TOKEN), "{shown}");
            if endpoint.is_write() && is_sent_again(endpoint, &failed) {
                assert!(is_own_refusal(status, body), "{status}: {shown}");
            }
        }
    }
}

fn receive(
    endpoint: &'static Endpoint,
    response: Response<Bytes>,
) -> Result<RawResponse, AttemptError> {
    static RUNNING: OnceLock<(Runtime, Client)> = OnceLock::new();
    let (runtime, client) = RUNNING.get_or_init(|| {
        let runtime = Builder::new_current_thread().enable_all().build();
        let client = Client::builder().token(TOKEN).base_url("http://127.0.0.1:9").build();
        (runtime.expect("a runtime"), client.expect("a client"))
    });
    runtime.block_on(async {
        let account = client.token_account();
        let attempt = Attempt {
            pool: client.inner().pools.lease().expect("a runtime"),
            secrets: Redactor::new(TOKEN, ""),
            endpoint,
            account: &account,
            streamed: false,
            is_conditional: false,
            number: 1,
            limits: &CallLimits { attempt: LIMIT, deadline: LIMIT },
            timed_out: TimedOut::Attempt,
        };
        let (head, body) = attempt.split(response.into(), None)?;
        attempt.receive(head, body, Instant::now() + LIMIT).await
    })
}

fn is_sent_again(endpoint: &'static Endpoint, failed: &AttemptError) -> bool {
    let facts = AttemptFacts {
        endpoint,
        caller_key: false,
        is_replayable: true,
        can_renew: false,
        waits_at_gate: true,
        outcome: failed.outcome,
        retries: 0,
        free_retries: 0,
        remaining: Duration::MAX,
        retry_after: failed.error.retry_after(),
        fastest: Duration::ZERO,
        random: 0.5,
    };
    matches!(verdict(&RetryPolicy::default(), &facts), Verdict::Retry(_))
}

/// Returns true if the body proves, in Truto's form, that the call was not passed on. An independent
/// implementation.
fn is_own_refusal(status: StatusCode, body: &[u8]) -> bool {
    let fields: Option<BTreeMap<String, &RawValue>> = serde_json::from_slice(body).ok();
    let is_own = fields.is_some_and(|fields| {
        let flag = fields.get("truto_is_remote_error");
        flag.is_none_or(|flag| flag.get() == "false")
    });
    status == StatusCode::TOO_MANY_REQUESTS && is_own
}
