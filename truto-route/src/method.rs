//! The HTTP methods that Truto uses.

use std::fmt;

/// An HTTP method of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or calls a method of a resource.
    Post,
    /// Updates in part.
    Patch,
    /// Deletes.
    Delete,
    /// Replaces; only under `/custom/`.
    Put,
}

impl Method {
    /// All methods.
    pub const ALL: [Self; 5] = [Self::Get, Self::Post, Self::Patch, Self::Delete, Self::Put];

    /// The method of this name, which is case-sensitive.
    ///
    /// ```
    /// use truto_route::Method;
    ///
    /// assert_eq!(Method::from_name("PATCH"), Some(Method::Patch));
    /// assert_eq!(Method::from_name("patch"), None);
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == name)
    }

    /// The name, in upper case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Put => "PUT",
        }
    }

    /// True if a request with this method has a body.
    #[must_use]
    pub const fn takes_body(self) -> bool {
        matches!(self, Self::Post | Self::Patch | Self::Put)
    }

    /// True if the method changes data, unless the declaration says that it only reads.
    #[must_use]
    pub const fn writes(self) -> bool {
        !matches!(self, Self::Get)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_method_is_classified_by_body_and_write() {
        for (method, name, takes_body, writes) in [
            (Method::Get, "GET", false, false),
            (Method::Post, "POST", true, true),
            (Method::Patch, "PATCH", true, true),
            (Method::Delete, "DELETE", false, true),
            (Method::Put, "PUT", true, true),
        ] {
            assert_eq!(Method::from_name(name), Some(method));
            assert_eq!(method.to_string(), name);
            assert_eq!(method.takes_body(), takes_body, "{name}");
            assert_eq!(method.writes(), writes, "{name}");
        }
        for name in ["", "get", "HEAD"] {
            assert_eq!(Method::from_name(name), None, "{name}");
        }
    }
}
