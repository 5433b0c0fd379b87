#![deny(warnings)]
//! Types that come out of another macro, in every kind of fragment.
use truto_core::unified_endpoint;

#[derive(serde::Serialize)]
pub struct Query {}

macro_rules! declare {
    ($name:ident, $ident:ident, $tt:tt, $ty:ty, $path:path) => {
        #[unified_endpoint(method = "GET", path = "/unified/m/r", query = $ident)]
        #[unified_endpoint(method = "POST", path = "/unified/m/r", query = $tt, body = $ident)]
        #[unified_endpoint(method = "PATCH", path = "/unified/m/r/<id>", body = $tt)]
        #[unified_endpoint(method = "POST", path = "/unified/m/r/a", query = $ty, body = $path)]
        #[derive(serde::Deserialize)]
        pub struct $name {}
    };
}
declare!(Record, Query, Query, Query, Query);

#[test]
fn compiles() {
    let _ = Record::list(&Query {});
    let _ = Record::create(&Query {}, &Query {});
    let _ = Record::update(1, &Query {});
    let _ = Record::a(&Query {}, &Query {});
}
