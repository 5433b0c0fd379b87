//! Arrays: `key[]=value`, or `key[0][field]=value` where empty brackets would be ambiguous.

use serde::Serialize;
use serde::ser;

use super::QueryError;
use super::value::Value;
use crate::encode::push_again;

const EMPTY_BRACKETS: &str = "%5B%5D";

/// The elements of one array, whose own key is `out[start..end]`.
pub(super) struct QueryItems<'a> {
    value: Value<'a>,
    end: usize,
    /// The number of pairs that each element wrote; absent elements wrote none and are omitted.
    pairs: Vec<usize>,
    /// The number of items including absent ones: the position in errors.
    seen: usize,
}

impl<'a> QueryItems<'a> {
    pub(super) fn new(value: Value<'a>) -> Self {
        // A flat key, which only the top level has, may end in the brackets of an array (`ids[]`).
        if value.depth == 1 && value.out[value.start..].ends_with(EMPTY_BRACKETS) {
            value.out.truncate(value.out.len() - EMPTY_BRACKETS.len());
        }
        Self { end: value.out.len(), value, pairs: Vec::new(), seen: 0 }
    }

    fn item<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), QueryError> {
        let out = &mut *self.value.out;
        let (start, restore) = if self.pairs.is_empty() {
            (self.value.start, self.end)
        } else {
            let at = out.len();
            push_again(out, self.value.start..self.end);
            (at, at)
        };
        out.push_str(EMPTY_BRACKETS);
        let child = Value { out, start, restore, depth: self.value.depth + 1, root: None };
        let pairs = item.serialize(child).map_err(|error| error.under_index(self.seen))?;
        self.seen += 1;
        if pairs > 0 {
            self.pairs.push(pairs);
        }
        Ok(())
    }

    fn finish(self) -> usize {
        let total = self.pairs.iter().sum();
        if total == 0 {
            self.value.out.truncate(self.value.restore);
        } else if total > self.pairs.len() {
            // With empty brackets, the pairs would not show to which element they belong.
            self.write_indices();
        }
        total
    }

    /// Inserts the element's index into the brackets after the array's key, in every pair.
    fn write_indices(self) {
        let Value { out, start, .. } = self.value;
        let key = self.end - start;
        let written = out.split_off(start);
        // Values are encoded, so every `&` begins a pair.
        let mut texts = written.split('&').skip(1);
        for (index, &count) in self.pairs.iter().enumerate() {
            for pair in texts.by_ref().take(count) {
                // Between the brackets: without the `&`, which `key` counts, and after the `%5B`.
                let (before, after) = pair.split_at(key - 1 + EMPTY_BRACKETS.len() / 2);
                out.push('&');
                out.push_str(before);
                out.push_str(&index.to_string());
                out.push_str(after);
            }
        }
    }
}

macro_rules! elements {
    ($($seq:ident: $method:ident,)*) => {$(
        impl ser::$seq for QueryItems<'_> {
            type Ok = usize;
            type Error = QueryError;

            fn $method<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), QueryError> {
                self.item(item)
            }

            fn end(self) -> Result<usize, QueryError> {
                Ok(self.finish())
            }
        }
    )*};
}

elements! {
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field,
}
