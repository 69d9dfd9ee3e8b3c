//! The generated component, called as the interpreter calls it.

use std::collections::BTreeMap;

use wasmtime::Store;
use wasmtime::component::{Component, Instance, Linker};

use super::Application;
use crate::runtime::program::{Main, Settings};

/// The generated component at work, with these arguments of the command.
struct Provider {
    store: Store<()>,
    instance: Instance,
}

impl Provider {
    fn new(application: &Application, arguments: &[&str]) -> Self {
        let engine = crate::engine::new().unwrap();
        let component = Component::new(&engine, application.program().unwrap()).unwrap();
        let mut linker = Linker::new(&engine);
        let arguments: Vec<String> = arguments.iter().copied().map(str::to_owned).collect();
        let mut environment = linker.instance("wasi:cli/environment@0.2.12").unwrap();
        environment.func_wrap("get-arguments", move |_, ()| Ok((arguments.clone(),))).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = linker.instantiate(&mut store, &component).unwrap();
        Self { store, instance }
    }

    fn call<P, R>(&mut self, name: &str, parameters: P) -> R
    where
        P: wasmtime::component::ComponentNamedList + wasmtime::component::Lower,
        R: wasmtime::component::ComponentNamedList + wasmtime::component::Lift,
    {
        let program = self.instance.get_export_index(&mut self.store, None, "wasocket:runner/program@0.1.0").unwrap();
        let function = self.instance.get_export_index(&mut self.store, Some(&program), name).unwrap();
        let function = self.instance.get_typed_func::<P, R>(&mut self.store, function).unwrap();
        function.call(&mut self.store, parameters).unwrap()
    }

    fn read(&mut self, name: &str) -> Option<Vec<u8>> {
        self.call::<_, (Option<Vec<u8>>,)>("read-file", (name,)).0
    }
}

fn application(files: &[(&str, &[u8])]) -> Application {
    let files: BTreeMap<_, _> = files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
    Application { main: "app.py".to_owned(), files, coalesce: true, missing: Vec::new() }
}

#[test]
fn files_are_listed_and_read() {
    let large = vec![7; 1 << 20];
    let files: [(&str, &[u8]); 5] =
        [("app.py", b"print(1)"), ("empty", b""), ("p/__init__.py", b"\0\xff"), ("p/q.py", b"q"), ("z", &large)];
    let mut provider = Provider::new(&application(&files), &[]);
    let (names,) = provider.call::<_, (Vec<String>,)>("list-files", ());
    assert_eq!(names, files.map(|(name, _)| name));
    for (name, bytes) in files {
        assert_eq!(provider.read(name).as_deref(), Some(bytes), "{name}");
    }
    for name in ["", "app", "app.pyc", "aqp.py", "p", "p/q.p\u{e9}", "Z"] {
        assert_eq!(provider.read(name), None, "{name}");
    }
}

#[test]
fn settings_carry_the_arguments_of_the_command() {
    for coalesce in [true, false] {
        let application = Application { coalesce, ..application(&[("app.py", b"")]) };
        let mut provider = Provider::new(&application, &["app.wasm", "", "ä b"]);
        let (settings,) = provider.call::<_, (Settings,)>("get-settings", ());
        assert!(matches!(settings.main, Main::Embedded(name) if name == "app.py"));
        assert_eq!(settings.arguments, ["app.wasm", "", "ä b"]);
        assert!(settings.python_path.is_empty());
        assert_eq!(settings.coalesce, coalesce);
    }
}

#[test]
fn a_program_without_arguments_has_none() {
    let mut provider = Provider::new(&application(&[]), &[]);
    let (settings,) = provider.call::<_, (Settings,)>("get-settings", ());
    assert!(settings.arguments.is_empty());
    assert!(provider.call::<_, (Vec<String>,)>("list-files", ()).0.is_empty());
    assert_eq!(provider.read("app.py"), None);
}

#[test]
fn long_arguments_and_names_find_room() {
    let long = "x".repeat(300_000);
    let mut provider = Provider::new(&application(&[("app.py", b"")]), &[&long, &long]);
    let (settings,) = provider.call::<_, (Settings,)>("get-settings", ());
    assert_eq!(settings.arguments, [long.clone(), long.clone()]);
    for _ in 0..100 {
        assert_eq!(provider.read(&long), None);
    }
}

#[test]
fn exit_returns_to_the_interpreter() {
    Provider::new(&application(&[]), &[]).call::<_, ()>("exit", (3u8,));
}
