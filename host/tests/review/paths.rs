//! Finding 18: rules that deny paths of `AF_UNIX` go by what is opened or bound there, and hold where a policy only reports.

use std::os::unix::fs::symlink;
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::PathBuf;

use tempfile::TempDir;

use super::fixture::{Guest, Turn, is_untouched, listener};
use super::way::{Script, WAYS, Way, on_host};

/// A folder of this machine: `real` with the sockets `db` and `other`, `link` leading to it, and `elsewhere`.
struct Machine {
    folder: TempDir,
    db: UnixListener,
    other: UnixListener,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir(path("real")).unwrap();
        std::fs::create_dir(path("elsewhere")).unwrap();
        symlink(path("real"), path("link")).unwrap();
        let [db, other] = ["real/db", "real/other"].map(|name| UnixListener::bind(path(name)).unwrap());
        for name in ["real/hard", "elsewhere/hard"] {
            std::fs::hard_link(path("real/db"), path(name)).unwrap();
        }
        symlink(path("real/db"), path("alias")).unwrap();
        Self { folder, db, other }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `F` in it is the folder.
    fn meant(&self, text: &str) -> String {
        text.replace("F/", &format!("{}/", self.folder.path().display()))
    }

    fn run(&self, policy: &str, script: &[&str]) -> Vec<String> {
        let script: Vec<String> = script.iter().map(|step| self.meant(step)).collect();
        let script: Vec<&str> = script.iter().map(String::as_str).collect();
        on_host(&Guest::new(&self.meant(policy)), &script)
    }

    /// What connecting to a path says, and whether `db` has heard of it.
    fn connect(&self, policy: &str, path: &str) -> (String, bool) {
        let connect = format!("connect s unix:{path}");
        let answer = self.run(policy, &["socket s unix stream", &connect]).remove(1);
        self.db.set_nonblocking(true).unwrap();
        self.other.set_nonblocking(true).unwrap();
        drop(self.other.accept());
        (answer, self.db.accept().is_ok())
    }
}

fn rules(allow: &str, deny: &str) -> String {
    format!("[allow]\noutbound = ['{allow}']\n[deny]\noutbound = ['{deny}']")
}

#[test]
fn what_is_denied_is_the_socket_by_whatever_path() {
    let _turn = Turn::take();
    let machine = Machine::new();
    for (allow, deny, path) in [
        // A folder that is another by a link, the one or the other way.
        ("unix://F/link/*", "unix://F/real/db", "F/link/db"),
        ("unix://F/real/*", "unix://F/link/db", "F/real/db"),
        ("unix://F/link/db", "unix://F/real/db", "F/link/db"),
        ("unix://F/link/*", "unix://F/real/*", "F/link/db"),
        ("unix://F/real/*", "unix://F/link/*", "F/real/db"),
        // Another name of the file.
        ("unix://F/real/*", "unix://F/real/db", "F/real/hard"),
        ("unix://F/elsewhere/*", "unix://F/real/db", "F/elsewhere/hard"),
        ("unix://F/elsewhere/hard", "unix://F/link/db", "F/elsewhere/hard"),
        ("unix://F/real/*", "unix://F/alias", "F/real/db"),
        // A mapped name, with the rule on the name here and on that there.
        ("unix:///app/*->F/link/*", "unix://F/real/db", "/app/db"),
        ("unix:///app/*->F/link/*", "unix:///app/db", "/app/db"),
        ("unix:///app/db->F/elsewhere/hard", "unix://F/real/db", "/app/db"),
        // Spelled with more slashes than are needed.
        ("unix://F/real/*", "unix://F/real/db", "F/real//db"),
        ("unix://F/real/*", "unix://F/real/db", "F/real/./db"),
    ] {
        let answer = machine.connect(&rules(allow, deny), path);
        assert_eq!(answer, ("access-denied".to_owned(), false), "{allow}, without {deny}: {path}");
        // Without the rule that denies it is reached.
        let answer = machine.connect(&rules(allow, "unix:///nothing/here"), path);
        assert_eq!(answer, ("ok".to_owned(), true), "{allow}: {path}");
    }
}

#[test]
fn what_is_not_denied_stays_open_beside_it() {
    let _turn = Turn::take();
    let machine = Machine::new();
    for (allow, deny, path) in [
        ("unix://F/link/*", "unix://F/real/db", "F/link/other"),
        ("unix://F/real/*", "unix://F/link/db", "F/real/other"),
        ("unix://F/real/*", "unix://F/elsewhere/*", "F/real/other"),
        ("unix:///app/*->F/link/*", "unix://F/real/hard", "/app/other"),
    ] {
        assert_eq!(machine.connect(&rules(allow, deny), path).0, "ok", "{allow}, without {deny}: {path}");
    }
    for path in ["F/real/../real/db", "F/alias", "F/elsewhere/../real/db"] {
        let (answer, is_reached) = machine.connect(&rules("unix://F/real/*", "unix:///nothing/here"), path);
        assert!(answer != "ok" && !is_reached, "{path}: {answer}");
    }
}

