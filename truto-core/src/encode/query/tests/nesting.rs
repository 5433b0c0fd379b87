//! The limit on nesting, whatever contains a value, and variants inside arrays.

use serde_json::value::RawValue;

use super::*;

#[derive(Serialize)]
enum Nested {
    #[serde(rename = "end")]
    End,
    #[serde(rename = "n")]
    Newtype(Box<Nested>),
    #[serde(rename = "s")]
    Struct { field: Box<Nested> },
    #[serde(rename = "t")]
    Tuple(Box<Nested>, ()),
}

fn nested(levels: usize, wrap: fn(Box<Nested>) -> Nested) -> Result<String, String> {
    query(&(0..levels).fold(Nested::End, |inner, _| wrap(Box::new(inner))))
}

/// True if the value has a form, and false if it is refused as too deep.
fn fits(result: Result<String, String>) -> bool {
    match result {
        Ok(pairs) => {
            assert_eq!(pairs.matches('=').count(), 1, "{pairs}");
            true
        }
        Err(error) => {
            assert!(error.contains("nested deeper than 64 levels"), "{error}");
            false
        }
    }
}

#[test]
fn any_container_may_nest_sixty_four_levels() {
    let map = |levels| query(&(0..levels).fold(json!(1), |inner, _| json!({ "k": inner })));
    let array = |levels| {
        let items = (1..levels).fold(json!(1), |inner, _| json!([inner]));
        query(&json!({ "k": items }))
    };
    let newtype = |levels| nested(levels, Nested::Newtype);
    for levels in [1, 63, 64] {
        assert!(fits(map(levels)) && fits(array(levels)) && fits(newtype(levels)), "{levels}");
    }
    for levels in [65, 66, 200] {
        assert!(!fits(map(levels)) && !fits(array(levels)) && !fits(newtype(levels)), "{levels}");
    }
}

#[test]
fn a_variant_with_content_counts_as_two_levels() {
    let fields = |levels| nested(levels, |field| Nested::Struct { field });
    let tuple = |levels| nested(levels, |field| Nested::Tuple(field, ()));
    assert!(fits(fields(32)) && fits(tuple(32)));
    assert!(!fits(fields(33)) && !fits(tuple(33)));
}

#[test]
fn raw_json_counts_as_one_level_more_than_its_content() {
    let raw = |levels: usize| {
        let text = (0..levels).fold("1".to_owned(), |inner, _| format!("{{\"k\":{inner}}}"));
        query(&BTreeMap::from([("r", RawValue::from_string(text).expect("JSON"))]))
    };
    assert!(fits(raw(1)) && fits(raw(62)));
    assert!(!fits(raw(63)) && !fits(raw(100)));
}

#[test]
fn struct_variants_in_an_array_have_indices() {
    #[derive(Serialize)]
    enum Filter {
        #[serde(rename = "range")]
        Range { from: u8, to: u8 },
    }
    let ranges = [Filter::Range { from: 1, to: 2 }, Filter::Range { from: 3, to: 4 }];
    assert_eq!(
        query(&BTreeMap::from([("f", ranges)])).as_deref(),
        Ok("&f[0][range][from]=1&f[0][range][to]=2&f[1][range][from]=3&f[1][range][to]=4")
    );
}
