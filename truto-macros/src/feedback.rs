//! Applies every help of every case in `tests/ui/fail`: after one round, no error may be left.

mod apply;
mod reviewed;
mod source;

use self::apply::{apply, apply_to_stack};
use self::source::{Declaration, Stack, stacks};
use crate::dialect::Dialect;

/// The texts within `compile_error!`.
pub(crate) fn compile_errors(expanded: &str) -> Vec<String> {
    let parts = expanded.split("compile_error !").skip(1);
    let literal = |part: &str| {
        let tokens: proc_macro2::TokenStream =
            part.trim_start().get(1..)?.parse().ok().or_else(|| {
                let end = part.find("} ").or_else(|| part.rfind('}'))?;
                part[..end].trim_start().get(1..)?.parse().ok()
            })?;
        let first: proc_macro2::TokenStream = tokens.into_iter().next().into_iter().collect();
        syn::parse2::<syn::LitStr>(first).ok().map(|text| text.value())
    };
    parts.filter_map(literal).collect()
}

/// The errors of a stack of attributes above an item.
fn errors(attributes: &[Declaration], item: &str) -> Vec<String> {
    let Some((first, others)) = attributes.split_first() else {
        return Vec::new();
    };
    let below: Vec<String> = others.iter().map(Declaration::to_string).collect();
    let item = format!("{}\n{item}", below.join("\n"));
    let (Ok(args), Ok(item)) = (first.args().parse(), item.parse()) else {
        return vec!["these are no tokens".to_owned()];
    };
    compile_errors(&crate::endpoints(first.dialect, args, item).to_string())
}

const ITEM: &str = "struct User { id: String }";

/// Applies the helps of a single attribute; the error describes what is still wrong afterwards.
fn one_round(written: &Declaration) -> Result<(Declaration, usize), String> {
    let before = errors(std::slice::from_ref(written), ITEM);
    let mut fixed = written.clone();
    for error in &before {
        apply(error, &mut fixed).map_err(|why| format!("{why}\nin {written}"))?;
    }
    fixed.tidy();
    match errors(std::slice::from_ref(&fixed), ITEM).as_slice() {
        [] => Ok((fixed, before.len())),
        after => Err(format!("{written}\n{before:#?}\nyields {fixed}\n{after:#?}")),
    }
}

/// The attribute as written, as the other attribute, and as the other one with a route that it accepts.
fn variants(written: &Declaration) -> [Declaration; 3] {
    let mut swapped = written.clone();
    swapped.dialect = written.dialect.other();
    let mut own = swapped.clone();
    own.replace_in_path(match own.dialect {
        Dialect::Unified => ("/proxy/", "/unified/m/"),
        Dialect::Any => ("/unified/m/", "/proxy/"),
    });
    [written.clone(), swapped, own]
}

/// The sources in a folder of `tests/ui`.
fn cases(folder: &str) -> Vec<std::path::PathBuf> {
    let folder = format!("{}/../tests/ui/{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the ui cases")
        .map(|file| file.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    files
}

#[test]
fn one_round_of_help_leaves_no_error() {
    let (mut helps, mut failures) = (0, Vec::new());
    for file in cases("fail") {
        let source = std::fs::read_to_string(&file).expect("a file");
        let mut fail = |why: String| failures.push(format!("{}: {why}", file.display()));
        for Stack { attributes, item } in stacks(&source) {
            let mut fixed = Vec::new();
            for written in &attributes {
                for (index, variant) in variants(written).iter().enumerate() {
                    match one_round(variant) {
                        Ok((own, count)) => {
                            helps += count;
                            if index == 0 {
                                fixed.push(own);
                            }
                        }
                        Err(why) => fail(why),
                    }
                }
            }
            // Errors about the item or about clashes between attributes.
            let mut item = item;
            for error in errors(&fixed, &item) {
                if let Err(why) = apply_to_stack(&error, &mut fixed, &mut item) {
                    fail(why);
                }
                helps += 1;
            }
            for error in errors(&fixed, &item) {
                fail(format!("the stack is still wrong: {error}"));
            }
        }
    }
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n\n"));
    assert!(helps > 300, "{helps} helps");
}
