//! A map that takes little memory: a lock may have hundreds of thousands of entries.

use std::cmp::Ordering;

/// Values by text, in the order of the texts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sorted<V>(Vec<(Box<str>, V)>);

/// Texts by text.
pub(crate) type Texts = Sorted<Box<str>>;

impl<V> Default for Sorted<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V> Sorted<V> {
    pub(crate) fn get(&self, key: &str) -> Option<&V> {
        let at = self.0.binary_search_by(|(own, _)| (**own).cmp(key)).ok()?;
        Some(&self.0[at].1)
    }

    pub(crate) fn contains_key(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| &**key)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    /// All keys of both, in their order, each with its two values.
    pub(crate) fn beside<'a>(
        &'a self,
        other: &'a Self,
    ) -> impl Iterator<Item = (&'a str, Option<&'a V>, Option<&'a V>)> {
        let (mut left, mut right) = (self.iter().peekable(), other.iter().peekable());
        std::iter::from_fn(move || {
            let order = match (left.peek(), right.peek()) {
                (Some((one, _)), Some((two, _))) => one.cmp(two),
                (Some(_), None) => Ordering::Less,
                (None, _) => Ordering::Greater,
            };
            let one = if order.is_le() { left.next() } else { None };
            let two = if order.is_ge() { right.next() } else { None };
            let (key, _) = one.or(two)?;
            Some((key, one.map(|(_, value)| value), two.map(|(_, value)| value)))
        })
    }

    /// Adds entries; returns whether all keys are still different.
    pub(super) fn add(&mut self, more: impl IntoIterator<Item = (String, V)>) -> bool {
        let before = self.0.len();
        self.0.extend(more.into_iter().map(|(key, value)| (key.into(), value)));
        // Parts of a file come in order, so that nothing is to be sorted.
        let from = before.saturating_sub(1);
        if self.0[from..].windows(2).all(|two| two[0].0 < two[1].0) {
            return true;
        }
        self.0.sort_by(|one, other| one.0.cmp(&other.0));
        self.0.windows(2).all(|two| two[0].0 != two[1].0)
    }
}

impl<V> FromIterator<(String, V)> for Sorted<V> {
    /// Of several entries with one key, the last one stays.
    fn from_iter<I: IntoIterator<Item = (String, V)>>(entries: I) -> Self {
        let mut all: Vec<_> = entries.into_iter().map(|(key, value)| (key.into(), value)).collect();
        all.reverse();
        // Stable, so the last entry of a key is the first of its equals.
        all.sort_by(|one: &(Box<str>, V), other| one.0.cmp(&other.0));
        all.dedup_by(|one, other| one.0 == other.0);
        all.shrink_to_fit();
        Self(all)
    }
}

#[cfg(test)]
impl<V> Sorted<V> {
    pub(crate) fn insert(&mut self, key: String, value: V) {
        assert!(self.add([(key, value)]), "a key of its own");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_maps_are_walked_in_the_order_of_all_keys() {
        let map = |keys: &str| -> Texts {
            keys.chars().map(|key| (key.to_string(), key.to_string().into())).collect()
        };
        for (one, other, all) in [
            ("", "", ""),
            ("ac", "", "a<c<"),
            ("", "b", "b>"),
            ("acd", "bcx", "a<b>c=d<x>"),
            ("z", "a", "a>z<"),
        ] {
            let (one, other) = (map(one), map(other));
            let walked = one.beside(&other).map(|(key, left, right)| {
                assert!(left.into_iter().chain(right).all(|value| &**value == key));
                let sign = match (left, right) {
                    (Some(_), Some(_)) => '=',
                    (Some(_), None) => '<',
                    (None, _) => '>',
                };
                format!("{key}{sign}")
            });
            assert_eq!(walked.collect::<String>(), all);
        }
    }

    #[test]
    fn entries_are_found_in_whatever_order_they_come() {
        let entries = [("b", "1"), ("a", "2"), ("b", "3")];
        let mut map: Texts =
            entries.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
        let entries = |map: &Texts| {
            map.iter().map(|(key, value)| format!("{key}{value}")).collect::<Vec<_>>()
        };
        assert_eq!(entries(&map), ["a2", "b3"]);
        map.insert("c".to_owned(), "4".into());
        map.insert("aa".to_owned(), "5".into());
        assert_eq!(entries(&map), ["a2", "aa5", "b3", "c4"]);
        assert_eq!(map.get("aa").map(|value| &**value), Some("5"));
        assert_eq!(map.get("d"), None);
        assert!(!map.add([("b".to_owned(), "6".into())]));
    }
}
