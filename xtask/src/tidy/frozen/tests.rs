//! Each kind of breaking change by its name, and changes that break nothing as a control.

use super::*;

const CONTRACT: &str = "
    interface one {
      type span = u64;
      record point { x: u8, y: span }
      flags modes { fast, safe }
      enum codes { good, bad }
      variant shape { dot, line(point) }
      resource thing { make: static func() -> thing; take: func(max: u32, what: borrow<thing>) -> result<list<u8>, codes>; }
      look: func(at: point) -> option<shape>;
      leave: func();
    }
    world two { import one; export wasi: interface { run: func(); } }
";

fn contract(text: &str) -> Vec<Item> {
    version("0.1.0", text).items
}

fn version(version: &str, text: &str) -> Contract {
    let source = Source { path: "wit/world.wit".to_owned(), text: format!("package wasocket:a@{version}; {text}") };
    Contract::read("wit", &[source]).unwrap().unwrap()
}

/// What breaks where the text is `changed` in one place.
fn changes(from: &str, to: &str) -> Vec<String> {
    assert!(CONTRACT.contains(from), "{from}");
    changes::breaking(&contract(CONTRACT), &contract(&CONTRACT.replacen(from, to, 1)))
}

#[test]
fn what_is_taken_away() {
    assert_eq!(changes("leave: func();", ""), ["removed function one.leave"]);
    assert_eq!(changes("make: static func() -> thing;", ""), ["removed static one.thing.make"]);
    assert_eq!(changes("fast, safe", "fast"), ["removed flag safe of flags one.modes"]);
    assert_eq!(changes("good, bad", "good"), ["removed case bad of enum one.codes"]);
    assert_eq!(changes("dot, line(point)", "dot"), ["removed case line of variant one.shape"]);
    assert_eq!(changes("x: u8, y: span", "y: span"), ["removed field x of record one.point"]);
    assert_eq!(changes("max: u32, what", "what"), ["removed parameter max of method one.thing.take"]);
    assert_eq!(changes(" -> option<shape>", ""), ["removed result of function one.look"]);
    assert_eq!(changes("import one;", ""), ["removed import wasocket:a/one@0.1 of world two"]);
    assert_eq!(changes("flags modes { fast, safe }", ""), ["removed flags one.modes"]);
    let without_world = CONTRACT.split("world").next().unwrap();
    assert_eq!(changes::breaking(&contract(CONTRACT), &contract(without_world)), ["removed world two"]);
}

#[test]
fn what_is_another_type() {
    assert_eq!(changes("max: u32", "max: u64"), ["changed parameter max of method one.thing.take from u32 to u64"]);
    assert_eq!(changes("span = u64", "span = u32"), ["changed type one.span from u64 to u32"]);
    assert_eq!(changes("x: u8", "x: option<u8>"), ["changed field x of record one.point from u8 to option<u8>"]);
    assert_eq!(changes("dot, ", "dot(codes), "), ["changed case dot of variant one.shape from nothing to one.codes"]);
    assert_eq!(
        changes("result<list<u8>, codes>", "result<list<u8>>"),
        ["changed result of method one.thing.take from result<list<u8>, one.codes> to result<list<u8>, _>"]
    );
    assert_eq!(
        changes("what: borrow<thing>", "what: thing"),
        ["changed parameter what of method one.thing.take from borrow<one.thing> to one.thing"]
    );
}

#[test]
fn what_is_another_kind_of_thing() {
    assert_eq!(changes("enum codes", "flags codes"), ["changed enum one.codes to flags"]);
    assert_eq!(changes("take: func", "take: static func"), ["changed method one.thing.take to static"]);
    assert_eq!(changes("leave: func", "leave: async func"), ["changed function one.leave to async-function"]);
}

