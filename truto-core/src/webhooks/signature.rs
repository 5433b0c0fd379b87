//! The signature of the bytes of a delivery.

use std::fmt::{self, Write as _};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "x-truto-signature";

/// The reason why an event must not be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidSignature {
    /// The header is not `format=sha256,v=` and 64 hexadecimal digits.
    Format,
    /// The body was signed with another secret, or was changed in transit.
    Mismatch,
    /// The secret is empty, so anyone could have signed the body: a setting is missing.
    EmptySecret,
}

impl fmt::Display for InvalidSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Format => "the signature is not `format=sha256,v=` and 64 hexadecimal digits",
            Self::Mismatch => "the body was signed with another secret, or was changed in transit",
            Self::EmptySecret => "the secret of the webhook is empty; check its setting",
        })
    }
}

impl std::error::Error for InvalidSignature {}

/// Verifies that `body` was signed with `secret`, in constant time.
///
/// `signature` is the value of the header [`SIGNATURE_HEADER`], and `body` the unmodified bytes.
///
/// # Errors
///
/// [`InvalidSignature::Format`] if the header cannot be read, [`InvalidSignature::Mismatch`] if the
/// signature does not match: respond to both with 401 and do not process the body.
/// [`InvalidSignature::EmptySecret`] if `secret` is empty.
///
/// ```
/// use truto_core::webhooks::{InvalidSignature, verify};
///
/// let signature = "format=sha256,v=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8";
/// let body = b"The quick brown fox jumps over the lazy dog";
/// assert_eq!(verify("key", signature, body), Ok(()));
/// assert_eq!(verify("other", signature, body), Err(InvalidSignature::Mismatch));
/// assert_eq!(verify("key", "sha256=f7bc83f4", body), Err(InvalidSignature::Format));
/// ```
pub fn verify(
    secret: impl AsRef<[u8]>,
    signature: impl AsRef<[u8]>,
    body: &[u8],
) -> Result<(), InvalidSignature> {
    if secret.as_ref().is_empty() {
        return Err(InvalidSignature::EmptySecret);
    }
    let signature = parse(signature.as_ref()).ok_or(InvalidSignature::Format)?;
    // HMAC accepts keys of any length, so this cannot fail.
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_ref()).map_err(|_| InvalidSignature::Mismatch)?;
    mac.update(body);
    // In constant time: a comparison that stops early would reveal the signature byte by byte.
    mac.verify_slice(&signature).map_err(|_| InvalidSignature::Mismatch)
}

/// Returns the value of [`SIGNATURE_HEADER`] for a body, as signed by Truto, for tests of your handler.
///
/// # Errors
///
/// [`InvalidSignature::EmptySecret`] if `secret` is empty.
///
/// ```
/// use truto_core::webhooks::{sign, verify};
///
/// let signature = sign("key", b"{}")?;
/// assert_eq!(verify("key", &signature, b"{}"), Ok(()));
/// # Ok::<_, truto_core::webhooks::InvalidSignature>(())
/// ```
pub fn sign(secret: impl AsRef<[u8]>, body: &[u8]) -> Result<String, InvalidSignature> {
    if secret.as_ref().is_empty() {
        return Err(InvalidSignature::EmptySecret);
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_ref())
        .map_err(|_| InvalidSignature::EmptySecret)?;
    mac.update(body);
    let mut signature = String::from("format=sha256,v=");
    for byte in mac.finalize().into_bytes() {
        // Writing to a string cannot fail.
        let _ = write!(signature, "{byte:02x}");
    }
    Ok(signature)
}

/// The signature in `format=sha256,v=<hex>`; its parts may come in any order, each once.
fn parse(header: &[u8]) -> Option<[u8; 32]> {
    let (mut format, mut value) = (None, None);
    for part in std::str::from_utf8(header).ok()?.split(',') {
        let (name, text) = part.split_once('=')?;
        let slot = match name.trim() {
            "format" => &mut format,
            "v" => &mut value,
            _ => continue,
        };
        // A duplicate part would be ambiguous.
        if slot.replace(text.trim()).is_some() {
            return None;
        }
    }
    (format? == "sha256").then_some(())?;
    let digits = value?.as_bytes();
    let mut signature = [0; 32];
    if digits.len() != 2 * signature.len() {
        return None;
    }
    for (byte, pair) in signature.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |at: usize| char::from(pair[at]).to_digit(16);
        *byte = u8::try_from(digit(0)? * 16 + digit(1)?).ok()?;
    }
    Some(signature)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"The quick brown fox jumps over the lazy dog";
    const HEX: &str = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8";

    #[test]
    fn accepts_the_signature_in_every_form() {
        for signature in [
            format!("format=sha256,v={HEX}"),
            format!("v={HEX},format=sha256"),
            format!(" format=sha256 , v={HEX} "),
            format!("format=sha256,v={}", HEX.to_uppercase()),
            format!("format=sha256,v={HEX},t=1"),
        ] {
            assert_eq!(verify("key", &signature, BODY), Ok(()), "{signature}");
        }
    }

    #[test]
    fn verifies_what_it_signed() {
        assert_eq!(sign("key", BODY), Ok(format!("format=sha256,v={HEX}")));
    }

    #[test]
    fn rejects_malformed_signatures() {
        for signature in [
            String::new(),
            HEX.to_owned(),
            format!("v={HEX}"),
            "format=sha256".to_owned(),
            format!("format=sha1,v={HEX}"),
            format!("format=SHA256,v={HEX}"),
            format!("format=sha256;v={HEX}"),
            format!("format=sha256,v={HEX},v={HEX}"),
            format!("format=sha256,format=sha256,v={HEX}"),
            format!("format=sha256,v={}", &HEX[1..]),
            format!("format=sha256,v={HEX}00"),
            format!("format=sha256,v={}", HEX.replace('f', "g")),
            format!("format=sha256,v={}", HEX.replace('f', "é")),
            format!("format=sha256,v=0x{}", &HEX[2..]),
            format!("format=sha256,v=+{}", &HEX[1..]),
            "format=sha256,v=".to_owned(),
        ] {
            let result = verify("key", &signature, BODY);
            assert_eq!(result, Err(InvalidSignature::Format), "{signature}");
        }
        let bytes = [&b"format=sha256,v="[..], &[0xff; 64]].concat();
        assert_eq!(verify("key", bytes, BODY), Err(InvalidSignature::Format));
    }

    #[test]
    fn another_key_or_body_is_refused() {
        let signature = format!("format=sha256,v={HEX}");
        let mismatch = Err(InvalidSignature::Mismatch);
        assert_eq!(verify("Key", &signature, BODY), mismatch);
        let empty = Err(InvalidSignature::EmptySecret);
        assert_eq!(verify("", &signature, BODY), empty);
        assert_eq!(sign("", BODY).map(drop), empty);
        assert_eq!(verify("key", &signature, b""), mismatch);
        for at in 0..BODY.len() {
            let mut changed = BODY.to_vec();
            changed[at] ^= 1;
            assert_eq!(verify("key", &signature, &changed), mismatch);
        }
        assert_eq!(verify("key", &signature, &BODY[1..]), mismatch);
    }
}
