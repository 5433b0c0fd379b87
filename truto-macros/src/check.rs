//! Rules that span several arguments or endpoints, and the names and responses that are derived.

use std::collections::HashSet;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{GenericArgument, Ident, LitStr, PathArguments, Type};
use truto_route::{Method, Role, snake_case};

use crate::args::{Key, compact};
use crate::diag::{Errors, is_invisible};
use crate::endpoint_set::EndpointSet;
use crate::item::Head;
use crate::model::Endpoint;
use crate::near_name::near_name;
use crate::place::Place;
use crate::{runtime_alias, secret};

/// Validated input of the expansion.
pub(crate) struct Checked {
    pub(crate) item: TokenStream,
    pub(crate) head: Option<Head>,
    /// Names of the attributes below the expanded one that were removed.
    pub(crate) imported: Vec<Ident>,
    pub(crate) functions: Vec<Function>,
    pub(crate) errors: Errors,
}

/// One function, fully resolved.
pub(crate) struct Function {
    pub(crate) method: Method,
    pub(crate) role: Role,
    /// A POST that only reads.
    pub(crate) safe: bool,
    pub(crate) path: LitStr,
    pub(crate) route: String,
    pub(crate) name: Ident,
    pub(crate) arguments: Vec<Ident>,
    /// The positions of the arguments that are secrets.
    pub(crate) secret: Vec<usize>,
    pub(crate) query: Option<Type>,
    /// Those of `query` and `body` that are written, but whose type cannot be read. The function takes any
    /// argument for them, so that calls do not cause further errors.
    pub(crate) unread: Vec<Key>,
    /// Like all parameters, `query` and `body` have the span of the path, so that rustc points to the
    /// path of their own endpoint in a stack.
    pub(crate) query_parameter: Ident,
    pub(crate) body: Option<Type>,
    pub(crate) body_parameter: Ident,
    /// The method takes no body. The argument is kept, so that calls do not cause further errors.
    pub(crate) body_refused: bool,
    pub(crate) output: Output,
    pub(crate) doc: Option<LitStr>,
    pub(crate) krate: Option<syn::Path>,
    /// The name under which the expansion imports the runtime.
    pub(crate) runtime: Ident,
    /// Method, shape and response are derived, so the endpoint can implement the trait of its role.
    pub(crate) is_derived: bool,
    /// The route as `doc(alias)`; rustdoc refuses quotes and white space, which only a repaired path has.
    pub(crate) alias: Option<String>,
}

impl Function {
    /// The parameter that takes the query.
    pub(crate) fn query_name(&self) -> Option<&Ident> {
        self.query.as_ref().map(|_| &self.query_parameter)
    }

    /// The parameter that takes the body.
    pub(crate) fn body_name(&self) -> Option<&Ident> {
        self.body.as_ref().filter(|_| !self.body_refused).map(|_| &self.body_parameter)
    }

    /// The names of all parameters.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &Ident> {
        self.arguments.iter().chain(self.query_name()).chain(self.body_name())
    }
}

/// The type that `send` returns.
pub(crate) enum Output {
    Page,
    Record,
    Deleted,
    Given(Box<Type>),
}

pub(crate) fn check(set: EndpointSet) -> Checked {
    let EndpointSet { item, endpoints, mut errors } = set;
    for error in item.head.errors {
        errors.push(error);
    }
    let head = item.head.value;
    let all = endpoints.into_iter().filter_map(|endpoint| function(endpoint, &mut errors));
    // Last: a clash is known only once every function has its name, given or derived.
    let mut functions = without_clashes(all.collect(), &mut errors);
    let aliases = runtime_alias::of_paths(functions.iter().map(|function| function.krate.as_ref()));
    for (function, alias) in functions.iter_mut().zip(aliases) {
        function.runtime = alias;
    }
    Checked { item: item.tokens, head, imported: item.imported, functions, errors }
}

