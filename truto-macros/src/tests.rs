use proc_macro2::TokenStream;

use crate::dialect::Dialect;

/// The attribute's arguments and the item below it, as tokens.
fn expand(source: &str) -> Option<String> {
    let source = source.trim();
    let (dialect, rest) = match source.strip_prefix("#[unified_endpoint(") {
        Some(rest) => (Dialect::Unified, rest),
        None => (Dialect::Any, source.strip_prefix("#[endpoint(")?),
    };
    let (args, item) = rest.split_once(")]\n")?;
    let args: TokenStream = args.parse().ok()?;
    let item: TokenStream = item.parse().ok()?;
    Some(crate::endpoints(dialect, args, item).to_string())
}

/// Each file holds a declaration, a line `// expands to`, and its expansion, kept readable: only the
/// tokens are compared. `UPDATE=1 cargo test -p truto-macros expansions && rustfmt --edition 2024
/// expand/*.rs` rewrites them.
#[test]
fn expansions_are_as_reviewed() {
    for (name, text) in [
        ("delete", include_str!("../expand/delete.rs")),
        ("list_with_query", include_str!("../expand/list_with_query.rs")),
        ("stacked_upload", include_str!("../expand/stacked_upload.rs")),
        ("safe_method", include_str!("../expand/safe_method.rs")),
        ("all_shapes", include_str!("../expand/all_shapes.rs")),
        ("admin_list", include_str!("../expand/admin_list.rs")),
        ("generic_types", include_str!("../expand/generic_types.rs")),
        ("conditions_and_lints", include_str!("../expand/conditions_and_lints.rs")),
        ("one_role_twice", include_str!("../expand/one_role_twice.rs")),
    ] {
        let (source, expected) = text.split_once("// expands to\n").expect("two parts");
        if std::env::var_os("UPDATE").is_some() {
            let file = format!("{}/expand/{name}.rs", env!("CARGO_MANIFEST_DIR"));
            let found = expand(source).expect("tokens");
            std::fs::write(file, format!("{source}// expands to\n{found}\n")).expect("a file");
            continue;
        }
        let expected: TokenStream = expected.parse().expect("tokens");
        let found = expand(source).expect("tokens");
        // The spacing of tokens depends on their origin, and rustfmt adds trailing commas.
        let squeezed = |text: &str| {
            let text = text.split_whitespace().collect::<String>();
            [")", "}", "]", ">", "{", ";"]
                .iter()
                .fold(text, |text, end| text.replace(&format!(",{end}"), end))
        };
        assert_eq!(squeezed(&found), squeezed(&expected.to_string()), "{name}");
    }
}

/// Clippy takes such a function for a constructor.
#[test]
fn silences_clippy_for_a_function_named_like_its_struct() {
    for (name, item, is_silenced) in [
        ("list", "List", true),
        ("list_all", "ListAll", true),
        ("list_all", "r#ListAll", true),
        ("list", "Lists", false),
        ("list_all", "List", false),
    ] {
        let source = format!(
            "#[unified_endpoint(method = \"GET\", path = \"/unified/m/r\", name = \"{name}\")]\nstruct {item};"
        );
        let expanded = expand(&source).expect("tokens");
        assert_eq!(expanded.contains("self_named_constructors"), is_silenced, "{source}");
    }
}

#[test]
fn docs_describe_an_argument_of_several_segments() {
    for (path, expected) in [
        ("/custom/<id>", "Path argument: `id`, sent as one encoded segment."),
        ("/custom/<path..>", "Path argument: `path`; it may be several segments separated by `/`"),
        (
            "/custom/<id>/<path..>",
            "each sent as one encoded segment except the last one; it may be several",
        ),
    ] {
        let source = format!(
            "#[endpoint(method = \"GET\", path = \"{path}\", name = \"read\", response = Self)]\nstruct Item;"
        );
        let expanded = expand(&source).expect("tokens");
        assert!(expanded.contains(expected), "{expanded}");
    }
}

