//! Policies in files: read, checked, learned, and the events that `--audit` writes.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::{Case, Workshop};
use crate::peers;

pub(super) const CASES: &[Case] = &[
    ("the_document_on_policies_is_right", the_document_on_policies_is_right),
    ("a_malformed_policy_runs_nothing", a_malformed_policy_runs_nothing),
    ("the_policy_of_the_examples_works", the_policy_of_the_examples_works),
    ("a_learned_policy_is_enough", a_learned_policy_is_enough),
    ("a_policy_that_reports_refuses_nothing", a_policy_that_reports_refuses_nothing),
    ("an_audit_on_standard_output_is_alone_there", an_audit_on_standard_output_is_alone_there),
    ("the_only_socket_module_meets_the_policy", the_only_socket_module_meets_the_policy),
];

const FETCH: &str = "import socket, sys\nwith socket.create_connection((sys.argv[1], int(sys.argv[2]))) as sock:\n    sock.sendall(b'hello')\n    print(sock.recv(5))\n";

/// Every TOML block of docs/policy.md is a policy, and every command behind one says what the document says.
fn the_document_on_policies_is_right(workshop: &Workshop) -> Result<()> {
    let document = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/policy.md"))?;
    let (mut policies, mut commands) = (0, 0);
    let mut lines = document.lines().peekable();
    while let Some(line) = lines.next() {
        if line == "```toml" {
            let policy: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            workshop.write("policy.toml", policy.join("\n"))?;
            workshop.output(&["policy", "check", "policy.toml"])?;
            policies += 1;
        } else if let Some(command) = line.strip_prefix("    $ wasocket ") {
            let mut expected = String::new();
            while let Some(line) = lines.next_if(|line| line.starts_with("    ")) {
                expected.push_str(line.trim_start());
                expected.push('\n');
            }
            let finished = workshop.run(&command.split(' ').collect::<Vec<_>>())?;
            ensure!(finished.stdout == expected, "{command}: expected {expected:?}, got {finished:?}");
            let status = i32::from(!expected.starts_with("allowed"));
            ensure!(finished.code() == status, "{command}: {finished:?}");
            commands += 1;
        }
    }
    ensure!(policies >= 3 && commands >= 10, "found only {policies} policies and {commands} commands");
    Ok(())
}

fn a_malformed_policy_runs_nothing(workshop: &Workshop) -> Result<()> {
    workshop.write("program.py", "print('ran')")?;
    for (policy, line, part) in [
        ("[allow]\n\noutbound = ['tcp://example.com']\n", 3, "the port is missing"),
        ("[alow]\n", 1, "unknown field `alow`"),
        ("[limits]\nsockets = 'many'\n", 2, "invalid type"),
        ("[allow\n", 1, "a policy has mode"),
    ] {
        workshop.write("policy.toml", policy)?;
        let place = format!("policy.toml:{line}: ");
        workshop.refused(&["run", "--policy", "policy.toml", "program.py"], &[&place, part])?;
        workshop.refused(&["policy", "check", "policy.toml"], &[&place, part])?;
    }
    workshop.write("policy.toml", [b'\n', 0xff])?;
    workshop.refused(&["run", "--policy", "policy.toml", "program.py"], &["policy.toml:2: ", "not UTF-8"])?;
    workshop.refused(&["run", "--policy", "absent.toml", "program.py"], &["absent.toml"])?;
    workshop.write("policy.toml", "")?;
    workshop.refused(&["policy", "check", "policy.toml", "http://a.test"], &["tcp://db.example.com:5432"])
}

fn the_policy_of_the_examples_works(workshop: &Workshop) -> Result<()> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let text = std::fs::read_to_string(examples.join("policy.toml"))?;
    // The example's ports are fixed, a test's are not.
    let server = peers::start("python:http_server.py", &workshop.python)?;
    let port = server.address.port();
    workshop.write("policy.toml", text.replace("8000-8999", &port.to_string()))?;
    let fetch = examples.join("fetch.py");
    let fetch = fetch.to_str().context("the path is no UTF-8")?;
    let url = format!("http://localhost:{port}/");
    let output = workshop.output(&["run", "--policy", "policy.toml", fetch, &url])?;
    ensure!(output.starts_with("200 ") || output.starts_with("404 "), "{output:?}");
    let allowed = workshop.output(&["policy", "check", "policy.toml", "tcp://example.com:443"])?;
    ensure!(allowed.starts_with("allowed: "), "{allowed:?}");
    Ok(())
}

fn a_learned_policy_is_enough(workshop: &Workshop) -> Result<()> {
    workshop.write("fetch.py", FETCH)?;
    let echo = peers::start("echo", &workshop.python)?;
    let port = echo.address.port().to_string();
    let learned = workshop.run(&["policy", "learn", "fetch.py", "127.0.0.1", &port])?;
    ensure!(learned.code() == 0 && learned.stderr == "b'hello'\n", "{learned:?}");
    ensure!(learned.stdout == format!("[allow]\noutbound = [\n    \"tcp://127.0.0.1:{port}\",\n]\n"), "{learned:?}");
    workshop.write("policy.toml", &learned.stdout)?;
    let output = workshop.output(&["run", "--policy", "policy.toml", "fetch.py", "127.0.0.1", &port])?;
    ensure!(output == "b'hello'\n", "{output:?}");
    let refused = workshop.run(&["policy", "learn", "fetch.py", "169.254.169.254", "80"])?;
    ensure!(refused.code() == 1 && refused.stderr.contains("PermissionError"), "{refused:?}");
    Ok(())
}