fn function(endpoint: Endpoint, errors: &mut Errors) -> Option<Function> {
    check_body(&endpoint, errors);
    if let Some(safe) = endpoint.args.safe {
        if endpoint.method != Method::Post {
            errors.help(
                safe,
                format!("`safe` is for POST, not for {}", endpoint.method.as_str()),
                "remove `safe`: it marks a POST that only reads",
            );
        }
    }
    let arguments = arguments(&endpoint, errors);
    let secret = secret::positions(&endpoint, errors);
    // Every part is checked before the first `?`, so that one run reports all mistakes.
    let name = name(&endpoint, errors);
    let output = match (&endpoint.args.response, endpoint.derived.output) {
        (Some(ty), _) => Some(Output::Given(Box::new(unwrapped_result(ty, errors).clone()))),
        (None, Some(truto_route::Output::Page)) => Some(Output::Page),
        (None, Some(truto_route::Output::Record)) => Some(Output::Record),
        (None, Some(truto_route::Output::Deleted)) => Some(Output::Deleted),
        (None, None) => {
            // Without a derived name there is no derived response either; `name` reports both as one
            // error.
            let is_reported = endpoint.path_says_missing || lacks_name(&endpoint);
            if !is_reported && !endpoint.args.is_given(Key::Response) {
                errors.help(
                    endpoint.path.span(),
                    format!("`{}` has no derived response", endpoint.route()),
                    "add `response = T`, the type that `send` returns",
                );
            }
            None
        }
    };
    let is_derived = matches!(output, Some(Output::Page | Output::Record | Output::Deleted))
        && !endpoint.repaired
        && (endpoint.args.body.is_none() || endpoint.method.takes_body());
    let unread = unread(&endpoint);
    let route = endpoint.route();
    let alias = (!endpoint.repaired).then(|| route.clone());
    let start = Place::new(endpoint.path.span()).start;
    Some(Function {
        method: endpoint.method,
        role: endpoint.derived.role,
        safe: endpoint.args.safe.is_some(),
        path: endpoint.path,
        route,
        name: name?,
        arguments,
        secret,
        unread,
        query: endpoint.args.query,
        query_parameter: Ident::new("query", start),
        body_refused: !endpoint.method.takes_body(),
        body: endpoint.args.body,
        body_parameter: Ident::new("body", start),
        output: output?,
        doc: endpoint.args.doc,
        krate: endpoint.args.krate,
        runtime: runtime_alias::name(0),
        is_derived,
        alias,
    })
}

fn unread(endpoint: &Endpoint) -> Vec<Key> {
    let types = [(Key::Query, &endpoint.args.query), (Key::Body, &endpoint.args.body)];
    let is_unread = |(key, ty): &(Key, &Option<Type>)| ty.is_none() && endpoint.args.is_given(*key);
    types.into_iter().filter(is_unread).map(|(key, _)| key).collect()
}

/// The first argument of a `Result`, which would be decoded as `{"Ok": …}`; or else the type.
fn unwrapped_result<'t>(ty: &'t Type, errors: &mut Errors) -> &'t Type {
    let Some(ok) = ok_of_result(ty) else {
        return ty;
    };
    let mut help = format!("write `response = {}`", compact(&ok.to_token_stream()));
    let ty_text = compact(&ty.to_token_stream());
    if ty_text.starts_with("Result") {
        // An import may give the name to another type, which only the compiler knows.
        help.push_str("; a type of your own with this name is written `self::");
        help.push_str(&ty_text);
        help.push('`');
    }
    errors.help(ty.span(), "`send` already returns a `Result`", help);
    ok
}

/// The first argument of a well-known `Result`. Other types may have this name, too.
fn ok_of_result(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else {
        return None;
    };
    let segments: Vec<String> =
        path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    let is_standard = matches!(
        (&*segments, arguments.args.len()),
        (["Result"] | ["result", "Result"] | ["std" | "core", "result", "Result"], 2)
            | (["anyhow" | "eyre", "Result"], 1 | 2)
            | (["io", "Result"] | ["std", "io", "Result"], 1)
    );
    match arguments.args.first()? {
        GenericArgument::Type(ok) if is_standard => Some(ok),
        _ => None,
    }
}

fn check_body(endpoint: &Endpoint, errors: &mut Errors) {
    if let Some(body) = endpoint.args.body.as_ref().filter(|_| !endpoint.method.takes_body()) {
        errors.help(
            body.span(),
            format!("`{}` requests have no body", endpoint.method.as_str()),
            "remove `body`; parameters of the endpoint go into `query = T`",
        );
    }
}

/// The path arguments; after an error, one with the name of another gets a different name.
fn arguments(endpoint: &Endpoint, errors: &mut Errors) -> Vec<Ident> {
    let reserved =
        [("query", endpoint.args.query.is_some()), ("body", endpoint.args.body.is_some())];
    let mut names: Vec<String> = Vec::new();
    for parameter in &endpoint.parameters {
        let mut name = snake_case(parameter);
        // Appending `_` is the common way to use a keyword as a name.
        if is_reserved(&name) && parameter.ends_with('_') {
            name.push('_');
        }
        let wrong = if name.is_empty() || is_reserved(&name) {
            Some((
                format!("placeholder `<{parameter}>` cannot name an argument"),
                "write another name, for example `<id>`".to_owned(),
            ))
        } else if reserved.iter().any(|(word, used)| *used && *word == name) {
            Some((
                format!(
                    "placeholder `<{parameter}>` clashes with the argument `{name}` of `{name} = ...`"
                ),
                format!("rename it, for example `<{name}_id>`"),
            ))
        } else {
            None
        };
        if let Some((message, help)) = wrong {
            errors.help(endpoint.path.span(), message, help);
            name = format!("argument_{}", names.len());
        }
        names.push(name);
    }
    // At the start of the path: an editor associates the path with the function, not with its
    // arguments.
    let span = Place::new(endpoint.path.span()).start;
    names.iter().map(|name| ident(name, span)).collect()
}