#[test]
fn invalid_declarations_implement_no_trait() {
    for (args, is_declared) in [
        ("method = \"GET\", path = \"/unified/m/r\"", true),
        ("method = \"GETS\", path = \"/unified/m/r\"", false),
        ("method = \"GET\", path = \"/unified/m/r/\"", false),
        ("method = \"GET\", path = \"/unified/m/r\", body = New", false),
    ] {
        let expanded = expand(&format!("#[unified_endpoint({args})]\nstruct User;"));
        let expanded = expanded.expect("tokens");
        assert!(expanded.contains("fn list"), "{args}");
        assert_eq!(expanded.contains("__truto :: List for"), is_declared, "{args}");
        assert_eq!(expanded.contains("compile_error"), !is_declared, "{args}");
    }
    let nothing = expand("#[unified_endpoint()]\nstruct User;").expect("tokens");
    assert!(!nothing.contains("impl"), "{nothing}");
}

/// Each item and token takes time to check, in every crate that declares endpoints. The bounds are near the
/// present sizes, so that growth is a decision.
#[test]
fn the_generated_code_of_an_endpoint_is_bounded() {
    let list = "method = \"GET\", path = \"/unified/m/r\"";
    let update = "method = \"PATCH\", path = \"/unified/m/r/<id>\"";
    for (visibility, args, most_implementations, most_tokens) in [
        ("", list.to_owned(), 1, 120),
        ("", update.to_owned(), 1, 220),
        ("", format!("{list}, query = Q"), 1, 170),
        ("", format!("{update}, body = B"), 1, 175),
        ("pub", list.to_owned(), 1, 120),
        ("pub", format!("{list}, query = Q"), 2, 200),
        ("pub", format!("{update}, body = B"), 2, 230),
        ("pub", format!("{update}, query = Q, body = B"), 3, 340),
    ] {
        let source = format!("#[unified_endpoint({args})]\n{visibility} struct User;");
        let expanded: TokenStream = expand(&source).expect("tokens").parse().expect("tokens");
        let (implementations, tokens) = size(expanded);
        assert!(
            implementations <= most_implementations && tokens <= most_tokens,
            "{visibility} {args}: {implementations} implementations of traits, {tokens} tokens"
        );
    }
}

/// The number of implementations of traits, and of tokens.
fn size(tokens: TokenStream) -> (usize, usize) {
    tokens.into_iter().fold((0, 0), |(implementations, count), token| match token {
        proc_macro2::TokenTree::Group(group) => {
            let (inner, inner_count) = size(group.stream());
            (implementations + inner, count + inner_count + 1)
        }
        proc_macro2::TokenTree::Ident(word) if word == "for" => (implementations + 1, count + 1),
        _ => (implementations, count + 1),
    })
}

/// The item that is left of a stack, without what is generated.
fn left_in_place(source: &str) -> String {
    let expanded = expand(source).expect("tokens");
    let item = expanded.split("const _").next().unwrap_or_default();
    item.split_whitespace().collect()
}

#[test]
fn takes_only_unambiguous_attributes_of_a_stack() {
    let outermost = "#[unified_endpoint(method = \"GET\", path = \"/unified/m/r\")]\n";
    for taken in [
        "#[unified_endpoint(method = \"GET\", path = \"/unified/m/r/<id>\")]",
        "#[endpoint(method = \"GET\", path = \"/proxy/r/<id>\")]",
        "#[endpoint(method = \"GET\", path = \"/link-token\", name = \"x\", response = Self)]",
        "#[truto_core::endpoint(method = \"GET\", path = \"/proxy/r/{id}\")]",
        "#[unified_endpoint(method = \"GET\", path = \"/unified/m/r/{id}\")]",
    ] {
        let left = left_in_place(&format!("{outermost}{taken}\nstruct User;"));
        let is_taken = left.ends_with("structUser;") && !left.contains("#[");
        assert!(is_taken, "{taken}: {left}");
    }
    for left in [
        // Of rustify, and of another crate with such a helper attribute.
        "#[derive(rustify::Endpoint)] #[endpoint(path = \"/proxy/r/<id>\", method = \"GET\")]",
        "#[derive(Call)] #[endpoint(path = \"users\", method = \"GET\")]",
        "#[derive(Call)] #[endpoint(path = \"/users\", method = \"GET\", response = \"User\")]",
        "#[derive(Call)] #[endpoint(path = \"/users\", method = \"GET\")]",
        "#[derive(Call)] #[endpoint]",
        "#[derive(Call)] #[endpoint(path = \"/users\", method = \"GET\", name = \"x\")]",
        "#[derive(Call)] #[endpoint = \"/users\"]",
        // An alias.
        "#[endpoint(method = \"GET\", path = \"/unified/m/r/<id>\")]",
        "#[unified_endpoint(method = \"GET\", path = \"/proxy/r/<id>\")]",
        "#[rocket::endpoint(method = \"GET\", path = \"/proxy/r/<id>\")]",
    ] {
        let found = left_in_place(&format!("{outermost}{left}\nstruct User;"));
        let expected = left.parse::<TokenStream>().expect("tokens").to_string();
        let expected: String = expected.split_whitespace().collect();
        assert!(found.starts_with(&expected), "{left}: {found}");
    }
}

