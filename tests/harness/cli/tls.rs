//! TLS as a user meets it: the example for https, and a private key that must not end up in a component.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::{Case, Workshop};
use crate::peers;

pub(super) const CASES: &[Case] =
    &[("https_example", https_example), ("no_key_is_read_while_building", no_key_is_read_while_building)];

fn https_example(workshop: &Workshop) -> Result<()> {
    let certificates = workshop.path("certificates");
    peers::certificates::make(&certificates)?;
    let server = peers::start_with_certificates("python:https_server.py", &workshop.python, &certificates)?;
    let port = server.address.port();
    let (rule, url) = (format!("tcp://127.0.0.1:{port}"), format!("https://127.0.0.1:{port}/page"));
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/https_get.py");
    let example = example.to_str().context("the path is no UTF-8")?;
    let run = ["run", "--allow-outbound", &rule, "--dir", "certificates::/certificates::ro", example, &url];
    let output = workshop.output(&[&run[..], &["/certificates/authority.pem"]].concat())?;
    ensure!(output == "200 OK\nyou asked for /page with None", "{output:?}");
    let untrusted = workshop.run(&run)?;
    ensure!(untrusted.code() == 1 && untrusted.stderr.contains("CERTIFICATE_VERIFY_FAILED"), "{untrusted:?}");
    Ok(())
}

/// The check is the package's own, which builds that import a program's modules meet.
fn no_key_is_read_while_building(workshop: &Workshop) -> Result<()> {
    let certificates = workshop.path("certificates");
    peers::certificates::make(&certificates)?;
    let program = "import ssl\nssl.create_default_context().load_cert_chain('/certificates/good.pem')\n";
    workshop.write("key.py", program)?;
    let run = ["run", "--dir", "certificates::/certificates::ro", "key.py"];
    let output = workshop.output(&run)?;
    ensure!(output.is_empty(), "{output:?}");
    let mut command = workshop.command(&run[..1]);
    command.args(["--env", "COMPONENTIZE_PY_APP_NAME=app"]).args(&run[1..]);
    let refused = crate::process::run(command, b"", super::PATIENCE)?;
    ensure!(refused.code() == 1 && refused.stderr.contains("while a component is being built"), "{refused:?}");
    Ok(())
}
