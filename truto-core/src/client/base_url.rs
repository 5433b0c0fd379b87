//! The target of all calls, checked once when the client is built.

use std::net::IpAddr;

use reqwest::Url;

use crate::Error;

/// Checks a base URL and returns it without a trailing slash, so that a path can follow.
pub(crate) fn parse(text: &str, allow_insecure_http: bool) -> Result<Url, Error> {
    let refuse = |why: &str| Err(Error::invalid(format!("the base URL {why}")));
    let Ok(mut url) = Url::parse(text) else {
        return refuse("does not parse; write it as `https://api.truto.one`");
    };
    if !url.has_host() {
        return refuse("has no host");
    }
    match url.scheme() {
        "https" => {}
        "http" if allow_insecure_http || is_loopback(&url) => {}
        "http" => {
            return refuse(
                "would send the token unencrypted; use https, or `allow_insecure_http(true)` for a \
                 host that you trust",
            );
        }
        _ => return refuse("is neither https nor http"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("contains a user name or password; pass the token to `token(..)`");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("contains a query or fragment; only a path prefix can follow the host");
    }
    // Every path of an endpoint begins with a slash.
    let prefix = url.path().trim_end_matches('/').to_owned();
    if prefix.contains("//") {
        return refuse("contains an empty segment `//`, which would change the called path");
    }
    url.set_path(&prefix);
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_safe_base_urls() {
        for text in [
            "https://api.truto.one",
            "https://api.truto.one/",
            "https://gateway.example:8443/truto/v1/",
            "http://localhost:3000",
            "http://127.0.0.1:1",
            "http://127.8.8.8",
            "http://[::1]:80",
        ] {
            assert!(parse(text, false).is_ok(), "{text}");
        }
        assert!(parse("http://gateway.internal", true).is_ok());
    }

    #[test]
    fn refuses_base_urls_with_a_reason() {
        for (text, why) in [
            ("", "does not parse"),
            ("api.truto.one", "does not parse"),
            ("http://api.truto.one", "unencrypted"),
            ("http://localhost.evil.example", "unencrypted"),
            ("http://127.0.0.1.evil.example", "unencrypted"),
            ("ftp://api.truto.one", "neither https nor http"),
            ("file:///etc/passwd", "has no host"),
            ("https://u@api.truto.one", "user name or password"),
            ("https://u:p@api.truto.one", "user name or password"),
            ("https://api.truto.one?x=1", "query or fragment"),
            ("https://api.truto.one#x", "query or fragment"),
            ("http://127.0.0.1//x", "empty segment"),
            ("https://gateway.example/a//b/", "empty segment"),
        ] {
            let error = parse(text, false).expect_err(text).to_string();
            assert!(error.contains(why), "{text}: {error}");
            assert!(!error.contains("u:p"), "{error}");
        }
    }
}