/// The attribute moves below one that may be an alias, once.
#[test]
fn is_expanded_after_an_attribute_that_may_be_an_alias() {
    let own = "#[unified_endpoint(method = \"GET\", path = \"/unified/m/r\")]\n";
    for (below, is_postponed) in [
        ("#[route(method = \"GET\", path = \"/unified/m/r/<id>\")]", true),
        ("#[a::b(path = \"/unified/m/s\", name = \"x\", method = \"GET\")]", true),
        ("#[route(method = \"GET\", path = \"/proxy/r\")]", true),
        ("#[endpoint(method = \"GET\", path = \"/unified/m/r\")]", true),
        ("#[route(method = \"GET\", path = \"/link-token\")]", false),
        // With mistakes, which the later expansion reports.
        ("#[endpoint(method = \"GET\", path = \"/proxy/r\", nane = \"x\")]", true),
        ("#[endpoint(method = \"GET\", path = \"users/<id>\")]", false),
        ("#[route(metod = \"GET\", path = \"/unified/m/r\", nane = \"x\")]", true),
        (
            "#[route(method = \"GET\", path = \"/users\", name = \"x\", response = X, timeout = 1)]",
            false,
        ),
        ("#[template(path = \"/unified/m/r\")]", false),
        ("#[route(path = \"/unified/m/r\")]", false),
        ("#[route = \"/unified/m/r\"]", false),
        ("#[route(_; method = \"GET\", path = \"/unified/m/r\")]", true),
    ] {
        for others in ["", "#[derive(Debug)] #[cfg(x)]"] {
            let expanded = expand(&format!("{own}{below}{others} struct User;")).expect("tokens");
            let moved = "# [:: truto_core :: unified_endpoint (__postponed ; method = \"GET\" ,";
            assert_eq!(expanded.contains(moved), is_postponed, "{below} {expanded}");
            assert_eq!(expanded.contains("impl User"), !is_postponed, "{below} {expanded}");
        }
        let args = "__postponed; method = \"GET\", path = \"/unified/m/r\"";
        let item = format!("{below} struct User;");
        let [args, item] = [args, &item].map(|text| text.parse().expect("tokens"));
        let expanded = crate::endpoints(Dialect::Unified, args, item).to_string();
        assert!(expanded.contains("impl User"), "{below} {expanded}");
    }
}

/// The macro has to see the derive macros that it was above.
#[test]
fn moves_no_further_than_below_the_last_alias() {
    let own = "#[unified_endpoint(method = \"GET\", path = \"/unified/m/r\")]\n";
    let alias = "#[route(method = \"GET\", path = \"/unified/m/r/<id>\")]";
    let earlier = "#[::truto_core::endpoint(__postponed; method = \"GET\", path = \"/proxy/r\")]";
    let below = "#[derive(Deserialize)] #[serde(default)] struct User;";
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    for above in [
        alias.to_owned(),
        format!("{alias} {earlier}"),
        format!("#[doc = \"A\"] {alias} #[derive(Debug)] {alias}"),
    ] {
        let expanded = squeezed(&expand(&format!("{own}{above} {below}")).expect("tokens"));
        let moved =
            "#[::truto_core::unified_endpoint(__postponed;method=\"GET\",path=\"/unified/m/r\")]";
        assert_eq!(expanded, format!("{}{moved}{}", squeezed(&above), squeezed(below)));
    }
}

