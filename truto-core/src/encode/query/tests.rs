use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;

use super::{Namespace, append, is_well_formed, remove_pairs, value_of};

mod nesting;

fn query(value: &impl Serialize) -> Result<String, String> {
    scoped(Namespace::Endpoint, value)
}

fn scoped(scope: Namespace, value: &impl Serialize) -> Result<String, String> {
    let mut out = String::new();
    append(&mut out, scope, value).map_err(|e| e.to_string())?;
    Ok(out.replace("%5B", "[").replace("%5D", "]"))
}

/// The pairs that Truto's querying page and its Python SDK's tests use, and the cases around them.
#[test]
fn values_are_encoded_as_pairs() {
    for (value, expected) in [
        (json!({"name": "foo"}), "&name=foo"),
        (json!({"limit": 10}), "&limit=10"),
        (json!({"is_active": true, "other": false}), "&is_active=true&other=false"),
        (
            json!({"foo": {"bar": "baz", "foo1": {"bar2": "baz2"}}}),
            "&foo[bar]=baz&foo[foo1][bar2]=baz2",
        ),
        (json!({"foo": ["bar", "baz"], "last": 1}), "&foo[]=bar&foo[]=baz&last=1"),
        (json!({"foo": ["bar", {"bar1": "baz1"}]}), "&foo[]=bar&foo[][bar1]=baz1"),
        (
            json!({"created_at": {"gt": "2021-01-01T00:00:00", "lte": "2022-01-01T00:00:00"}}),
            "&created_at[gt]=2021-01-01T00%3A00%3A00&created_at[lte]=2022-01-01T00%3A00%3A00",
        ),
        (json!({"a": 1, "b": [{"k": 2, "v": 3}]}), "&a=1&b[0][k]=2&b[0][v]=3"),
        (
            json!({"a": [{"k": 1, "v": 2}, {"k": 3, "v": 4}]}),
            "&a[0][k]=1&a[0][v]=2&a[1][k]=3&a[1][v]=4",
        ),
        (json!({"a": [{"k": 1}, {"k": 3, "v": 4}]}), "&a[0][k]=1&a[1][k]=3&a[1][v]=4"),
        (json!({"a": [[1, 2], [3]]}), "&a[0][]=1&a[0][]=2&a[1][]=3"),
        (
            json!({"o": {"a": [{"x": [1, 2]}, {"x": [3]}], "b": 1}}),
            "&o[a][0][x][]=1&o[a][0][x][]=2&o[a][1][x][]=3&o[b]=1",
        ),
        (
            json!({"o": {"n": null, "a": [{"x": {"p": 1, "q": 2}}]}}),
            "&o[a][0][x][p]=1&o[a][0][x][q]=2",
        ),
        (json!({"a": null, "b": [], "c": {}, "d": [null]}), ""),
        (json!({"o": {"a": null, "b": 1, "c": null, "d": 2}}), "&o[b]=1&o[d]=2"),
        (json!({"a": [null, 1, null, 2]}), "&a[]=1&a[]=2"),
        (json!({"empty": ""}), "&empty="),
        (json!({"k": "a b+c&d=e"}), "&k=a%20b%2Bc%26d%3De"),
        (
            json!({"n": [18_446_744_073_709_551_615_u64, i64::MIN, 0.5]}),
            "&n[]=18446744073709551615&n[]=-9223372036854775808&n[]=0.5",
        ),
        (json!({"created_at[gt]": 1}), "&created_at[gt]=1"),
        (json!({}), ""),
        (json!(null), ""),
    ] {
        assert_eq!(query(&value).as_deref(), Ok(expected), "{value}");
    }
}

