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
    /// Reads a method; an error is a message and a help.
    pub(crate) fn parse(text: &str) -> Result<Self, (String, String)> {
        match text {
            "GET" => return Ok(Self::Get),
            "POST" => return Ok(Self::Post),
            "PATCH" => return Ok(Self::Patch),
            "DELETE" => return Ok(Self::Delete),
            "PUT" => return Ok(Self::Put),
            "" => {
                return Err(("empty method".into(), format!("write one of {EXPECTED}")));
            }
            _ => {}
        }
        let upper = text.trim().to_uppercase();
        if let Ok(method) = Self::parse_known(&upper) {
            return Err((
                format!("unknown method `{text}`"),
                format!("methods are upper case: write `\"{}\"`", method.as_str()),
            ));
        }
        Err(match upper.as_str() {
            "PUT" => (
                format!("unknown method `{text}`"),
                "methods are upper case: unified updates are partial, write `\"PATCH\"`".into(),
            ),
            "HEAD" | "OPTIONS" | "TRACE" | "CONNECT" => (
                format!("method `{text}` is not used by the unified API"),
                format!("write one of {EXPECTED}"),
            ),
            _ => (
                format!("unknown method `{text}`"),
                format!("write one of {EXPECTED}"),
            ),
        })
    }

    fn parse_known(text: &str) -> Result<Self, ()> {
        [Self::Get, Self::Post, Self::Patch, Self::Delete]
            .into_iter()
            .find(|method| method.as_str() == text)
            .ok_or(())
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
