//! The four methods of the unified API.

/// An HTTP method that the unified API uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Patch,
    Delete,
    /// Below `/custom/` only.
    Put,
}

pub(crate) const EXPECTED: &str = "`GET`, `POST`, `PATCH` or `DELETE`";

impl Method {
    /// Reads a method: what was meant, and what is wrong with it as message and help.
    pub(crate) fn parse(text: &str) -> (Option<Self>, Option<(String, String)>) {
        if let Some(method) = Self::of(text) {
            return (Some(method), None);
        }
        if text.is_empty() {
            let wrong = ("empty method".into(), format!("write one of {EXPECTED}"));
            return (None, Some(wrong));
        }
        let upper = text.trim().to_uppercase();
        let unknown = format!("unknown method `{}`", text.escape_debug());
        let wrong = match (Self::of(&upper), upper.as_str()) {
            (Some(Self::Put), _) => (
                unknown,
                "methods are upper case: unified updates are partial, write `\"PATCH\"`".into(),
            ),
            (Some(method), _) => {
                (unknown, format!("methods are upper case: write `\"{}\"`", method.as_str()))
            }
            (None, "HEAD" | "OPTIONS" | "TRACE" | "CONNECT") => (
                format!("method `{text}` is not used by the unified API"),
                format!("write one of {EXPECTED}"),
            ),
            (None, _) => (unknown, format!("write one of {EXPECTED}")),
        };
        let meant = match Self::of(&upper) {
            Some(Self::Put) => Some(Self::Patch),
            meant => meant,
        };
        (meant, Some(wrong))
    }

    fn of(text: &str) -> Option<Self> {
        [Self::Get, Self::Post, Self::Patch, Self::Delete, Self::Put]
            .into_iter()
            .find(|method| method.as_str() == text)
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Put => "PUT",
        }
    }

    pub(crate) fn takes_body(self) -> bool {
        matches!(self, Self::Post | Self::Patch | Self::Put)
    }
}
