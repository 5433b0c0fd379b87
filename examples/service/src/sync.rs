//! The first sync of a customer, in the background lane: it yields to interactive calls.

use truto_core::{Account, Error};

use crate::app::{App, Status};
use crate::contacts::Contact;

/// Records of a page; a background job prefers few calls.
const PAGE: u32 = 100;

pub(crate) fn start(app: &App, account: Account) {
    let sync = app.clone();
    app.spawn(async move {
        let done = run(&sync, &account).await;
        let id = account.id().unwrap_or_default().to_owned();
        match done {
            Ok(()) => sync.update(&id, |tenant| tenant.status = Status::Ready),
            Err(error) => {
                // A provider's 401 also arrives as an event; the first of the two marks the customer.
                // Truto's own 401 concerns this service's token and would mark every customer.
                let refused = error.api().is_some_and(|api| api.is_remote && api.status == 401);
                tracing::warn!(%error, cursor = error.next_cursor(), "a sync ended early");
                if refused {
                    sync.update(&id, |tenant| tenant.status = Status::NeedsReauth);
                }
            }
        }
    });
}

async fn run(app: &App, account: &Account) -> Result<(), Error> {
    let mut pages = Contact::list().limit(PAGE).ignore_remote_data().pages(&account.background());
    while let Some(page) = pages.next().await {
        let count = page?.result.len();
        // A real job stores the records and `pages.cursor()` in one transaction.
        app.update(account.id().unwrap_or_default(), |tenant| tenant.contacts += count);
    }
    Ok(())
}
