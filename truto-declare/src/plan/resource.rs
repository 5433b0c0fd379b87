//! The types and endpoints of one resource.

use std::collections::BTreeMap;

use super::collect::{Collector, Root};
use super::endpoint::{BodyOf, Call, calls, prefix};
use super::types::{Role, Ty};
use super::{Doc, Endpoint};
use crate::config::{ConfigPath, Override};
use crate::model::{Field, Resource};
use crate::route::EndpointKind;
use crate::words::pascal;

/// Collects the types of a resource: its record, and the queries and bodies of its endpoints.
pub(super) fn collect_resource<'a>(
    collector: &mut Collector<'a, '_>,
    index: usize,
    resource: &'a Resource,
    record: &str,
    functions: &BTreeMap<String, String>,
) {
    let route = format!("{}{}", prefix(&resource.model), resource.segment);
    let stated = match collector.config.resource(&resource.model, &resource.segment) {
        Some(Override::Named(name)) => Some(name.clone()),
        _ => None,
    };
    let fields: &'a [Field] = if let Some(fields) = &resource.record {
        fields
    } else {
        let message = format!("the fields of `{route}` are unknown; records are kept as JSON");
        let place = resource.routes.first().map(|route| &route.place);
        collector.warnings.add(message, place.as_slice());
        &[]
    };
    let doc = match resource.description.as_deref().map(str::trim) {
        Some(text) if !text.is_empty() => Doc::Foreign(text.to_owned()),
        _ => Doc::Own(format!("A record of `{route}`.")),
    };
    let root = Root {
        resource: index,
        segment: &resource.segment,
        record,
        role: Role::Response,
        path: "",
        wanted: record.to_owned(),
        stated,
        doc,
    };
    // A record without fields is declared as well: the attributes of its endpoints need a struct.
    let Some(at) = collector.root(root, fields, true) else { return };
    let calls = calls(resource, functions, collector.warnings);
    for call in &calls {
        let endpoint = CallTypes { collector: &mut *collector, index, resource, record, at, call };
        let endpoint = endpoint.endpoint();
        collector.drafts[at].endpoints.push(endpoint);
    }
}

/// Collects the types of one endpoint.
struct CallTypes<'a, 'b, 'c> {
    collector: &'c mut Collector<'a, 'b>,
    index: usize,
    resource: &'a Resource,
    record: &'c str,
    /// The type of the record.
    at: usize,
    call: &'c Call<'a>,
}

impl<'a> CallTypes<'a, '_, '_> {
    /// The type that the config has for a whole body, query or response.
    fn stated(&self, part: &str) -> Option<&Override> {
        let path = format!("{}.{part}", self.call.method);
        let config = self.collector.config;
        config.field(&ConfigPath {
            model: &self.resource.model,
            segment: &self.resource.segment,
            rest: &path,
        })
    }

    fn endpoint(mut self) -> Endpoint {
        let body = match self.stated("body").cloned() {
            Some(Override::Named(kind)) => Some(Ty::Plain(kind)),
            Some(Override::LeftOut) => None,
            None => self.body(),
        };
        let query = match self.stated("query").cloned() {
            Some(Override::Named(kind)) => Some(Ty::Plain(kind)),
            Some(Override::LeftOut) => None,
            None => self.parameters(Role::Query, &self.call.route.query, is_query_setter),
        };
        let response = match self.stated("response").cloned() {
            Some(Override::Named(kind)) => Some(Ty::Plain(kind)),
            Some(Override::LeftOut) => None,
            None => self.response(),
        };
        let call = self.call;
        Endpoint {
            verb: call.route.verb.clone(),
            path: call.route.path.clone(),
            function: call.function.clone(),
            named: call.named,
            query,
            body,
            response,
            place: call.route.place.clone(),
        }
    }

    fn body(&mut self) -> Option<Ty> {
        match self.call.body(self.collector.warnings) {
            BodyOf::Nothing => None,
            BodyOf::Open => Some(Ty::remote_data()),
            BodyOf::Fields(fields) => {
                let role = if self.call.route.verb == "PATCH" { Role::Patch } else { Role::Body };
                let ty = self.parameters(role, fields, is_body_setter);
                Some(ty.unwrap_or_else(Ty::remote_data))
            }
        }
    }

    fn response(&self) -> Option<Ty> {
        let (known, kind) = (self.resource.record.is_some(), &self.call.kind);
        let derived = self.call.derived;
        if self.call.route.file {
            return Some(Ty::Runtime("ByteStream", Vec::new()));
        }
        let page = |inner| Ty::Runtime("Page", vec![inner]);
        match (known, kind) {
            (false, EndpointKind::List) => Some(page(Ty::remote_data())),
            (_, EndpointKind::Other) | (false, _) => Some(Ty::remote_data()),
            (true, _) if derived => None,
            (true, EndpointKind::List) => Some(page(Ty::Own(self.at))),
            (true, EndpointKind::Delete) => Some(Ty::Runtime("Deleted", vec![Ty::Own(self.at)])),
            (true, _) => Some(Ty::Own(self.at)),
        }
    }

    /// The type of a query or body, if anything is in it.
    fn parameters(
        &mut self,
        role: Role,
        fields: &'a [Field],
        is_setter: fn(&str) -> bool,
    ) -> Option<Ty> {
        let part = if role == Role::Query { "query" } else { "body" };
        let path = format!("{}.{part}", self.call.method);
        let many = pascal(&self.resource.segment, "Resource");
        let config_path = ConfigPath {
            model: &self.resource.model,
            segment: &self.resource.segment,
            rest: &path,
        };
        let stated = self.collector.config.type_name(&config_path).map(str::to_owned);
        let link = format!("[`{}::{}`]", self.record, self.call.function);
        let root = Root {
            resource: self.index,
            segment: &self.resource.segment,
            record: self.record,
            role,
            path: &path,
            wanted: self.call.type_name(self.record, &many, role == Role::Query),
            stated,
            doc: Doc::Own(match role {
                Role::Query => format!("Query parameters of {link}."),
                _ => format!("The body of {link}."),
            }),
        };
        // Set for this root alone: fields of records may have the names of setters.
        self.collector.skip = Some(is_setter);
        let root = self.collector.root(root, fields, false);
        self.collector.skip = None;
        root.map(Ty::Own)
    }
}

/// Parameters for which `Request` has setters.
fn is_query_setter(name: &str) -> bool {
    ["limit", "next_cursor", "remote_query"].contains(&name) || is_body_setter(name)
}

/// Parameters that Truto itself reads, in a query as in a body.
fn is_body_setter(name: &str) -> bool {
    name == "integrated_account_id" || name.starts_with("truto_")
}
