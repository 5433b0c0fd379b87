//! Resources of `/unified/e-signature`, one file each.

mod date_time;
mod documents;
mod open_enum;
mod shared;
mod signing_requests;
mod users;

pub use date_time::DateTime;
pub use documents::{CreateDocument, Document, DownloadDocument};
pub use shared::{Email, NamedId, Phone, Url};
pub use signing_requests::{
    CreateSigningRequest, Participant, SigningRequest, SigningRequestStatus, UpdateSigningRequest,
};
pub use users::{Group, GroupFilter, ListUsers, Role, User, UserStatus};
