//! What a route belongs to, and whether its attribute and its resource are right.

use super::{PathError, Segment};
use crate::dialect::Dialect;

/// What a route belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Unified,
    Proxy,
    Custom,
    Admin,
}

impl Family {
    pub(crate) fn of(segments: &[Segment]) -> Self {
        match segments.first() {
            Some(Segment::Literal(first)) => match first.as_str() {
                "unified" => Self::Unified,
                "proxy" => Self::Proxy,
                "custom" => Self::Custom,
                _ => Self::Admin,
            },
            _ => Self::Admin,
        }
    }

    /// How many segments name the resource.
    pub(super) fn head(self) -> usize {
        match self {
            Self::Unified => 3,
            Self::Proxy | Self::Custom => 2,
            Self::Admin => 1,
        }
    }

    /// What follows the resource; only these two have derived shapes.
    pub(crate) fn tail(self, segments: &[Segment]) -> Option<&[Segment]> {
        match self {
            Self::Unified | Self::Proxy => segments.get(self.head()..),
            Self::Custom | Self::Admin => None,
        }
    }
}

const SHAPE: &str = "write the model and the resource behind `/unified/`, for example `/unified/e-signature/users/<id>`";

/// Whether the path belongs to the attribute, names its resource, and repeats no placeholder. A
/// repeated placeholder gets a name of its own, so that the rest can go on.
pub(super) fn check_family(
    dialect: Dialect,
    text: &str,
    segments: &mut [Segment],
    as_written: &[bool],
    is_repaired: bool,
) -> Vec<PathError> {
    let whole = |message: String, help: String| PathError { message, help, at: (0, text.len()) };
    let family = Family::of(segments);
    let other = match (dialect, family) {
        (Dialect::Unified, Family::Proxy | Family::Custom) => Some((
            "is not under `/unified/`",
            "write `#[endpoint(...)]`, the attribute for all other routes",
        )),
        (Dialect::Unified, Family::Admin) => Some((
            "is not under `/unified/`",
            "unified endpoints begin with `/unified/`, in lower case, then the model and the resource; write `#[endpoint(...)]` for all other routes",
        )),
        (Dialect::Any, Family::Unified) => Some((
            "is under `/unified/`",
            "write `#[unified_endpoint(...)]`, the attribute for unified routes",
        )),
        (Dialect::Unified, Family::Unified) | (Dialect::Any, _) => None,
    };
    if let Some((what, help)) = other {
        return vec![whole(format!("path `{text}` {what}"), help.into())];
    }
    if segments.len() < family.head() {
        // What was taken out of the path may have been the resource.
        if is_repaired {
            return Vec::new();
        }
        let help = match family {
            Family::Unified => SHAPE,
            _ => "write the resource behind it, for example `/proxy/tickets/<id>`",
        };
        return vec![whole(format!("path `{text}` has no resource"), help.into())];
    }
    let names: &[&str] = match family {
        Family::Unified => &["model", "resource"],
        Family::Proxy => &["resource"],
        Family::Custom | Family::Admin => &[],
    };
    let mut errors = Vec::new();
    for ((segment, what), as_written) in segments[1..].iter().zip(names).zip(&as_written[1..]) {
        // Another form of placeholder was told already.
        if let (Segment::Parameter(name), true) = (segment, as_written) {
            errors.push(whole(
                format!("placeholder `<{name}>` stands for the {what}"),
                format!("write the {what}'s own name, for example `/unified/e-signature/users`"),
            ));
        }
    }
    for index in 0..segments.len() {
        let (before, rest) = segments.split_at_mut(index);
        let Some(Segment::Parameter(name)) = rest.first_mut() else {
            continue;
        };
        if before.contains(&Segment::Parameter(name.clone())) {
            errors.push(whole(
                format!("placeholder `<{name}>` appears twice"),
                "give each placeholder a name of its own".into(),
            ));
            *name = format!("{name}_{index}");
        }
    }
    errors
}