#[test]
fn a_datagram_is_denied_as_a_connection_is() {
    let _turn = Turn::take();
    let machine = Machine::new();
    let victim = UnixDatagram::bind(machine.path("real/log")).unwrap();
    std::fs::hard_link(machine.path("real/log"), machine.path("elsewhere/log")).unwrap();
    victim.set_nonblocking(true).unwrap();
    for (allow, path) in [("unix://F/link/*", "F/link/log"), ("unix://F/elsewhere/*", "F/elsewhere/log")] {
        for deny in ["unix://F/real/log", "unix:///nothing/here"] {
            let policy = rules(allow, deny);
            let is_denied = deny.contains("real");
            for attempt in [format!("sendto s unix:{path} hello"), format!("connect s unix:{path}")] {
                let lines = machine.run(&policy, &["socket s unix datagram", &attempt, "send s hello now"]);
                assert_eq!(lines[1] == "access-denied", is_denied, "{policy}: {attempt}: {lines:?}");
            }
            let came = std::iter::from_fn(|| victim.recv(&mut [0; 9]).ok()).count();
            assert_eq!(came, if is_denied { 0 } else { 2 }, "{policy}");
        }
    }
}

#[test]
fn what_may_not_be_bound_is_not_bound_by_another_path() {
    let _turn = Turn::take();
    let machine = Machine::new();
    let policy = |allow: &str, deny: &str| format!("[allow]\ninbound = ['{allow}']\n[deny]\ninbound = ['{deny}']");
    for (allow, deny, path) in [
        ("unix://F/link/*", "unix://F/real/new", "F/link/new"),
        ("unix://F/real/*", "unix://F/link/new", "F/real/new"),
        ("unix://F/link/*", "unix://F/real/*", "F/link/new"),
        ("unix:///srv/*->F/link/*", "unix://F/real/new", "/srv/new"),
        ("unix:///srv/new->F/link/new", "unix://F/real/*", "/srv/new"),
    ] {
        let bind = format!("bind s unix:{path}");
        // While the socket is there, a guest of its own connects to it by the other path.
        let script = ["socket s unix stream", &bind, "listen s", "sockname s"];
        let lines = machine.run(&policy(allow, deny), &script);
        assert_eq!(lines[1], "access-denied", "{allow}, without {deny}");
        let lines = machine.run(&policy(allow, "unix:///nothing/here"), &script);
        assert_eq!(lines[1..3], ["ok", "ok"], "{allow}");
        assert!(!machine.path("real/new").exists(), "it is gone with its socket");
        let beside = script.map(|step| step.replace("/new", "/beside"));
        let beside = [beside[0].as_str(), &beside[1], &beside[2], &beside[3]];
        if !deny.ends_with('*') && allow.ends_with('*') {
            assert_eq!(machine.run(&policy(allow, deny), &beside)[1], "ok", "{allow}, without {deny}");
        }
    }
}

#[test]
fn a_policy_that_reports_obeys_what_denies_paths() {
    let _turn = Turn::take();
    let machine = Machine::new();
    for (deny, path, is_denied) in [
        ("unix://F/real/db", "F/real/db", true),
        ("unix://F/real/db", "F/link/db", true),
        ("unix://F/real/db", "F/elsewhere/hard", true),
        ("unix://F/real/*", "F/link/hard", true),
        ("unix://F/real/other", "F/real/db", false),
    ] {
        let policy = format!("mode = 'report'\n[deny]\noutbound = ['{deny}']");
        let (answer, is_reached) = machine.connect(&policy, path);
        assert_eq!((answer == "access-denied", is_reached), (is_denied, !is_denied), "{deny}: {path}: {answer}");
    }
    for path in ["F/real/new", "F/link/new"] {
        let bind = format!("bind s unix:{path}");
        machine.run("mode = 'report'\n[deny]\ninbound = ['unix://F/real/new']", &["socket s unix stream", &bind]);
        assert!(!machine.path("real/new").exists(), "{path}");
    }
}

#[test]
fn a_policy_that_reports_obeys_what_denies_addresses() {
    let _turn = Turn::take();
    let ((denied, port), (open, other)) = (listener(), listener());
    let policy = format!(
        "mode = 'report'\n[deny]\noutbound = ['tcp://127.0.0.1:{port}', 'udp://127.0.0.1:{port}']\n\
         inbound = ['tcp://127.0.0.2:*']\nresolve = ['*.corp.test']"
    );
    let address = |port| std::net::SocketAddr::from(([127, 0, 0, 1], port));
    for way in WAYS {
        let script = Script::on(way)
            .connected("a", address(port))
            .connected("b", address(other))
            .udp("u", "0.0.0.0:0")
            .send("u", address(port))
            .send("u", address(other))
            .tcp("l")
            .step("bind l 127.0.0.2:0")
            .tcp("m")
            .step("bind m 127.0.0.1:0")
            .look_up("db.corp.test");
        let answers = script.run(&Guest::new(&policy));
        let no = "access-denied";
        assert_eq!(answers, [no, "ok", "ok", no, "sent", no, "ok", no], "{way:?}");
    }
    let fetch = format!("fetch http 127.0.0.1:{port} /");
    let answers = Script::on(Way::Wasi).step(fetch).run(&Guest::new(&policy));
    assert_eq!(answers, ["ErrorCode::HttpRequestDenied"]);
    assert!(is_untouched(&denied) && !is_untouched(&open));
}
