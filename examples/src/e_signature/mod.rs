//! Resources of `/unified/e-signature`, one file each.

mod collections;
mod contacts;
mod date_time;
mod document_fields;
mod documents;
mod field_groups;
mod fields;
mod groups;
mod id;
mod open_enum;
mod shared;
mod signing_request_statuses;
mod signing_requests;
mod stages;
mod templates;
mod users;
mod web_forms;
mod workflows;

pub use collections::Collection;
pub use contacts::{Address, Contact, ContactEmail, ContactPhone};
pub use date_time::{DateFilter, DateTime};
pub use document_fields::{
    CreateDocumentField, DeleteDocumentField, DocumentField, DocumentFieldKind, FieldPlace,
    ListDocumentFields, Position,
};
pub use documents::{CreateDocument, Document, ListDocuments, SigningRequestId};
pub use field_groups::FieldGroup;
pub use fields::{Field, FieldKind, FieldOption};
pub use groups::Group;
pub use id::Id;
pub use shared::{
    Download, Email, EntityFilter, EntityType, NamedId, Passthrough, Person, TypedId, Url, UrlKind,
};
pub use signing_request_statuses::SigningRequestStatus;
pub use signing_requests::{
    CreateSigningRequest, ListSigningRequests, Participant, SigningRequest, SigningRequestState,
    StatusFilter, UpdateSigningRequest,
};
pub use stages::{Stage, StageStatus};
pub use templates::Template;
pub use users::{GroupFilter, GroupKind, ListUsers, Membership, Phone, Role, User, UserStatus};
pub use web_forms::WebForm;
pub use workflows::{
    CancelWorkflow, CreateWorkflow, ListWorkflows, UpdateWorkflow, Workflow, WorkflowStatus,
};