/// The functions of a stack are in the order of the source, whatever names its attributes have.
#[test]
fn keeps_the_order_of_postponed_attributes() {
    let get =
        |name: &str| format!("method = \"GET\", path = \"/unified/m/{name}\", name = \"{name}\"");
    let [first, second, third, last] = ["a", "b", "c", "d"].map(get);
    for (args, item) in [
        (
            third.clone(),
            format!(
                "#[unified_endpoint({last})] #[::truto_core::unified_endpoint(__postponed; {first})]
                #[::a::unified_endpoint(__postponed; {second}, crate = ::a)] struct User;"
            ),
        ),
        (
            format!("__postponed; {first}"),
            format!(
                "#[route({last})] #[unified_endpoint({third})]
                #[::truto_core::unified_endpoint(__postponed; {second})] struct User;"
            ),
        ),
    ] {
        let [args, item] = [args, item].map(|text| text.parse().expect("tokens"));
        let expanded = crate::endpoints(Dialect::Unified, args, item).to_string();
        let place = |name| expanded.find(&format!("fn {name}"));
        let places: Vec<_> = ["a", "b", "c"].into_iter().map(place).collect();
        assert!(places[0].is_some() && places.is_sorted(), "{expanded}");
    }
}

#[test]
fn keeps_imports_of_taken_attributes_used() {
    let unified = "#[unified_endpoint(method = \"GET\", path = \"/unified/m/r\")]\n";
    let proxy = "#[endpoint(method = \"GET\", path = \"/proxy/r\", name = \"x\", response = Self)]";
    let item = "#[allow(Endpoint)] struct User;";
    for (below, uses) in [(String::new(), 0), (proxy.to_owned(), 1), (format!("{proxy}{proxy}"), 1)]
    {
        let expanded = expand(&format!("{unified}{below}{item}")).expect("tokens");
        let marker = "# [endpoint (_)] const _ : () = () ;";
        assert_eq!(expanded.matches(marker).count(), uses, "{expanded}");
        assert!(!expanded.contains("endpoint (method"), "{expanded}");
    }
    for (args, item, is_marker) in [
        ("_", "const _: () = ();", true),
        ("_", "const A: () = ();", false),
        ("_, _", "const _: () = ();", false),
        ("x", "const _: () = ();", false),
        ("", "const _: () = ();", false),
    ] {
        let [args, item] = [args, item].map(|text| text.parse().expect("tokens"));
        let expanded = crate::endpoints(Dialect::Any, args, item);
        assert_eq!(expanded.is_empty(), is_marker, "{expanded}");
    }
}

const WORDS: [&str; 73] = [
    "safe",
    "true",
    "url",
    "get",
    "=>",
    "returns",
    "method",
    "path",
    "name",
    "query",
    "body",
    "response",
    "doc",
    "crate",
    "metod",
    "=",
    ",",
    ":",
    "::",
    "<",
    ">",
    "'a",
    "\"GET\"",
    "\"POST\"",
    "\"DELETE\"",
    "\"PUT\"",
    "\"\"",
    "\"/unified/m/r\"",
    "\"/unified/m/r/<id>\"",
    "\"/unified/m/<x\"",
    "7",
    "User",
    "Vec<u8>",
    "HashMap<A, B>",
    "fn() -> u8",
    "(A, B)",
    "[u8]",
    "-",
    "->",
    "#",
    "!",
    "r#type",
    "self",
    "$crate",
    "b\"x\"",
    "'c'",
    "1.5",
    "&str",
    "{}",
    "_",
    ";",
    "&",
    "@",
    "let",
    "+",
    ".",
    "/",
    "/// text\n",
    "#[cfg(x)]",
    "\"GET\"s",
    "c\"x\"",
    "String::from(\"GET\")",
    "User::new()",
    "User[]",
    "Vec[User]",
    "json!({\"a\": 1})",
    "{\"method\": \"GET\"}",
    "(method = \"GET\")",
    "\"GET /unified/m/r\"",
    "/unified/m/r/<id>",
    "format!(\"/unified/{}\", x)",
    "Method::GET",
    "[\"GET\", \"POST\"]",
];
const ITEMS: [&str; 12] = [
    "struct User { id: String }",
    "pub(crate) struct User<T: Clone, const N: usize>(T) where T: Copy;",
    "struct User;",
    "struct User<'a>(&'a str);",
    "enum User { A }",
    "fn f() {}",
    "struct",
    "",
    "#[unified_endpoint] struct User;",
    "#[unified_endpoint(method = \"GET\", path = \"/unified/a/b\")] #[cfg(x)] struct User;",
    "#[unified_endpoint = 1] struct User;",
    "#[",
];
const CHARS: [char; 20] = [
    '/',
    '<',
    '>',
    '{',
    '}',
    ':',
    '.',
    '%',
    '?',
    '#',
    'a',
    'Z',
    '1',
    '-',
    '_',
    ' ',
    'é',
    '\u{1F980}',
    '\\',
    '\u{0}',
];

