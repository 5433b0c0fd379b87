//! Cases that compile without a warning: near misses of each rule, one file per kind.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::needless_raw_string_hashes,
    reason = "code as users write it"
)]

extern crate truto_core as renamed;

pub mod conditional_endpoints;
pub mod crate_path;
pub mod deprecated_model;
pub mod derive_above_or_below;
pub mod each_shape;
pub mod endpoint_routes;
pub mod fields_of_static_data;
pub mod forbidden_lints;
pub mod from_macro_rules;
pub mod in_a_function_and_a_macro;
pub mod keywords_of_2024;
pub mod lints_silenced;
pub mod named_shapes;
pub mod names_of_attributes;
pub mod names_of_parameters;
// Spaces and commas are among its near misses.
#[rustfmt::skip]
pub mod near_misses_of_arguments;
pub mod near_misses_of_paths;
pub mod near_misses_of_types;
pub mod no_implicit_prelude;
pub mod private_struct_in_a_module;
pub mod query_and_body_types;
pub mod renamed_dependency;
pub mod shadowed_names;
pub mod strict_lints;
pub mod tuple_and_unit_structs;
pub mod type_parameters;
pub mod written_methods_and_raw_paths;

#[test]
fn every_file_is_a_case() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/pass");
    for file in std::fs::read_dir(folder).expect("the cases") {
        let file = file.expect("a case").file_name();
        let name = file.to_str().and_then(|name| name.strip_suffix(".rs"));
        let name = name.expect("the name of a module");
        let line = format!("\npub mod {name};\n");
        assert!(name == "main" || include_str!("main.rs").contains(&line), "{name}");
    }
}
