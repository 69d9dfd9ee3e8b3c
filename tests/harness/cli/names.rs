//! Rules on names, from the command line to a socket: with a name server of our own, which no query leaves.

use anyhow::{Result, ensure};

use super::{Case, Workshop};
use crate::peers;

pub(super) const CASES: &[Case] = &[
    ("a_name_needs_a_lookup_to_open_its_address", a_name_needs_a_lookup_to_open_its_address),
    ("a_name_on_loopback_needs_a_rule_on_the_address", a_name_on_loopback_needs_a_rule_on_the_address),
    ("a_refused_lookup_is_a_permission_error", a_refused_lookup_is_a_permission_error),
    ("a_name_of_a_metadata_address_is_refused", a_name_of_a_metadata_address_is_refused),
    ("a_mapped_name_reaches_its_address", a_mapped_name_reaches_its_address),
];

const FETCH: &str = "import socket, sys\nwith socket.create_connection((sys.argv[1], int(sys.argv[2]))) as sock:\n    sock.sendall(b'hello')\n    print(sock.recv(5))\n";

fn a_mapped_name_reaches_its_address(workshop: &Workshop) -> Result<()> {
    workshop.write("fetch.py", FETCH)?;
    let echo = peers::start("echo", &workshop.python)?;
    let port = echo.address.port().to_string();
    let rule = format!("tcp://db.internal->127.0.0.1:{port}");
    let output = workshop.output(&["run", "--allow-outbound", &rule, "fetch.py", "db.internal", &port])?;
    ensure!(output == "b'hello'\n", "{output:?}");
    Ok(())
}

fn a_name_needs_a_lookup_to_open_its_address(workshop: &Workshop) -> Result<()> {
    workshop.write("fetch.py", FETCH)?;
    let echo = peers::start("echo", &workshop.python)?;
    let port = echo.address.port().to_string();
    let rule = format!("tcp://db.internal->127.0.0.1:{port}");
    let finished = workshop.run(&["run", "--allow-outbound", &rule, "fetch.py", "127.0.0.1", &port])?;
    ensure!(finished.code() == 1 && finished.stderr.contains("PermissionError"), "{finished:?}");
    Ok(())
}

fn a_name_on_loopback_needs_a_rule_on_the_address(workshop: &Workshop) -> Result<()> {
    workshop.write("fetch.py", FETCH)?;
    let (echo, dns) = (peers::start("echo", &workshop.python)?, peers::start("dns", &workshop.python)?);
    let (port, server) = (echo.address.port().to_string(), dns.address.to_string());
    let (name, address) = (format!("tcp://loop.test:{port}"), format!("tcp://127.0.0.1:{port}"));
    let finished =
        workshop.run(&["run", "--dns", &server, "--allow-outbound", &name, "fetch.py", "loop.test", &port])?;
    ensure!(finished.code() == 1 && finished.stderr.contains("it leads to 127.0.0.1"), "{finished:?}");
    let both = ["run", "--dns", &server, "--allow-outbound", &name, "--allow-outbound", &address];
    let output = workshop.output(&[&both[..], &["fetch.py", "loop.test", &port]].concat())?;
    ensure!(output == "b'hello'\n", "{output:?}");
    Ok(())
}

fn a_refused_lookup_is_a_permission_error(workshop: &Workshop) -> Result<()> {
    let program = "import socket\ntry:\n    socket.getaddrinfo('one.test', 80)\nexcept PermissionError as error:\n    print(error.errno is not None)\n";
    workshop.write("lookup.py", program)?;
    let finished = workshop.run(&["run", "lookup.py"])?;
    ensure!(finished.stdout == "True\n", "{finished:?}");
    ensure!(finished.stderr.contains("look up one.test; allow it with --allow-resolve one.test"), "{finished:?}");
    Ok(())
}

fn a_name_of_a_metadata_address_is_refused(workshop: &Workshop) -> Result<()> {
    workshop.write("fetch.py", FETCH)?;
    let dns = peers::start("dns", &workshop.python)?;
    let server = dns.address.to_string();
    for (name, says) in [("meta.test", "a cloud metadata address"), ("169.254.169.254", "a cloud metadata address")] {
        let finished = workshop.run(&["run", "--dns", &server, "--allow-net", "fetch.py", name, "80"])?;
        ensure!(finished.code() == 1 && finished.stderr.contains("PermissionError"), "{finished:?}");
        ensure!(finished.stderr.contains(says), "{finished:?}");
    }
    Ok(())
}