fn a_policy_that_reports_refuses_nothing(workshop: &Workshop) -> Result<()> {
    workshop.write("fetch.py", FETCH)?;
    workshop.write("policy.toml", "mode = 'report'\n")?;
    let echo = peers::start("echo", &workshop.python)?;
    let port = echo.address.port().to_string();
    let finished = workshop.run(&["run", "--policy", "policy.toml", "fetch.py", "127.0.0.1", &port])?;
    ensure!(finished.stdout == "b'hello'\n", "{finished:?}");
    let line = format!("wasocket: would be denied: connect to tcp 127.0.0.1:{port}");
    ensure!(finished.stderr.contains(&line), "{finished:?}");
    Ok(())
}

fn an_audit_on_standard_output_is_alone_there(workshop: &Workshop) -> Result<()> {
    workshop.write("fetch.py", FETCH)?;
    let echo = peers::start("echo", &workshop.python)?;
    let port = echo.address.port().to_string();
    let rule = format!("tcp://127.0.0.1:{port}");
    let arguments = ["run", "--audit", "-", "--allow-outbound", &rule, "fetch.py", "127.0.0.1", &port];
    let finished = workshop.run(&arguments)?;
    ensure!(finished.code() == 0 && finished.stderr == "b'hello'\n", "{finished:?}");
    let events = events(&finished.stdout)?;
    let connect = events.iter().find(|event| event["operation"] == "connect").context("nothing of the connection")?;
    ensure!(connect["verdict"] == "allowed" && connect["port"] == echo.address.port(), "{connect}");
    ensure!(connect["rule"] == format!("--allow-outbound {rule}").as_str(), "{connect}");
    ensure!(!finished.stdout.contains("hello"), "the audit holds what was sent: {}", finished.stdout);

    let finished = workshop.run(&["run", "--audit", "audit.jsonl", "fetch.py", "127.0.0.1", &port])?;
    ensure!(finished.code() == 1, "{finished:?}");
    let events = self::events(&std::fs::read_to_string(workshop.path("audit.jsonl"))?)?;
    let refused = events.iter().find(|event| event["verdict"] == "refused").context("nothing of the refusal")?;
    ensure!(refused["reason"] == "no-rule" && refused["errno"] == "EACCES", "{refused}");
    ensure!(refused["remedy"] == format!("--allow-outbound {rule}").as_str(), "{refused}");
    Ok(())
}

/// Every line is an event with the fields that all have.
fn events(text: &str) -> Result<Vec<Value>> {
    let events: Vec<Value> =
        text.lines().map(serde_json::from_str).collect::<Result<_, _>>().context(text.to_owned())?;
    for event in &events {
        for field in ["time", "guest", "event", "operation"] {
            ensure!(event[field].is_string(), "no {field} in {event}");
        }
    }
    Ok(events)
}

/// The interpreter has one `_socket`: the one that is linked into it is ours, and to import it anew bypasses nothing.
fn the_only_socket_module_meets_the_policy(workshop: &Workshop) -> Result<()> {
    let program = "
import importlib.machinery, importlib.util, sys
spec = importlib.machinery.BuiltinImporter.find_spec('_socket')
installed = sys.modules.pop('_socket')
builtin = importlib.util.module_from_spec(spec)
spec.loader.exec_module(builtin)
assert builtin.socket is installed.socket, 'there is another one'
for attempt in (
    lambda: builtin.socket(builtin.AF_INET, builtin.SOCK_STREAM).connect(('127.0.0.1', int(sys.argv[1]))),
    lambda: builtin.socket(builtin.AF_INET, builtin.SOCK_STREAM).bind(('127.0.0.1', 8080)),
    lambda: builtin.socket(builtin.AF_INET, builtin.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', int(sys.argv[1]))),
    lambda: builtin.getaddrinfo('one.test', 80),
):
    try:
        attempt()
    except OSError as error:
        print('refused', type(error).__name__, error, file=sys.stderr)
        print('refused')
    else:
        print('went through')
";
    workshop.write("builtin.py", program)?;
    let echo = peers::start("echo", &workshop.python)?;
    let finished = workshop.run(&["run", "builtin.py", &echo.address.port().to_string()])?;
    ensure!(finished.code() == 0, "{finished:?}");
    ensure!(finished.stdout == "refused\n".repeat(4), "{finished:?}");
    for line in ["connect to tcp 127.0.0.1", "bind to tcp 127.0.0.1:8080", "send to udp 127.0.0.1", "look up one.test"]
    {
        ensure!(finished.stderr.contains(&format!("wasocket: denied: {line}")), "{finished:?}");
    }
    Ok(())
}
