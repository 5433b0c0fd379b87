//! The clients that are compared. Each sends the same DELETE with four Truto parameters.

mod by_hand;
mod ours;

use std::error::Error;
use std::str::FromStr;
use std::time::Duration;

pub use by_hand::ByHand;
pub use ours::Ours;

pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const ACCOUNT: &str = "62f44730-dd91-461e-bd6a-aedd9e0ad79d";
pub(crate) const ID: &str = "23423523";

/// A failed benchmark.
pub type Failure = Box<dyn Error + Send + Sync>;

/// The client, and the model that it decodes into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// truto-core, with the provider's record kept as text.
    Ours,
    /// truto-core, with the provider's record parsed.
    OursParsed,
    /// Hand-written reqwest, with the provider's record parsed.
    ByHand,
}

impl Who {
    /// All, in the order of the tables.
    pub const ALL: [Self; 3] = [Self::Ours, Self::OursParsed, Self::ByHand];

    /// The argument that names it.
    #[must_use]
    pub fn argument(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::OursParsed => "ours-parsed",
            Self::ByHand => "by-hand",
        }
    }

    /// The name in the tables.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Ours => "truto-core, `remote_data: RemoteData`",
            Self::OursParsed => "truto-core, `remote_data: Value`",
            Self::ByHand => "hand-written reqwest, `Value`",
        }
    }

    /// Makes `calls` calls, `in_flight` of them concurrently.
    ///
    /// # Errors
    ///
    /// If one fails.
    pub async fn call(self, port: &str, calls: usize, in_flight: usize) -> Result<(), Failure> {
        let each = calls / in_flight;
        match self {
            Self::Ours => {
                let client = Ours::new(port)?;
                at_once(in_flight, each, || client.delete()).await
            }
            Self::OursParsed => {
                let client = Ours::new(port)?;
                at_once(in_flight, each, || client.delete_parsed()).await
            }
            Self::ByHand => {
                let client = ByHand::new(port)?;
                at_once(in_flight, each, || client.delete()).await
            }
        }
    }
}

impl FromStr for Who {
    type Err = Failure;

    fn from_str(argument: &str) -> Result<Self, Failure> {
        Self::ALL
            .into_iter()
            .find(|who| who.argument() == argument)
            .ok_or_else(|| format!("unknown client `{argument}`").into())
    }
}

async fn at_once<F: Future<Output = Result<usize, Failure>>>(
    in_flight: usize,
    each: usize,
    call: impl Fn() -> F,
) -> Result<(), Failure> {
    let call = &call;
    let tasks = (0..in_flight).map(|_| async move {
        for _ in 0..each {
            if call().await? != 8 {
                return Err(Failure::from("another id"));
            }
        }
        Ok(())
    });
    futures_util::future::try_join_all(tasks).await.map(drop)
}

/// The time limits that both careful clients keep.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);
