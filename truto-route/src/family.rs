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

    /// True if function name and output follow from method and path.
    #[must_use]
    pub const fn has_derived_shapes(self) -> bool {
        matches!(self, Self::Unified | Self::Proxy)
    }

    /// True if its routes take the method: `PUT` is used under `/custom/` only.
    #[must_use]
    pub const fn takes(self, method: Method) -> bool {
        !matches!(method, Method::Put) || matches!(self, Self::Custom)
    }

    /// True if its calls act on an integrated account.
    #[must_use]
    pub const fn acts_on_account(self) -> bool {
        !matches!(self, Self::Admin)
    }

    /// True if a literal segment may hold the character.
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