#[test]
fn rust_types_are_encoded() {
    #[derive(Serialize)]
    struct Newtype(String);
    #[derive(Serialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        SigningGroup,
        Named(String),
        Pair(u8, u8),
        Full { x: Option<u8>, y: u8 },
    }
    #[derive(Serialize)]
    struct Inner {
        a: Option<u8>,
        b: char,
    }
    #[derive(Serialize)]
    struct All {
        newtype: Newtype,
        unit: Kind,
        named: Kind,
        pair: Kind,
        full: Kind,
        tuple: (u8, &'static str),
        nothing: (),
        #[serde(flatten)]
        inner: Inner,
        #[serde(flatten)]
        rest: BTreeMap<String, u8>,
        raw: Box<serde_json::value::RawValue>,
    }
    let all = All {
        newtype: Newtype("n".into()),
        unit: Kind::SigningGroup,
        named: Kind::Named("x".into()),
        pair: Kind::Pair(1, 2),
        full: Kind::Full { x: None, y: 3 },
        tuple: (1, "b"),
        nothing: (),
        inner: Inner { a: None, b: 'é' },
        rest: BTreeMap::from([("r".into(), 7)]),
        raw: serde_json::value::RawValue::from_string(r#"{"p":[1]}"#.into()).expect("JSON"),
    };
    assert_eq!(
        query(&all).as_deref(),
        Ok("&newtype=n&unit=signing_group&named[named]=x&pair[pair][]=1&pair[pair][]=2\
            &full[full][y]=3&tuple[]=1&tuple[]=b&b=%C3%A9&r=7&raw[p][]=1")
    );
}

#[test]
fn map_keys_follow_the_rules_of_json() {
    #[derive(PartialEq, Eq, PartialOrd, Ord, Serialize)]
    struct Number(u8);
    #[derive(PartialEq, Eq, PartialOrd, Ord, Serialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        SigningGroup,
    }
    assert_eq!(query(&BTreeMap::from([(1, 2), (-3, 4)])).as_deref(), Ok("&-3=4&1=2"));
    assert_eq!(
        query(&BTreeMap::from([(u128::MAX, 2)])).as_deref(),
        Ok("&340282366920938463463374607431768211455=2")
    );
    assert_eq!(
        query(&BTreeMap::from([(i128::MIN, 2)])).as_deref(),
        Ok("&-170141183460469231731687303715884105728=2")
    );
    assert_eq!(query(&BTreeMap::from([(true, 2)])).as_deref(), Ok("&true=2"));
    assert_eq!(query(&BTreeMap::from([(Some("a"), 2)])).as_deref(), Ok("&a=2"));
    assert_eq!(query(&BTreeMap::from([('c', 2)])).as_deref(), Ok("&c=2"));
    assert_eq!(query(&BTreeMap::from([(Number(7), 2)])).as_deref(), Ok("&7=2"));
    assert_eq!(
        query(&BTreeMap::from([(Kind::SigningGroup, 2)])).as_deref(),
        Ok("&signing_group=2")
    );
    let nested = BTreeMap::from([("a", BTreeMap::from([(1, "x")]))]);
    assert_eq!(query(&nested).as_deref(), Ok("&a[1]=x"));
    assert_eq!(scoped(Namespace::Remote, &nested).as_deref(), Ok("&remote_query[a][1]=x"));
}

#[test]
fn brackets_of_a_flat_key_are_not_doubled() {
    for (value, expected) in [
        (json!({"ids[]": [1, 2], "z": 1}), "&ids[]=1&ids[]=2&z=1"),
        (json!({"ids[]": 1}), "&ids[]=1"),
        (json!({"ids[]": []}), ""),
        (json!({"ids[]": [null]}), ""),
        (json!({"a[b][]": [1, 2]}), "&a[b][]=1&a[b][]=2"),
        (json!({"o[]": [{"k": 1, "v": 2}, {"k": 3}]}), "&o[0][k]=1&o[0][v]=2&o[1][k]=3"),
        (json!({"o[]": [[1], [2, 3]]}), "&o[0][]=1&o[1][]=2&o[1][]=3"),
    ] {
        assert_eq!(query(&value).as_deref(), Ok(expected), "{value}");
    }
}

#[test]
fn remote_query_is_nested() {
    for (value, expected) in [
        (json!({"foo": "bar"}), "&remote_query[foo]=bar"),
        (
            json!({"a": {"b": {"c": {"d": [1, 2]}}}, "e": 1}),
            "&remote_query[a][b][c][d][]=1&remote_query[a][b][c][d][]=2&remote_query[e]=1",
        ),
        (json!({}), ""),
        (json!({"a": null}), ""),
        (json!({"integrated_account_id": "mine"}), "&remote_query[integrated_account_id]=mine"),
    ] {
        assert_eq!(scoped(Namespace::Remote, &value).as_deref(), Ok(expected), "{value}");
    }
}

#[test]
fn errors_name_the_place_of_a_value_that_cannot_be_encoded() {
    #[derive(Serialize)]
    struct Holder<T> {
        outer: Vec<T>,
    }
    struct Bytes;
    impl Serialize for Bytes {
        fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
            s.serialize_bytes(b"x")
        }
    }
    let message = |result: Result<String, String>| result.expect_err("refused");
    assert!(message(query(&1)).contains("not a single value"));
    assert!(message(query(&"text")).contains("not a single value"));
    assert!(message(query(&[1, 2])).contains("not an array"));
    assert!(message(scoped(Namespace::Remote, &[1])).contains("not an array"));
    assert!(
        message(query(&Holder { outer: vec![json!({"a": 1}), json!({"b]": 1})] }))
            .starts_with("`outer[1].b]`: a nested key")
    );
    assert!(message(query(&Holder { outer: vec![Bytes] })).starts_with("`outer[0]`: bytes"));
    assert!(
        message(query(&Holder { outer: vec![BTreeMap::from([((), 2)])] }))
            .starts_with("`outer[0]`: a map key must be a string")
    );
    assert!(message(query(&BTreeMap::from([([1], 2)]))).starts_with("a map key must be"));
    assert!(
        message(query(&BTreeMap::from([("x", f64::NAN)]))).starts_with("`x`: NaN and infinity")
    );
    assert!(message(query(&json!({"": 1}))).contains("the key is empty"));
    assert!(message(query(&json!({"a]": 1}))).contains("brackets"));
    assert!(message(query(&json!({"a[b]c": 1}))).contains("brackets"));
}

