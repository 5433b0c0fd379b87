//! Chooses Rust names: a locked name stays, and duplicates get a number.

use std::collections::{BTreeMap, HashMap, HashSet};

/// Names that a declared type cannot have, because its own file uses them.
pub(crate) fn is_taken_by_rust(name: &str) -> bool {
    const TAKEN: [&str; 15] = [
        "Self",
        "String",
        "Option",
        "Vec",
        "Box",
        "Some",
        "None",
        "Ok",
        "Err",
        "Into",
        "Serialize",
        "Deserialize",
        "Default",
        "Clone",
        "Copy",
    ];
    TAKEN.contains(&name)
}

/// The names that are taken in one scope.
#[derive(Debug, Default)]
pub(crate) struct Names {
    taken: HashSet<String>,
    /// The next number to try for each name: searching from 2 each time would be quadratic.
    next: HashMap<String, u32>,
}

impl Names {
    pub(crate) fn is_free(&self, name: &str) -> bool {
        !self.taken.contains(name)
    }

    pub(crate) fn take(&mut self, name: &str) -> bool {
        self.taken.insert(name.to_owned())
    }

    /// Takes the name with the first number that makes it free.
    pub(crate) fn take_numbered(&mut self, name: &str) -> String {
        let is_word = name.starts_with(|c: char| c.is_ascii_lowercase()) && !name.ends_with('_');
        let digit = name.ends_with(|c: char| c.is_ascii_digit());
        // `Type12` would not be recognized as the second `Type1`.
        let between = if is_word || digit { "_" } else { "" };
        let mut number = self.next.get(name).copied().unwrap_or(2);
        loop {
            let numbered = format!("{name}{between}{number}");
            number += 1;
            if self.take(&numbered) {
                self.next.insert(name.to_owned(), number);
                return numbered;
            }
        }
    }
}

/// A thing that needs a name.
#[derive(Debug)]
pub(crate) struct Claim<'a> {
    /// The name on the wire, which is the key in the lock.
    pub(crate) wire: &'a str,
    pub(crate) wanted: String,
}

/// A name that was not available.
#[derive(Debug)]
pub(crate) struct Renamed {
    pub(crate) wire: String,
    pub(crate) wanted: String,
    pub(crate) chosen: String,
}

/// Names for the claims, in their order.
///
/// Names of the lock come first, then exact matches of the wire, then everything else; a number is
/// appended only after every claim had its first choice, so that it takes no other claim's name.
pub(crate) fn assign(
    claims: &[Claim<'_>],
    locked: Option<&BTreeMap<String, String>>,
    names: &mut Names,
) -> (Vec<String>, Vec<Renamed>) {
    let mut chosen: Vec<Option<String>> = vec![None; claims.len()];
    let mut open = Vec::new();
    for (index, claim) in claims.iter().enumerate() {
        let kept = locked.and_then(|locked| locked.get(claim.wire)).filter(|name| is_name(name));
        match kept {
            Some(name) if names.take(name) => chosen[index] = Some(name.clone()),
            _ => open.push(index),
        }
    }
    open.sort_by_cached_key(|index| (exactness(&claims[*index]), claims[*index].wire, *index));
    let mut renamed = Vec::new();
    open.retain(|&index| {
        let free = names.take(&claims[index].wanted);
        if free {
            chosen[index] = Some(claims[index].wanted.clone());
        }
        !free
    });
    for index in open {
        let claim = &claims[index];
        let name = names.take_numbered(&claim.wanted);
        renamed.push(Renamed {
            wire: claim.wire.to_owned(),
            wanted: claim.wanted.clone(),
            chosen: name.clone(),
        });
        chosen[index] = Some(name);
    }
    (chosen.into_iter().map(Option::unwrap_or_default).collect(), renamed)
}

/// 0 for a wire name that is its own Rust name, then lower case, then others: `active` before `Active` before `ACTIVE`.
fn exactness(claim: &Claim<'_>) -> u8 {
    let wire = claim.wire;
    if wire == crate::words::snake(wire, "") {
        0
    } else if wire == claim.wanted || wire == crate::words::pascal(wire, "") {
        1
    } else if !wire.bytes().any(|b| b.is_ascii_uppercase()) {
        2
    } else {
        3
    }
}

/// Returns whether a name of the lock is a usable identifier; the lock may have been edited by hand.
pub(crate) fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic())
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !crate::words::is_keyword(name)
        && name != "Self"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim<'a>(wire: &'a str, wanted: &str) -> Claim<'a> {
        Claim { wire, wanted: wanted.to_owned() }
    }

    #[test]
    fn exact_matches_come_first_and_numbers_last() {
        let claims =
            [claim("ACTIVE", "Active"), claim("Active", "Active"), claim("active", "Active")];
        let (names, renamed) = assign(&claims, None, &mut Names::default());
        assert_eq!(names, ["Active3", "Active2", "Active"]);
        assert_eq!(renamed.len(), 2);
        // A number does not take the name of another claim.
        let claims = [claim("x!", "X"), claim("x", "X"), claim("X2", "X2")];
        assert_eq!(assign(&claims, None, &mut Names::default()).0, ["X3", "X", "X2"]);
    }

    #[test]
    fn locked_names_stay() {
        let locked = BTreeMap::from([("Active".to_owned(), "Active".to_owned())]);
        let claims = [claim("active", "Active"), claim("Active", "Active")];
        let (names, _) = assign(&claims, Some(&locked), &mut Names::default());
        assert_eq!(names, ["Active2", "Active"]);
        let broken = BTreeMap::from([("a".to_owned(), "fn".to_owned())]);
        assert_eq!(assign(&[claim("a", "a")], Some(&broken), &mut Names::default()).0, ["a"]);
    }

    #[test]
    fn many_equal_names_are_numbered_in_linear_time() {
        let wires: Vec<String> = (0..100_000).map(|n| "!".repeat(n % 3) + &n.to_string()).collect();
        let claims: Vec<Claim<'_>> = wires.iter().map(|wire| claim(wire, "Same")).collect();
        let (names, _) = assign(&claims, None, &mut Names::default());
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
    }
}
