//! The families of routes, by the first segment of the path.

use crate::Method;

/// The kind of a route, given by its first segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// `/unified/<model>/<resource>…`: the unified API.
    Unified,
    /// `/proxy/<resource>…`: a resource in the provider's own format.
    Proxy,
    /// `/custom/…`: any path of the provider.
    Custom,
    /// Every other path: Truto's own API, which acts on no account.
    Admin,
}

impl Family {
    /// The family whose paths begin with this segment.
    ///
    /// ```
    /// use truto_route::Family;
    ///
    /// assert_eq!(Family::from_segment("proxy"), Family::Proxy);
    /// assert_eq!(Family::from_segment("link-token"), Family::Admin);
    /// ```
    #[must_use]
    pub fn from_segment(first: &str) -> Self {
        match first {
            "unified" => Self::Unified,
            "proxy" => Self::Proxy,
            "custom" => Self::Custom,
            _ => Self::Admin,
        }
    }

    /// The first segment of its paths; `None` for Truto's own API.
    #[must_use]
    pub const fn segment(self) -> Option<&'static str> {
        match self {
            Self::Unified => Some("unified"),
            Self::Proxy => Some("proxy"),
            Self::Custom => Some("custom"),
            Self::Admin => None,
        }
    }

    /// The number of segments up to and including the resource.
    #[must_use]
    pub const fn resource_segments(self) -> usize {
        match self {
            Self::Unified => 3,
            Self::Proxy | Self::Custom => 2,
            Self::Admin => 1,
        }
    }

    /// True if the function name and the output are derived from method and path.
    #[must_use]
    pub const fn has_derived_shapes(self) -> bool {
        matches!(self, Self::Unified | Self::Proxy)
    }

    /// True if its routes allow the method: `PUT` is only used under `/custom/`.
    #[must_use]
    pub const fn takes(self, method: Method) -> bool {
        !matches!(method, Method::Put) || matches!(self, Self::Custom)
    }

    /// True if its calls act on an integrated account.
    #[must_use]
    pub const fn acts_on_account(self) -> bool {
        !matches!(self, Self::Admin)
    }

    /// True if a literal segment may contain the character.
    ///
    /// Letters, digits, `-` and `_` everywhere; under `/proxy/` and `/custom/` also `.` and `:`,
    /// since providers have routes such as `/v1.0/me` and `/search.json`.
    #[must_use]
    pub const fn takes_character(self, character: char) -> bool {
        match character {
            '-' | '_' => true,
            '.' | ':' => matches!(self, Self::Proxy | Self::Custom),
            _ => character.is_ascii_alphanumeric(),
        }
    }

    /// True if the last segment may be a placeholder of several segments, `<path..>`.
    #[must_use]
    pub const fn takes_rest(self) -> bool {
        matches!(self, Self::Proxy | Self::Custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Family::{Admin, Custom, Proxy, Unified};
    use super::*;

    #[test]
    fn each_family_has_its_own_rules() {
        for (family, segment, resource_segments, derives, puts, acts, dots, rest) in [
            (Unified, Some("unified"), 3, true, false, true, false, false),
            (Proxy, Some("proxy"), 2, true, false, true, true, true),
            (Custom, Some("custom"), 2, false, true, true, true, true),
            (Admin, None, 1, false, false, false, false, false),
        ] {
            assert_eq!(Family::from_segment(segment.unwrap_or("link-token")), family);
            assert_eq!(family.segment(), segment);
            assert_eq!(family.resource_segments(), resource_segments, "{family:?}");
            assert_eq!(family.has_derived_shapes(), derives, "{family:?}");
            assert_eq!(family.acts_on_account(), acts, "{family:?}");
            assert_eq!(family.takes_rest(), rest, "{family:?}");
            for method in Method::ALL {
                let expected = puts || method != Method::Put;
                assert_eq!(family.takes(method), expected, "{family:?} {method}");
            }
            for character in "azAZ09-_".chars() {
                assert!(family.takes_character(character), "{family:?} {character}");
            }
            for character in ".:".chars() {
                assert_eq!(family.takes_character(character), dots, "{family:?} {character}");
            }
            for character in "%?/~é".chars() {
                assert!(!family.takes_character(character), "{family:?} {character}");
            }
        }
    }
}
