//! Words that other frameworks use in similar attributes.

use super::key::Key;

/// The names of other frameworks for a key, in lower case and without underscores.
const fn aliases(key: Key) -> &'static str {
    match key {
        Key::Method => "verb httpmethod httpverb requestmethod methods operation",
        Key::Path => {
            "url uri route endpoint pathname urlpath requestpath template pathtemplate href \
             location address"
        }
        Key::Name => {
            "func function fn fnname funcname functionname methodname ident rename alias \
             operationid as"
        }
        Key::Query => {
            "params param parameters args queryparams queryparam queryparameters queryargs \
             querystring querytype queries qs filter filters search searchparams urlparams"
        }
        Key::Body => {
            "data json payload request req requestbody requesttype requestdata bodytype \
             bodyparams input form content multipart"
        }
        Key::Response => {
            "resp res return returns returntype ret responsetype responsebody output out \
             outputtype result results model type ty"
        }
        Key::Doc => {
            "docs summary description desc comment documentation docstring title about help"
        }
        Key::Safe => "readonly reads idempotent issafe pure retryable",
        Key::Secret => "secrets sensitive redact redacted mask masked hidden private",
        Key::Crate => "krate cratename cratepath crateroot trutocore runtime",
    }
}

/// The key for which another framework uses this word, in any case.
pub(super) fn aliased(word: &str) -> Option<Key> {
    let plain: String = word.chars().filter(|&c| c != '_').flat_map(char::to_lowercase).collect();
    let is_alias = |key: &Key| aliases(*key).split_ascii_whitespace().any(|alias| alias == plain);
    Key::ALL.into_iter().find(is_alias)
}

/// The help for settings that belong to a call, to the client or to the struct.
pub(super) fn place_of_setting(name: &str) -> Option<&'static str> {
    let place = match name {
        "header" | "headers" => "add headers to a call with `Request::header`",
        "timeout" | "deadline" => "set it for a call with `Request::timeout`",
        "retry" | "retries" | "max_retries" => "set it for a call with `Request::retry`",
        "limit" | "page_size" | "per_page" => "set it for a call with `Request::limit`",
        "cursor" | "next_cursor" => "set it for a call with `Request::next_cursor`",
        "account" | "account_id" | "integrated_account_id" => {
            "give the account to `send`: `client.account(id)?`"
        }
        "base_url" | "host" | "base" | "server" => {
            "set it for all calls with `ClientBuilder::base_url`"
        }
        "token" | "auth" | "authorization" | "api_key" | "bearer" => {
            "set it for all calls with `ClientBuilder::token`"
        }
        "pathparams" | "path_params" | "pathparameters" | "path_parameters" => {
            "leave it out: the arguments of the function are the placeholders of the path"
        }
        "deprecated" => "write `#[deprecated]` above the struct",
        "vis" | "visibility" => "the function has the visibility of the struct",
        _ => return None,
    };
    Some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_alias_names_one_key_and_is_not_a_key() {
        let mut seen = std::collections::BTreeMap::new();
        for key in Key::ALL {
            for alias in aliases(key).split_ascii_whitespace() {
                assert_eq!(Key::of(alias), None, "{alias}");
                assert_eq!(seen.insert(alias, key.name()), None, "{alias}");
                assert_eq!(aliased(alias), Some(key), "{alias}");
            }
        }
        assert_eq!(aliased("queryParams"), Some(Key::Query));
        assert_eq!(aliased("HTTP_METHOD"), Some(Key::Method));
        assert_eq!(aliased("fn_name"), Some(Key::Name));
    }
}
