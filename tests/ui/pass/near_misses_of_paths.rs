#![deny(warnings)]
//! Paths that the rules allow: near misses of each case of `fail/path_*` and `fail/shape_*`.
use truto_core::{endpoint, unified_endpoint};

// path_curly_placeholder, path_colon_placeholder, path_space, path_percent, path_non_ascii: the other signs of a segment.
#[unified_endpoint(method = "GET", path = "/unified/e-signature/audit_logs")]
// path_upper_case_unified: only the first segment has one spelling.
#[unified_endpoint(method = "GET", path = "/unified/CRM/Contacts", name = "contacts", response = Self)]
// path_dot_segments, path_no_resource, path_trailing_slash: the shortest segments.
#[unified_endpoint(method = "GET", path = "/unified/a/0", name = "shortest", response = Self)]
// path_empty_segment, path_placeholder_part_of_segment: hyphens and underscores where they please.
#[unified_endpoint(method = "GET", path = "/unified/-a-/__b__", name = "signs", response = Self)]
// path_placeholder_no_identifier, path_placeholder_with_space, path_placeholder_typed: names of other styles.
#[unified_endpoint(method = "GET", path = "/unified/m/r/<userId>")]
#[unified_endpoint(method = "DELETE", path = "/unified/m/r/<USER_ID>")]
#[unified_endpoint(method = "PATCH", path = "/unified/m/r/<_id>")]
// path_placeholder_twice: two names that only look alike.
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>/s/<id2>", name = "two", response = Self)]
// path_placeholder_self, path_placeholder_self_upper: a name that only begins so.
#[unified_endpoint(method = "GET", path = "/unified/m/r/<self_id>/s", name = "self_id", response = Self)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<self_>/<crate_>/<super_>", name = "keywords", response = Self)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<Self_>/t", name = "upper", response = Self)]
// path_placeholder_for_resource: below the resource, a segment may be a placeholder anywhere.
#[unified_endpoint(method = "GET", path = "/unified/m/r/<a>/<b>/<c>", name = "deep", response = Self)]
// path_proxy: a resource may have that name.
#[unified_endpoint(method = "POST", path = "/unified/proxy/custom/integrated-account")]
// path_query, path_fragment, path_full_url: words that only look like them.
#[unified_endpoint(method = "POST", path = "/unified/https/api-truto-one/limit-10")]
// shape_delete_collection, shape_patch_collection, shape_post_with_id, shape_get_two_placeholders: with a name.
#[unified_endpoint(method = "DELETE", path = "/unified/m/r", name = "clear", response = ())]
#[unified_endpoint(method = "PATCH", path = "/unified/m/r", name = "update_all", response = Self)]
#[unified_endpoint(method = "POST", path = "/unified/m/r/<id>", name = "approve", response = Self)]
// shape_method_segment_no_name: the name alone is enough where the response is derived.
#[unified_endpoint(method = "POST", path = "/unified/m/r/2fa", name = "two_factor")]
// endpoint_put_on_proxy, endpoint_unified_path, endpoint_admin_no_name: what the sibling takes.
#[endpoint(method = "PUT", path = "/custom/m/<id>", name = "replace", response = Self)]
#[endpoint(method = "POST", path = "/link-token", name = "link", response = Self)]
// path_placeholder_with_extension, path_placeholder_rest, endpoint_mistakes: routes of providers.
#[endpoint(method = "GET", path = "/custom/v1.0/me/messages", name = "messages", response = Self)]
#[endpoint(method = "GET", path = "/custom/api/v2/search.json", name = "search", response = Self)]
#[endpoint(method = "GET", path = "/proxy/tickets/<id>.json", name = "json", response = Self)]
#[endpoint(method = "POST", path = "/custom/v4/sheets/<id>:batchUpdate", name = "batch", response = Self)]
#[endpoint(method = "GET", path = "/custom/v1.0/<path..>", name = "graph", response = Self)]
// endpoint_misspelled_family: names of Truto's own API that are only alike.
#[endpoint(method = "GET", path = "/unified-model/<id>", name = "model", response = Self)]
#[endpoint(method = "GET", path = "/customers", name = "customers", response = Self)]
#[derive(serde::Deserialize)]
pub struct Record {}

#[test]
fn compiles() {
    let _ = (Record::list(), Record::contacts(), Record::shortest(), Record::signs());
    let _ = (Record::get("1"), Record::delete("1"), Record::update("1"), Record::two("1", "2"));
    let _ = (Record::keywords("1", "2", "3"), Record::upper("1"));
    let _ = (Record::self_id("1"), Record::deep("1", "2", "3"), Record::integrated_account());
    let _ = (Record::limit_10(), Record::clear(), Record::update_all(), Record::approve("1"));
    let _ = (Record::two_factor(), Record::replace("1"), Record::link());
    assert_eq!(Record::json("a/b").path(), "/proxy/tickets/a%2Fb.json");
    assert_eq!(Record::batch(7).path(), "/custom/v4/sheets/7:batchUpdate");
    assert_eq!(Record::graph("me/drive/a b").path(), "/custom/v1.0/me/drive/a%20b");
    let _ = (Record::messages(), Record::search(), Record::model("1"), Record::customers());
}