#[test]
fn what_grows() {
    assert_eq!(changes("good, bad", "good, bad, worse"), ["added case worse to enum one.codes"]);
    assert_eq!(changes("line(point)", "line(point), more"), ["added case more to variant one.shape"]);
    assert_eq!(changes("fast, safe", "fast, safe, both"), ["added flag both to flags one.modes"]);
    assert_eq!(changes("y: span", "y: span, z: u8"), ["added field z to record one.point"]);
    assert_eq!(changes("at: point", "at: point, how: u8"), ["added parameter how to function one.look"]);
    assert_eq!(changes("leave: func()", "leave: func() -> u8"), ["added result to function one.leave"]);
    assert_eq!(changes("import one;", "import one; import more: interface {}"), ["added import more to world two"]);
    assert_eq!(changes("export wasi", "export one; export wasi"), ["added export wasocket:a/one@0.1 to world two"]);
}

#[test]
fn what_is_in_another_order() {
    assert_eq!(changes("fast, safe", "safe, fast"), ["changed the order of each flag of flags one.modes"]);
    assert_eq!(changes("good, bad", "bad, good"), ["changed the order of each case of enum one.codes"]);
    assert_eq!(changes("x: u8, y: span", "y: span, x: u8"), ["changed the order of each field of record one.point"]);
}

/// The control of all of these: new declarations, and changes of no promise.
#[test]
fn what_is_new_breaks_nothing() {
    for (from, to) in [
        ("leave: func();", "leave: func(); again: func(max: u32) -> u8;"),
        ("make: static", "more: func(); make: static"),
        ("type span = u64;", "type span = u64; enum others { any }"),
        ("world two {", "world three { import one; } world two {"),
        ("leave: func();", "leave: func(); @unstable(feature = later) soon: func();"),
        ("type span = u64;", "/// Documented.\n type span = u64;"),
        (
            "leave: func();\n    }",
            "} interface four { leave: func(); }\n".replace("} interface", "leave: func(); } interface").as_str(),
        ),
        ("look: func", "early: func(); look: func"),
    ] {
        assert_eq!(changes(from, to), [""; 0], "{to}");
    }
}

#[test]
fn what_was_written_is_read_again() {
    let items = contract(CONTRACT);
    let again: Vec<Item> = items.iter().map(|item| Item::parse(&item.line()).unwrap()).collect();
    assert_eq!(items, again);
    assert!(items.iter().any(|item| item.line() == "parameter max of one.thing.take: u32"), "{items:?}");
    assert!(items.iter().any(|item| item.line() == "result of one.look: option<one.shape>"), "{items:?}");
}

fn sources(now: &str, text: &str, frozen: &[&str]) -> Vec<Source> {
    let kept = |old: &&str| {
        let contract = version(old, CONTRACT);
        Source { path: contract.path(), text: contract.text() }
    };
    let text = format!("package wasocket:a@{now}; {text}");
    let own = Source { path: "wit/world.wit".to_owned(), text };
    frozen.iter().map(kept).chain([own]).collect()
}

#[test]
fn a_new_version_may_break_what_an_old_one_promised() {
    let changed = CONTRACT.replace("leave: func();", "");
    let findings = |version, frozen: &[&str]| kept(&sources(version, &changed, frozen));
    let [finding] = &findings("0.1.1", &["0.1.0"])[..] else { panic!("one finding") };
    assert!(finding.starts_with("wit/frozen/a@0.1.0.txt says otherwise: removed function one.leave: "), "{finding}");
    assert!(kept(&sources("0.1.1", CONTRACT, &["0.1.0"])).is_empty(), "control: nothing was removed");
    assert_eq!(
        findings("0.2.0", &["0.1.0"]),
        ["wit/frozen/a@0.2.0.txt is missing: `cargo xtask freeze-wit` writes it"]
    );
    assert_eq!(findings("1.3.0", &["0.1.0", "1.2.0"]).len(), 1);
}

#[test]
fn the_newest_version_counts() {
    assert_eq!(compatibility("0.1.9"), [0, 1]);
    assert_eq!(compatibility("2.3.4"), [2]);
    assert!(numbers("0.1.10") > numbers("0.1.9"));
}
