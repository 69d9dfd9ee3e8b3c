//! TLS as a user meets it: the example for https, and a private key that must not end up in a component.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::{Case, Workshop};
use crate::peers::{self, Peer};

pub(super) const CASES: &[Case] = &[
    ("https_example", https_example),
    ("no_key_is_read_while_building", no_key_is_read_while_building),
    ("tls_tells_no_secret", tls_tells_no_secret),
];

/// A server with certificates, which are in the workshop's folder of this name.
pub(super) fn server(workshop: &Workshop, script: &str) -> Result<Peer> {
    let certificates = workshop.path("certificates");
    peers::certificates::make(&certificates)?;
    Ok(peers::start_with_certificates(script, &workshop.python, &certificates)?)
}

fn https_example(workshop: &Workshop) -> Result<()> {
    let server = server(workshop, "python:https_server.py")?;
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

/// Nothing of a connection's secrets is in what `wasocket` writes anywhere: they are in the file that the program itself asked for.
fn tls_tells_no_secret(workshop: &Workshop) -> Result<()> {
    let certificates = workshop.path("certificates");
    let server = server(workshop, "python:tls.py")?;
    let program = format!(
        "import socket, ssl\n\
         context = ssl.create_default_context(cafile='/certificates/authority.pem')\n\
         context.load_cert_chain('/certificates/good.pem')\n\
         context.keylog_filename = '/certificates/keys.txt'\n\
         with context.wrap_socket(socket.create_connection(('127.0.0.1', {})), server_hostname='asks-back.test') as tls:\n\
         \x20   tls.sendall(b'a word that nobody may see')\n\
         \x20   assert tls.recv(100) == b'A WORD THAT NOBODY MAY SEE'\n\
         try:\n\
         \x20   context.wrap_socket(socket.create_connection(('127.0.0.1', {})), server_hostname='expired.test')\n\
         except ssl.SSLError as error:\n\
         \x20   print(error)\n",
        server.address.port(),
        server.address.port(),
    );
    workshop.write("secret.py", &program)?;
    let run = ["run", "--allow-net", "--audit", "audit.json", "--dir", "certificates::/certificates", "secret.py"];
    let mut command = workshop.command(&run);
    command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full");
    let finished = crate::process::run(command, b"", super::PATIENCE)?;
    ensure!(finished.code() == 0 && finished.stdout.contains("certificate has expired"), "{finished:?}");
    let audit = std::fs::read_to_string(workshop.path("audit.json"))?;
    ensure!(audit.contains("\"connect\""), "{audit}");
    let keys = std::fs::read_to_string(certificates.join("keys.txt"))?;
    let own = std::fs::read_to_string(certificates.join("good.pem"))?;
    let own = own.split_once("PRIVATE KEY-----").context("a key")?.1;
    let secrets =
        keys.lines().filter_map(|line| line.rsplit(' ').next()).chain(own.lines().filter(|line| line.len() > 20));
    let secrets: Vec<_> =
        secrets.filter(|secret| !secret.starts_with("-----")).chain(["that nobody may", "THAT NOBODY MAY"]).collect();
    ensure!(secrets.len() > 6, "{keys}{own}");
    for (what, text) in [("output", &finished.stdout), ("errors", &finished.stderr), ("audit", &audit)] {
        let told: Vec<_> = secrets.iter().filter(|secret| text.contains(**secret)).collect();
        ensure!(told.is_empty(), "{what} tells {told:?}: {text}");
    }
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