/// Words that are nearly identifiers.
const ODD: [&str; 20] = [
    "SELF",
    "Crate",
    "SUPER",
    "self",
    "Self",
    "_",
    "__",
    "gen",
    "type",
    "list",
    " list ",
    "list\n",
    "list /*x*/",
    "\u{feff}list",
    "r#list",
    "listUsers",
    "größe",
    "a--b-",
    "1st",
    "async",
];

/// No tokens and no path make the macro panic, and whatever it returns is tokens.
#[test]
fn no_input_panics() {
    let mut random = fastrand::Rng::with_seed(7);
    let mut cases = 0;
    while cases < 200_000 {
        let text = |random: &mut fastrand::Rng, most: usize| -> String {
            let length = random.usize(..most);
            (0..length).map(|_| CHARS[random.usize(..CHARS.len())]).collect()
        };
        let args = if random.u8(..4) == 0 {
            let odd = ODD[random.usize(..ODD.len())];
            let name = format!("{}{odd}{}", text(&mut random, 3), text(&mut random, 3));
            let path = format!("/unified/m/r/<{}>/{}", ODD[random.usize(..ODD.len())], odd);
            format!("method = \"POST\", path = {path:?}, name = {name:?}, response = Self")
        } else if random.bool() {
            let words = random.usize(..12);
            (0..words).map(|_| WORDS[random.usize(..WORDS.len())]).collect::<Vec<_>>().join(" ")
        } else {
            let path = text(&mut random, 12);
            format!("method = \"GET\", path = {:?}", format!("/unified/{path}"))
        };
        let item = ITEMS[random.usize(..ITEMS.len())];
        let (Ok(args), Ok(item)) = (args.parse::<TokenStream>(), item.parse::<TokenStream>())
        else {
            continue;
        };
        let dialect = if random.bool() { Dialect::Unified } else { Dialect::Any };
        let expanded = crate::endpoints(dialect, args, item).to_string();
        assert!(expanded.parse::<TokenStream>().is_ok(), "{expanded}");
        cases += 1;
    }
}

/// Other types than structs keep their functions; other items get none.
#[test]
fn generates_functions_only_for_types() {
    let endpoint = "#[unified_endpoint(method = \"GET\", path = \"/unified/m/r\")]\n";
    for (item, has_functions) in [
        ("struct User;", true),
        ("enum User { A }", true),
        ("union User { a: u8 }", true),
        ("union! {}", false),
        ("fn f() {}", false),
        ("mod users {}", false),
        ("trait User {}", false),
        ("impl User {}", false),
    ] {
        let expanded = expand(&format!("{endpoint}{item}")).expect("tokens");
        assert_eq!(expanded.contains("fn list"), has_functions, "{item}");
    }
}

#[test]
fn limits_conditional_type_parameters_to_four() {
    let endpoint = "#[unified_endpoint(method = \"GET\", path = \"/unified/m/r\")]\n";
    let conditional = |count: usize| {
        let parameters: Vec<_> = (0..count).map(|at| format!("#[cfg(c{at})] T{at}")).collect();
        format!("struct User<{}>;", parameters.join(", "))
    };
    for (item, is_taken) in [
        (conditional(4), true),
        (conditional(5), false),
        ("struct User<A, B, C, D, E>;".to_owned(), true),
    ] {
        let expanded = expand(&format!("{endpoint}{item}")).expect("tokens");
        assert_eq!(expanded.contains("compile_error"), !is_taken, "{item}");
    }
}
