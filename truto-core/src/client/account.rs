use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use uuid::Uuid;

use crate::{Client, Error};

/// The integrated account that a call acts on, with the client that makes the call.
///
/// Created by [`Client::account`], which checks the id once, or by [`Client::token_account`]. It is cheap
/// to clone. Its id, if it has one, is sent as `integrated_account_id`, the first query parameter of every
/// call.
///
/// ```
/// # fn main() -> Result<(), truto_core::Error> {
/// let client = truto_core::Client::new("test-token")?;
/// let account = client.account("62f44730-dd91-461e-bd6a-aedd9e0ad79d")?;
/// assert_eq!(account.id(), Some("62f44730-dd91-461e-bd6a-aedd9e0ad79d"));
/// assert!(client.account("not-a-uuid").is_err_and(|error| error.is_invalid_request()));
/// # Ok(())
/// # }
/// ```
///
/// See [Truto's introduction](https://truto.one/docs/api-reference/overview/introduction).
#[derive(Clone)]
pub struct Account {
    client: Client,
    id: Option<Arc<str>>,
    /// The id in lower case, so that two spellings of it are one account.
    key: Arc<str>,
    label: Option<Arc<str>>,
    is_background: bool,
}

impl Account {
    pub(crate) fn with_id(client: Client, id: &str) -> Result<Self, Error> {
        // Only the hyphenated form has 36 characters; Truto does not accept braces, URNs or bare
        // digits.
        if id.len() != 36 || Uuid::try_parse(id).is_err() {
            return Err(Error::invalid(
                "the integrated account id is not a UUID such as \
                 `62f44730-dd91-461e-bd6a-aedd9e0ad79d`",
            ));
        }
        Ok(Self {
            client,
            id: Some(id.into()),
            // Two spellings of a UUID are one account, so they share its limits.
            key: id.to_ascii_lowercase().into(),
            label: None,
            is_background: false,
        })
    }

    pub(crate) fn of_token(client: Client) -> Self {
        // All calls without an id share one key, and so the limits of one account.
        Self { client, id: None, key: "".into(), label: None, is_background: false }
    }

    /// The id that is sent as `integrated_account_id`; `None` for [`Client::token_account`].
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Sets the name that spans, events, metrics and errors show for this account (`truto.account`).
    ///
    /// Choose one that may appear in logs: a customer's slug, not an id or an email address.
    ///
    /// ```
    /// # fn main() -> Result<(), truto_core::Error> {
    /// # let client = truto_core::Client::new("test-token")?;
    /// let acme = client.account("62f44730-dd91-461e-bd6a-aedd9e0ad79d")?.labeled("acme");
    /// assert_eq!(acme.label(), Some("acme"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn labeled(mut self, name: impl Into<Arc<str>>) -> Self {
        self.label = Some(name.into());
        self
    }

    /// The name set with [`labeled`](Self::labeled).
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// The same account, for work that can wait.
    ///
    /// Its calls yield to the account's other calls whenever the client makes calls wait, whether for the
    /// limits of [`throttle`] or after a 429. They take at most four fifths of each window and of the
    /// adaptive rate, so that an interactive call rarely has to wait. They are not starved: after waiting
    /// for 30 s they get a fifth of the turns, even while interactive calls wait.
    ///
    /// ```
    /// # fn main() -> Result<(), truto_core::Error> {
    /// # let client = truto_core::Client::new("test-token")?;
    /// let account = client.account("62f44730-dd91-461e-bd6a-aedd9e0ad79d")?;
    /// let nightly = account.background();
    /// assert!(nightly.is_background() && !account.is_background());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`throttle`]: crate::ClientBuilder::throttle
    #[must_use]
    pub fn background(&self) -> Self {
        Self { is_background: true, ..self.clone() }
    }

    /// Returns true if this account was returned by [`background`](Self::background).
    #[must_use]
    pub fn is_background(&self) -> bool {
        self.is_background
    }

    pub(crate) fn label_shared(&self) -> Option<Arc<str>> {
        self.label.clone()
    }

    pub(crate) fn key(&self) -> &Arc<str> {
        &self.key
    }

    /// The client that makes the calls.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }
}

/// Two accounts are equal if they belong to the same client (or a clone of it) and have the same id,
/// label and priority.
impl PartialEq for Account {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(self.client.inner(), other.client.inner())
            && self.key == other.key
            && self.label == other.label
            && self.is_background == other.is_background
    }
}

impl Eq for Account {}

impl Hash for Account {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.key, &self.label, self.is_background).hash(state);
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = if self.id.is_some() { "set" } else { "named by the token" };
        f.debug_struct("Account")
            .field("client", &self.client)
            .field("id", &format_args!("{id}"))
            .field("label", &self.label)
            .field("is_background", &self.is_background)
            .finish_non_exhaustive()
    }
}
