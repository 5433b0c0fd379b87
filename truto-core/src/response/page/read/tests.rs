use super::*;

fn page(text: &str) -> Page<u64> {
    serde_json::from_str(text).expect(text)
}

#[test]
fn reads_the_whole_envelope() {
    let page = page(
        r#"{"result":[1,2],"next_cursor":"n","prev_cursor":"p","result_count":2,
            "is_partial_response":false,"unknown":{"x":[]}}"#,
    );
    assert_eq!(page.result, [1, 2]);
    assert_eq!(page.next_cursor.as_deref(), Some("n"));
    assert_eq!(page.prev_cursor.as_deref(), Some("p"));
    assert_eq!(page.result_count, Some(2));
    assert_eq!(page.is_partial_response, Some(false));
}

#[test]
fn null_missing_and_empty_cursors_end_a_list() {
    for text in [
        r#"{"result":[]}"#,
        r#"{"result":[],"next_cursor":null}"#,
        r#"{"next_cursor":"","result":[]}"#,
        r#"{"result":[],"next_cursor":false}"#,
        r#"{"result":[],"next_cursor":0}"#,
        r#"{"result":[],"next_cursor":{ }}"#,
        r#"{"result":[],"next_cursor":0.0}"#,
        r#"{"result":[],"next_cursor":-0}"#,
        r#"{"result":null}"#,
        "[]",
    ] {
        assert_eq!(page(text).next_cursor, None, "{text}");
    }
    assert_eq!(page(r#"{"result":[],"next_cursor":17}"#).next_cursor.as_deref(), Some("17"));
    assert_eq!(page(r#"{"results":[1]}"#).result, [1]);
}

#[test]
fn counts_and_flags_never_fail_a_page() {
    let odd = page(
        r#"{"result":[1],"results":"x","result_count":"1","is_partial_response":"true",
            "prev_cursor":["x"],"next_cursor":12345678901234567890123}"#,
    );
    assert_eq!((odd.result_count, odd.is_partial_response), (Some(1), Some(true)));
    assert_eq!(odd.prev_cursor, None);
    assert_eq!(odd.next_cursor.as_deref(), Some("12345678901234567890123"));
    let odd = page(r#"{"result":[1],"result_count":-1,"is_partial_response":7}"#);
    assert_eq!((odd.result_count, odd.is_partial_response), (None, None));
}

#[test]
fn a_list_of_lists_is_not_a_list_of_records() {
    #[derive(Debug, Deserialize)]
    struct Record {
        _id: Option<u8>,
    }
    for text in [r#"{"result":[[1]]}"#, "[[1]]", r#"{"result":{"a":[1]}}"#] {
        assert!(serde_json::from_str::<Page<Record>>(text).is_err(), "{text}");
        assert!(serde_json::from_str::<KeyedPage<Record>>(text).is_err(), "{text}");
    }
    assert!(serde_json::from_str::<Page<Vec<u8>>>("[[1]]").is_ok());
}

#[test]
fn a_page_without_records_is_an_error() {
    for text in ["{}", "null", "7", r#"{"result":7}"#, r#"{"result":[],"result":[]}"#] {
        assert!(serde_json::from_str::<Page<u64>>(text).is_err(), "{text}");
    }
    assert!(serde_json::from_str::<KeyedPage<u64>>("[1]").is_err());
}

#[test]
fn a_cursor_of_another_kind_does_not_end_a_list() {
    for (cursor, kind) in [
        ("true", JsonKind::Boolean),
        (r#"["x"]"#, JsonKind::Array),
        ("[]", JsonKind::Array),
        (r#"{"after":"x"}"#, JsonKind::Object),
    ] {
        let text = format!(r#"{{"next_cursor":{cursor},"result":[1,2]}}"#);
        assert!(serde_json::from_str::<Page<u64>>(&text).is_err(), "{text}");
        let list: ListPage<u64> = serde_json::from_str(&text).expect(&text);
        assert_eq!((list.page.result, list.bad_cursor), (vec![1, 2], Some(kind)), "{text}");
    }
    for (cursor, text) in [
        ("-1", "-1"),
        ("0.5", "0.5"),
        ("1e-400", "1e-400"),
        ("1E0", "1E0"),
        ("\"0\"", "0"),
        ("\"null\"", "null"),
        ("\"undefined\"", "undefined"),
    ] {
        let page = page(&format!(r#"{{"next_cursor":{cursor},"result":[]}}"#));
        assert_eq!(page.next_cursor.as_deref(), Some(text));
    }
}

#[test]
fn two_cursors_do_not_end_a_list() {
    for text in [
        r#"{"next_cursor":"a","result":[1],"next_cursor":null}"#,
        r#"{"next_cursor":"","result":[1],"next_cursor":"a"}"#,
    ] {
        let refused = serde_json::from_str::<Page<u64>>(text).expect_err(text);
        assert!(refused.to_string().contains("duplicate field `next_cursor`"), "{refused}");
        assert!(serde_json::from_str::<ListPage<u64>>(text).is_err(), "{text}");
    }
    let same = page(r#"{"next_cursor":"a","result":[1],"next_cursor":"a"}"#);
    assert_eq!(same.next_cursor.as_deref(), Some("a"));
}

#[test]
fn an_error_body_is_not_an_empty_page() {
    for text in [
        r#"{"result":null,"error":"boom","statusCode":500}"#,
        r#"{"statusCode":"502","result":null}"#,
        r#"{"error":{"code":1},"result":null}"#,
        r#"{"result":[],"error":"boom","statusCode":500}"#,
        r#"{"statusCode":404,"results":[]}"#,
        r#"{"statusCode":404,"results":null,"result":null}"#,
    ] {
        assert!(serde_json::from_str::<Page<u64>>(text).is_err(), "{text}");
        assert!(serde_json::from_str::<KeyedPage<u64>>(text).is_err(), "{text}");
    }
    for text in [
        r#"{"result":null,"error":null,"statusCode":200}"#,
        r#"{"result":null,"error":"","message":"ok"}"#,
        r#"{"result":[],"error":"a warning"}"#,
        r#"{"result":[],"statusCode":200}"#,
    ] {
        assert_eq!(page(text).result, [0; 0], "{text}");
    }
}

#[test]
fn result_and_results_may_be_in_any_order() {
    for text in [
        r#"{"results":5,"result":[1,2]}"#,
        r#"{"result":[1,2],"results":5}"#,
        r#"{"results":["x"],"result":[1,2]}"#,
        r#"{"result":null,"results":[1,2]}"#,
        r#"{"results":[1,2],"result":null}"#,
        r#"{"results":[1,2]}"#,
    ] {
        assert_eq!(page(text).result, [1, 2], "{text}");
        let value: serde_json::Value = serde_json::from_str(text).expect(text);
        assert_eq!(Page::<u64>::deserialize(value).expect(text).result, [1, 2], "{text}");
    }
    assert!(serde_json::from_str::<Page<u64>>(r#"{"results":["x"]}"#).is_err());
}

#[test]
fn an_empty_array_is_an_empty_keyed_page() {
    let page: KeyedPage<u64> = serde_json::from_str(r#"{"result":[]}"#).expect("a page");
    assert!(page.result.is_empty());
    assert!(serde_json::from_str::<KeyedPage<u64>>(r#"{"result":[1]}"#).is_err());
}

#[test]
fn reads_keyed_pages() {
    let page: KeyedPage<u64> =
        serde_json::from_str(r#"{"result":{"a":1,"b":2},"next_cursor":"c"}"#).expect("a page");
    assert_eq!(page.result, BTreeMap::from([("a".into(), 1), ("b".into(), 2)]));
    assert_eq!(page.next_cursor.as_deref(), Some("c"));
}

/// The values of a buffer, which flattened and untagged types hand out.
#[test]
fn buffered_and_textual_values_mean_the_same() {
    use crate::json::RawJson;
    for (value, end) in [
        (serde_json::json!(null), true),
        (serde_json::json!(false), true),
        (serde_json::json!({}), true),
        (serde_json::json!(true), false),
        (serde_json::json!({"a": 1}), false),
        (serde_json::json!([]), false),
    ] {
        assert_eq!(is_end(&RawJson::Buffered(value.clone())), end, "{value}");
        assert_eq!(is_end(&RawJson::Text(value.to_string().into())), end, "{value}");
    }
    for flag in [true, false] {
        assert_eq!(parsed(&RawJson::Buffered(flag.into())), Some(flag));
        assert_eq!(parsed(&RawJson::Text(format!(" {flag} ").into())), Some(flag));
    }
    assert_eq!(parsed::<bool>(&RawJson::Text("null".into())), None);
}

#[test]
fn keyed_records_are_not_a_list() {
    let refused = serde_json::from_str::<KeyedPage<u8>>(r#"{"result":[1]}"#).expect_err("a list");
    assert!(refused.to_string().contains("records keyed by a field"), "{refused}");
    let empty: KeyedPage<u8> = serde_json::from_str(r#"{"result":[]}"#).expect("an empty list");
    assert!(empty.result.is_empty());
    let refused = serde_json::from_str::<Page<u8>>(r#"{"result":{"a":1}}"#).expect_err("keyed");
    assert!(refused.to_string().contains("a list of records"), "{refused}");
}

#[test]
fn records_next_to_an_error_status_are_kept() {
    assert_eq!(page(r#"{"statusCode":500,"result":[1]}"#).result, [1]);
    let keyed: KeyedPage<u8> =
        serde_json::from_str(r#"{"result":{"a":1},"statusCode":500}"#).expect("records");
    assert_eq!(keyed.result, BTreeMap::from([("a".into(), 1)]));
}

#[test]
fn an_error_says_what_a_page_looks_like() {
    for (text, expected) in [
        ("7", "expected a page with `result` and `next_cursor`"),
        (r#"{"result":7}"#, "expected a list of records"),
    ] {
        let refused = serde_json::from_str::<Page<u8>>(text).expect_err(text).to_string();
        assert!(refused.contains(expected), "{refused}");
    }
    let refused = serde_json::from_str::<KeyedPage<u8>>(r#"{"result":7}"#).expect_err("a number");
    assert!(refused.to_string().contains("expected records keyed by a field"), "{refused}");
}