/// True if the function has no name, neither a given nor a derived one.
fn lacks_name(endpoint: &Endpoint) -> bool {
    endpoint.derived.name.is_none() && !endpoint.args.is_given(Key::Name)
}

fn name(endpoint: &Endpoint, errors: &mut Errors) -> Option<Ident> {
    if let Some(literal) = &endpoint.args.name {
        let text = literal.value();
        // `Ident` parsing refuses keywords, which a caller could only write as `r#type`.
        // Parsing alone would skip white space and comments around the name.
        let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if syn::parse_str::<Ident>(&text).is_ok() && plain && text != "_" && text != "gen" {
            return Some(Ident::new(&text, literal.span()));
        }
        let meant = near_name(&text);
        let help = match &meant {
            Some(near) => format!("write `name = \"{near}\"`"),
            None => "write a snake_case identifier that is not a keyword, for example `name = \"find_user\"`".to_owned(),
        };
        let message = if text.is_empty() {
            "the name is empty".to_owned()
        } else if let Some(odd) =
            text.chars().find(|&c| is_invisible(c)).filter(|_| meant.is_some())
        {
            format!("invisible character `{odd}` in the name")
        } else {
            format!("`{text}` cannot name a function")
        };
        errors.help(literal.span(), message, help);
        return meant.map(|near| Ident::new(&near, literal.span()));
    }
    if endpoint.args.is_given(Key::Name) {
        return None;
    }
    let Some(name) = &endpoint.derived.name else {
        if endpoint.path_says_missing {
            return None;
        }
        let route = endpoint.route();
        let has_response =
            endpoint.derived.output.is_some() || endpoint.args.is_given(Key::Response);
        let (message, help) = if has_response {
            (
                format!("`{route}` has no derived function name"),
                "add a name, for example `name = \"find_user\"`",
            )
        } else {
            (
                format!("`{route}` has no derived function name and no derived response"),
                "add both, for example `name = \"find_user\", response = Self`",
            )
        };
        errors.help(endpoint.path.span(), message, help);
        return None;
    };
    let starts_well = name.starts_with(|c: char| c.is_ascii_lowercase());
    if !starts_well || is_reserved(name) {
        errors.help(
            endpoint.path.span(),
            format!("the method segment of `{}` cannot name a function", endpoint.route()),
            "add a name, for example `name = \"find_user\"`",
        );
        return None;
    }
    // Renaming the function in an editor must not replace the path.
    Some(ident(name, Place::new(endpoint.path.span()).generated().whole))
}

/// True for a keyword that cannot be a raw identifier.
fn is_reserved(word: &str) -> bool {
    ["self", "super", "crate"].contains(&word)
}

/// An identifier, raw if it is a keyword.
fn ident(name: &str, span: Span) -> Ident {
    // `gen` is a keyword of edition 2024, which syn does not know.
    if name != "gen" && syn::parse_str::<Ident>(name).is_ok() {
        Ident::new(name, span)
    } else {
        Ident::new_raw(name, span)
    }
}

/// Removes functions whose name an earlier one already has.
fn without_clashes(all: Vec<Function>, errors: &mut Errors) -> Vec<Function> {
    // A suggested name must be free even if the helps of two clashes are applied together.
    let mut taken: HashSet<String> =
        all.iter().map(|function| plain_name(&function.name)).collect();
    let mut kept: Vec<Function> = Vec::new();
    for function in all {
        let Some(same) = kept.iter().find(|other| other.name == function.name) else {
            kept.push(function);
            continue;
        };
        let message = if same.route == function.route {
            format!("`{}` is declared twice", function.route)
        } else {
            format!(
                "two endpoints of this struct are called `{}`: `{}` and `{}`",
                function.name, same.route, function.route
            )
        };
        let name = plain_name(&function.name);
        // The range has more numbers than there are names, so one of them is free.
        let free = std::iter::once(format!("{name}_by_id"))
            .chain((2..=taken.len() + 2).map(|number| format!("{name}_{number}")))
            .find(|candidate| !taken.contains(candidate))
            .unwrap_or(name);
        let help = format!("add `name = \"{free}\"` to one of them");
        errors.help(function.path.span(), message, help);
        taken.insert(free);
    }
    kept
}

/// A name without `r#`.
fn plain_name(name: &Ident) -> String {
    name.to_string().trim_start_matches("r#").to_owned()
}
