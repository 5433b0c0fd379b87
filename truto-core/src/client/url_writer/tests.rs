use proptest::prelude::*;

use super::*;

const BASES: [&str; 14] = [
    "https://api.truto.one",
    "https://api.truto.one:443/",
    "https://api.truto.one./",
    "https://API.Truto.One:8443",
    "http://127.0.0.1:8080",
    "http://127.1",
    "http://[::1]:3000",
    "https://[2001:db8::ffff:1.2.3.4]/v1",
    "https://gateway.example:8443/truto/v1",
    "https://gateway.example/a/b.c~d_e-f/1/",
    "https://gateway.example/tru%20to/b%C3%BC",
    "https://gateway.example/bü/ {}|",
    "http://localhost",
    "https://bücher.example/x",
];

fn base(text: &str) -> Url {
    crate::client::base_url::parse(text, true).expect(text)
}

/// The target as a call writes it, after the prefix of the base.
fn target(base: &Url, rest: &str) -> String {
    format!("{}{rest}", base.path().trim_end_matches('/'))
}

/// All parts are those of a parsed URL: positions, host and port, too.
fn assert_like_parsed(base: &Url, target: &str) {
    let Some(written) = UrlWriter::new(base).expect("a known layout").write(target) else {
        return;
    };
    let parsed = base.join(target).expect(target);
    assert_eq!(parts(&written).expect("parts"), parts(&parsed).expect("parts"), "{base} {target}");
    assert_eq!(written.as_str(), format!("{}{target}", &base[..url::Position::BeforePath]));
}

#[test]
fn writes_plain_urls_like_the_parser() {
    for text in BASES {
        let base = base(text);
        let writer = UrlWriter::new(&base).expect("a known layout");
        let is_plain = !base.path().contains('%');
        for rest in [
            "/",
            "/unified/crm/contacts",
            "/unified/crm/contacts/a.b~c_d-e/",
            "/a?",
            "/a?b=%5B%22c%22%5D&d=e,f[g]?h/../i",
            "/a?b=c|d^e`f{g}@h:i!j*(k);l$m+n\\o",
            &format!("/{}?{}", "a1".repeat(5_000), "b=%C3%BC&".repeat(15_000)),
        ] {
            let target = target(&base, rest);
            assert_eq!(writer.write(&target).is_some(), is_plain, "{base} {rest}");
            assert_like_parsed(&base, &target);
        }
    }
}

#[test]
fn leaves_targets_that_need_normalization_to_the_parser() {
    let writer = UrlWriter::new(&base(BASES[0])).expect("a writer");
    for target in [
        "",
        "a",
        "?a=b",
        "//a",
        "/a//b",
        "/.",
        "/a/..",
        "/a/./b",
        "/%2e",
        "/a b",
        "/a\\b",
        "/a\"",
        "/a#b",
        "/ü",
        "/a?b#c",
        "/a?b'c",
        "/a?b\"c",
        "/a?b c",
        "/a?<",
        "/a?>",
        "/a?ü",
        "/a?b\u{7f}",
        "/a?b\nc",
        "/a\tb",
        "/a:b",
    ] {
        assert!(writer.write(target).is_none(), "{target}");
    }
}

/// In a test, `url` checks its parts itself, and refuses what the check of the query overlooks.
#[test]
fn a_query_is_plain_if_the_parser_encodes_no_character_and_drops_none() {
    for byte in 0..=u8::MAX {
        let character = char::from(byte);
        let query = format!("a={character}&b");
        let parsed = Url::parse(&format!("https://truto.one/?{query}")).expect("a URL");
        assert_eq!(is_plain_query(&query), parsed.query() == Some(&*query), "{character:?}");
    }
    assert!(is_plain_query(""));
}

#[test]
fn a_url_has_exactly_its_known_parts() {
    let shared = [Value::from(1), Value::from("b")];
    for query_start in [None, Some(7)] {
        let text = Some("text".to_owned());
        let mut parts = Parts { text, shared: shared.iter(), query_start, left: 2 };
        let mut read = Vec::new();
        for _ in 0..6 {
            read.push(parts.next_element::<Value>().expect("a value"));
        }
        let query = query_start.map_or(Value::Null, Value::from);
        let expected = [Value::from("text"), 1.into(), "b".into(), query, Value::Null];
        assert_eq!(read[..5], expected.map(Some), "{query_start:?}");
        assert_eq!(read[5], None, "{query_start:?}");
    }
}

/// Without debug assertions, `url` accepts any parts of the right kinds; with them, it panics on
/// some.
#[test]
fn an_unknown_layout_of_url_is_left_to_the_parser() {
    for text in BASES {
        let base = base(text);
        let known = parts(&base).expect("parts");
        assert!(UrlWriter::from_parts(&base, &known).is_some());
        for at in 0..=known.len() {
            for extra in [Value::Null, Value::from(0), Value::from("a")] {
                let mut longer = known.clone();
                longer.insert(at, extra.clone());
                assert!(UrlWriter::from_parts(&base, &longer).is_none(), "{extra} at {at}: {base}");
            }
        }
        for at in 0..known.len() {
            let mut changed = known.clone();
            changed[at] = Value::from(1);
            assert!(UrlWriter::from_parts(&base, &changed).is_none(), "{at}: {base}");
            let mut shorter = known.clone();
            shorter.remove(at);
            assert!(UrlWriter::from_parts(&base, &shorter).is_none(), "without {at}: {base}");
            for other in (at + 1..known.len()).filter(|other| known[*other] != known[at]) {
                let mut swapped = known.clone();
                swapped.swap(at, other);
                assert!(UrlWriter::from_parts(&base, &swapped).is_none(), "{at} {other}: {base}");
            }
        }
    }
}

proptest! {
    #[test]
    fn writes_any_text_like_the_parser(
        path in "(/[a-cA-C0-9./%2eE~_:-]{0,8}|/[ -~\\t\\nü]{0,8})",
        query in "([?]([ -~]{0,8}|[\\t\\né\u{7f}-\u{ff}a#]{0,8}))?",
        prefix in "(/[a-c.%2e~ü-]{1,4}){0,3}",
    ) {
        let rest = format!("{path}{query}");
        for text in BASES {
            let base = base(text);
            assert_like_parsed(&base, &rest);
            assert_like_parsed(&base, &target(&base, &rest));
        }
        if let Ok(base) = crate::client::base_url::parse(&format!("{}{prefix}", BASES[4]), true) {
            assert_like_parsed(&base, &target(&base, &rest));
        }
    }

    /// Plain text does not need the parser.
    #[test]
    fn plain_text_never_needs_the_parser(rest in "(/[a-zA-Z0-9_~-][a-zA-Z0-9._~-]{0,20}){1,4}([?][a-z0-9=&%\\[\\]]{0,40})?") {
        let base = base(BASES[0]);
        prop_assert!(UrlWriter::new(&base).expect("a known layout").write(&rest).is_some());
        assert_like_parsed(&base, &rest);
    }
}
