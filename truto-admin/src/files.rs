//! Files: `/file`.
//!
//! See [Truto's API reference](https://truto.one/docs/api-reference/overview/introduction).

use serde::{Deserialize, Serialize};
use truto_core::{Upload, endpoint};

/// A file that was uploaded to Truto.
///
/// Send it as a form with a single part, `file`:
///
/// ```
/// use truto_admin::File;
/// use truto_core::Upload;
///
/// let form = Upload::form().file("file", "report.pdf", "application/pdf", &b"%PDF"[..]);
/// assert_eq!(File::upload(&form).path(), "/file");
/// ```
#[endpoint(method = "POST", path = "/file", name = "upload", body = Upload, response = Self, doc = "Uploads a file.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct File {
    /// URL to read it from.
    pub url: String,
}