#[test]
fn reserved_parameters_are_refused_however_they_are_written() {
    for key in [
        "integrated_account_id",
        "integrated_account_id[]",
        "[integrated_account_id]",
        "[[integrated_account_id]]",
        "integrated_account_id]",
        "truto_response_format",
        "truto_key_by",
    ] {
        let error = query(&BTreeMap::from([(key, "x")])).expect_err(key);
        assert!(error.contains("cannot be set through a query"), "{error}");
    }
    assert_eq!(
        query(&json!({"a": {"integrated_account_id": 1}})).as_deref(),
        Ok("&a[integrated_account_id]=1")
    );
}

#[test]
fn removes_all_pairs_of_a_name() {
    let mut pairs = "path&limit=1&a=2&limit=3&limited=4".to_owned();
    remove_pairs(&mut pairs, 4, |name| name == "limit");
    assert_eq!(pairs, "path&a=2&limited=4");
    remove_pairs(&mut pairs, 4, |name| name == "absent");
    assert_eq!(pairs, "path&a=2&limited=4");
}

#[test]
fn the_last_pair_of_a_name_wins() {
    for (pairs, expected) in [
        ("&a=1&b=2", Some("1")),
        ("&a=1&a=2", Some("2")),
        ("&a=x%3D%20%C3%A9", Some("x= \u{e9}")),
        ("&a=", Some("")),
        ("&ab=1&b=a", None),
        ("&a%5Bgt%5D=1", None),
        ("&a", None),
        ("", None),
    ] {
        assert_eq!(value_of(pairs, "a").as_deref(), expected, "{pairs}");
    }
}

#[test]
fn every_type_of_serde_is_encoded_or_refused() {
    #[derive(Serialize)]
    struct Unit;
    #[derive(Serialize)]
    struct All {
        i8: i8,
        i16: i16,
        i32: i32,
        i64: i64,
        i128: i128,
        u8: u8,
        u16: u16,
        u32: u32,
        u64: u64,
        u128: u128,
        f32: f32,
        f64: f64,
        char: char,
        some: Option<u8>,
        unit: Unit,
        last: (),
    }
    let all = All {
        i8: -1,
        i16: -2,
        i32: -3,
        i64: -4,
        i128: -5,
        u8: 1,
        u16: 2,
        u32: 3,
        u64: 4,
        u128: 5,
        f32: 0.5,
        f64: 0.25,
        char: '\u{e9}',
        some: Some(6),
        unit: Unit,
        last: (),
    };
    let expected = "&i8=-1&i16=-2&i32=-3&i64=-4&i128=-5&u8=1&u16=2&u32=3&u64=4&u128=5\
        &f32=0.5&f64=0.25&char=%C3%A9&some=6";
    assert_eq!(query(&all).as_deref(), Ok(expected));
    // The number of pairs decides between empty brackets and indices.
    let list = |items: Vec<All>| query(&BTreeMap::from([("a", items)])).expect("a query");
    assert!(list(vec![all]).contains("&a[0][i8]=-1&a[0][i16]=-2"));
    assert_eq!(
        query(&json!({"a": [{"b": 1, "c": null}, {"b": 2}]})).as_deref(),
        Ok("&a[][b]=1&a[][b]=2")
    );
}

#[test]
fn a_well_formed_key_is_a_name_with_balanced_brackets() {
    for key in ["a", "a[b]", "a[]", "a[b][c]", "a[b][]"] {
        assert!(is_well_formed(key), "{key}");
    }
    for key in ["", "]", "a]", "[", "[a]", "[]", "a[", "a[b", "a[b]c", "a[b[c]", "a][b]", "a[[b]]"]
    {
        assert!(!is_well_formed(key), "{key}");
    }
}

#[test]
fn the_name_of_a_variant_is_a_key() {
    #[derive(Serialize)]
    enum Range {
        Between { from: u8, to: u8 },
        Pair(u8, u8),
    }
    for (value, expected) in [
        (Range::Between { from: 1, to: 2 }, "&Between[from]=1&Between[to]=2"),
        (Range::Pair(1, 2), "&Pair[]=1&Pair[]=2"),
    ] {
        assert_eq!(query(&value).as_deref(), Ok(expected));
    }
}
