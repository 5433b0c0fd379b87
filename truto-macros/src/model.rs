//! One endpoint, as written.

use proc_macro2::{Span, TokenStream};
use syn::LitStr;
use truto_route::{Derived, Family, Method, Route};

use crate::args::{self, Key, RawArgs};
use crate::diag::Errors;
use crate::dialect::Dialect;
use crate::{method, path};

/// One endpoint whose method and path could be read.
pub(crate) struct Endpoint {
    pub(crate) method: Method,
    pub(crate) path: LitStr,
    /// The intended path.
    pub(crate) route: String,
    /// The names of the placeholders in path order.
    pub(crate) parameters: Vec<String>,
    /// The function that method and path derive.
    pub(crate) derived: Derived,
    pub(crate) args: RawArgs,
    /// Method or path were repaired.
    pub(crate) repaired: bool,
    /// The error about the path also names the keys that are missing.
    pub(crate) path_says_missing: bool,
}

impl Endpoint {
    pub(crate) fn parse(
        dialect: Dialect,
        span: Span,
        args: TokenStream,
        errors: &mut Errors,
    ) -> Option<Self> {
        if args.is_empty() {
            errors.help(
                span,
                "the attribute has no arguments",
                format!("write `#[{}({})]`", dialect.name(), dialect.example()),
            );
            return None;
        }
        let args = args::parse(dialect, args, errors);
        for key in [Key::Method, Key::Path] {
            if !args.is_given(key) {
                let message = format!("missing `{}`", key.name());
                errors.help(span, message, format!("add `{}`", key.example(dialect)));
            }
        }
        let (mut repaired, mut path_says_missing) = (false, false);
        let mut method = args.method.as_ref().and_then(|literal| {
            let read = method::parse(dialect, &literal.value());
            repaired |= !read.errors.is_empty();
            for (message, help) in read.errors {
                errors.help(literal.span(), message, help);
            }
            read.value
        });
        // The method is read first, since the example path in a help must fit it.
        let context = path::Context {
            dialect,
            method,
            has_name: args.is_given(Key::Name),
            has_response: args.is_given(Key::Response),
        };
        let route = args.path.as_ref().and_then(|literal| {
            let read = path::parse(context, &literal.value());
            repaired |= !read.errors.is_empty();
            path_says_missing = !read.errors.is_empty();
            for error in read.errors {
                errors.help(subspan(literal, error.at), error.message, error.help);
            }
            read.value
        });
        let family = route.as_deref().and_then(|route| Some(Route::parse(route).ok()?.family()));
        // Only now, since the family of the path decides whether it takes PUT.
        if let (Some(Method::Put), Some(literal)) = (method, &args.method) {
            if let Some(help) = put_refusal(dialect, family) {
                let message = "method `PUT` is not used by this route";
                errors.help(literal.span(), message, help);
                method = Some(Method::Patch);
                repaired = true;
            }
        }
        let (method, route) = (method?, route?);
        // Cannot fail: `path::parse` returns only paths that are routes.
        let parsed = Route::parse(&route).ok()?;
        Some(Self {
            method,
            path: args.path.clone()?,
            parameters: parsed.parameters().map(str::to_owned).collect(),
            derived: parsed.derive(method),
            route,
            args,
            repaired,
            path_says_missing,
        })
    }

    /// Method and path.
    pub(crate) fn route(&self) -> String {
        format!("{} {}", self.method, self.route)
    }
}

/// The help against `PUT`, unless the route takes it.
fn put_refusal(dialect: Dialect, family: Option<Family>) -> Option<&'static str> {
    match (dialect, family) {
        (_, Some(Family::Custom)) | (Dialect::Any, None) => None,
        (Dialect::Unified, _) => Some("unified updates are partial: write `\"PATCH\"`"),
        (Dialect::Any, _) => Some("write `\"PATCH\"`; only `/custom/` routes take PUT"),
    }
}

/// The span of a part of a literal; that of the whole literal if the toolchain has no subspans.
fn subspan(literal: &LitStr, (start, end): (usize, usize)) -> Span {
    let token = literal.token();
    // Only without escapes are offsets in the literal the same as in its value.
    let plain = token.to_string() == format!("\"{}\"", literal.value());
    plain.then(|| token.subspan((start + 1)..=end)).flatten().unwrap_or_else(|| literal.span())
}
