//! Chooses Rust names: a locked name is kept, and duplicates get a number.

use std::collections::{HashMap, HashSet};

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
        // Terminates, since only finitely many names are taken.
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
    /// Its name is chosen after all others.
    pub(crate) is_last: bool,
}

impl<'a> Claim<'a> {
    pub(crate) fn new(wire: &'a str, wanted: String) -> Self {
        Self { wire, wanted, is_last: false }
    }
}

/// A name that was not available.
#[derive(Debug)]
pub(crate) struct Renamed {
    /// The index of its claim.
    pub(crate) claim: usize,
    pub(crate) wire: String,
    pub(crate) wanted: String,
    pub(crate) chosen: String,
}

/// Names for the claims, in their order.
///
/// Names of the lock come first, then exact matches of the wire, then everything else; a number is
/// appended only after every claim had its first choice, so that it takes no other claim's name.
pub(crate) fn assign<'l>(
    claims: &[Claim<'_>],
    locked: impl Fn(&str) -> Option<&'l str>,
    names: &mut Names,
) -> (Vec<String>, Vec<Renamed>) {
    let mut chosen: Vec<Option<String>> = vec![None; claims.len()];
    let mut open = Vec::new();
    for (index, claim) in claims.iter().enumerate() {
        match locked(claim.wire).filter(|name| is_name(name)) {
            Some(name) if names.take(name) => chosen[index] = Some(name.to_owned()),
            _ => open.push(index),
        }
    }
    // Not by position: the order of fields in a source may change between runs.
    open.sort_by_cached_key(|index| {
        let claim = &claims[*index];
        (claim.is_last, plainness(claim), claim.wire, *index)
    });
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
            claim: index,
            wire: claim.wire.to_owned(),
            wanted: claim.wanted.clone(),
            chosen: name.clone(),
        });
        chosen[index] = Some(name);
    }
    (chosen.into_iter().map(Option::unwrap_or_default).collect(), renamed)
}

/// Orders wire names by their distance from a plain word: `active` comes before `Active` and `ACTIVE`, `type` before `@type`.
///
/// The first number is the style, the second one counts the characters that no identifier can contain.
fn plainness(claim: &Claim<'_>) -> (u8, usize) {
    // Only the last segment of a path counts.
    let wire = crate::wire_path::split(claim.wire).map_or(claim.wire, |(_, name)| name);
    let mut signs = 0;
    let (mut lower, mut upper, mut separator) = (false, false, false);
    for c in wire.chars() {
        lower |= c.is_ascii_lowercase();
        upper |= c.is_ascii_uppercase();
        separator |= c == '_';
        signs += usize::from(!c.is_ascii_alphanumeric() && c != '_');
    }
    let inner = |c: char| c.is_ascii_alphanumeric();
    let is_word = wire.starts_with(inner) && wire.ends_with(inner) && !wire.contains("__");
    let style = match (is_word, signs == 0) {
        // A field that needs no `rename`. Variants never match, since their names have capitals.
        _ if wire == claim.wanted && !upper => 0,
        (true, true) if !upper => 1,
        (true, true) if wire == claim.wanted || wire == crate::words::pascal(wire, "") => 2,
        (true, _) if !upper => 3,
        (true, true) if lower && !separator => 4,
        (true, _) => 5,
        (false, _) => 6,
    };
    (style, signs)
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
        Claim::new(wire, wanted.to_owned())
    }

    #[test]
    fn exact_matches_come_first_and_numbers_last() {
        let claims =
            [claim("ACTIVE", "Active"), claim("Active", "Active"), claim("active", "Active")];
        let (names, renamed) = assign(&claims, |_| None, &mut Names::default());
        assert_eq!(names, ["Active3", "Active2", "Active"]);
        assert_eq!(renamed.len(), 2);
        // A number does not take the name of another claim.
        let claims = [claim("x!", "X"), claim("x", "X"), claim("X2", "X2")];
        assert_eq!(assign(&claims, |_| None, &mut Names::default()).0, ["X3", "X", "X2"]);
    }

    #[test]
    fn prefers_the_plainer_name() {
        for (plain, others) in [
            ("type", &["@type", "$type", "_type", "type_", "Type", "TYPE", "type?", "__type"][..]),
            ("id", &["_id", "$id", "@id", "ID", "Id", "id_", "#id", "iD"]),
            ("ref", &["$ref", "@ref", "Ref", "ref!", "_ref"]),
            (
                "user_id",
                &["user-id", "userId", "UserId", "USER_ID", "user id", r"user\.id", "user__id"],
            ),
            ("2fa", &["2FA", "_2fa", "2-fa"]),
            ("users.type", &["users.@type", "users._type", "users.Type"]),
        ] {
            for other in others {
                for wires in [[plain, other], [other, plain]] {
                    let claims = wires.map(|wire| claim(wire, "same"));
                    let (names, renamed) = assign(&claims, |_| None, &mut Names::default());
                    let of = |wire: &str| {
                        let at = wires.iter().position(|one| *one == wire).expect("a wire");
                        names[at].clone()
                    };
                    assert_eq!((of(plain).as_str(), of(other).as_str()), ("same", "same_2"));
                    assert_eq!(renamed[0].wire, *other);
                }
            }
        }
        // A field whose name is its own comes before one that is called otherwise.
        for (own, other) in [("kind", "type"), ("self_", "self"), ("field", "_")] {
            let claims = [claim(other, own), claim(own, own)];
            assert_eq!(assign(&claims, |_| None, &mut Names::default()).0[1], own);
        }
        // Without a plain one, each style comes before a stranger one.
        let wires = ["UserId", "user-id", "userId", "USER_ID", "$userId", "$$user"];
        let claims = wires.map(|wire| claim(wire, "x"));
        let (names, _) = assign(&claims, |_| None, &mut Names::default());
        assert_eq!(names, ["x", "x_2", "x_3", "x_4", "x_5", "x_6"]);
    }

    #[test]
    fn keeps_earlier_names_if_a_plainer_one_follows() {
        let locked = |wire: &str| (wire == "@type").then_some("kind");
        let claims = [claim("type", "kind"), claim("@type", "kind")];
        let (names, renamed) = assign(&claims, locked, &mut Names::default());
        assert_eq!(names, ["kind_2", "kind"]);
        assert_eq!(renamed[0].wire, "type");
    }

    #[test]
    fn locked_names_stay() {
        let locked = |wire: &str| (wire == "Active").then_some("Active");
        let claims = [claim("active", "Active"), claim("Active", "Active")];
        let (names, _) = assign(&claims, locked, &mut Names::default());
        assert_eq!(names, ["Active2", "Active"]);
        assert_eq!(assign(&[claim("a", "a")], |_| Some("fn"), &mut Names::default()).0, ["a"]);
    }

    #[test]
    fn many_equal_names_are_numbered_in_linear_time() {
        let wires: Vec<String> = (0..100_000).map(|n| "!".repeat(n % 3) + &n.to_string()).collect();
        let claims: Vec<Claim<'_>> = wires.iter().map(|wire| claim(wire, "Same")).collect();
        let (names, _) = assign(&claims, |_| None, &mut Names::default());
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
    }
}
