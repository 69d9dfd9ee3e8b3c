//! The other ends: native servers on port 0 that Python programs talk to, each with one behaviour.
//!
//! A program asks for peers in its header; each gets fresh ones, so no program sees what another did. Nothing here
//! sleeps: a peer acts when a connection, a byte or a command arrives.

pub(crate) mod certificates;
pub(crate) mod debian;
mod dns;
mod puppet;
mod server;
mod tcp;
mod udp;

use std::io;
use std::net::SocketAddr;
use std::path::Path;

use server::Server;

/// A peer that is running; it ends when this is dropped.
pub(crate) struct Peer {
    /// What the program calls it.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) address: SocketAddr,
    _running: Running,
}

/// What keeps a peer alive.
#[expect(dead_code, reason = "held only to be dropped")]
enum Running {
    Server(Server),
    Socket(socket2::Socket),
    Full(tcp::Full),
    Udp(udp::Stopped),
    Dns(Server, udp::Stopped),
    Script(crate::process::Background),
    Debian(debian::Debian),
}

/// Start the peer that a header names: `echo`, or `python:servers/smtp.py`.
pub(crate) fn start(name: &str, python: &Path) -> io::Result<Peer> {
    start_with_certificates(name, python, Path::new(""))
}

/// The same; a script is told where certificates are.
pub(crate) fn start_with_certificates(name: &str, python: &Path, certificates: &Path) -> io::Result<Peer> {
    let (address, running) = match name {
        "echo" => serve("127.0.0.1:0", None, tcp::echo)?,
        "echo6" => serve("[::1]:0", None, tcp::echo)?,
        "silent" => serve("127.0.0.1:0", None, tcp::silent)?,
        "reset" => serve("127.0.0.1:0", None, tcp::reset)?,
        "half-close" => serve("127.0.0.1:0", None, tcp::half_close)?,
        "sink" => serve("127.0.0.1:0", None, tcp::sink)?,
        "tiny-window" => serve("127.0.0.1:0", Some(tcp::TINY), tcp::tiny_reads)?,
        "source" => serve("127.0.0.1:0", None, tcp::source)?,
        "flood" => serve("127.0.0.1:0", None, tcp::flood)?,
        "puppet" => serve("127.0.0.1:0", None, puppet::obey)?,
        "full" => tcp::full()?,
        "closed" => tcp::closed("127.0.0.1:0")?,
        "closed6" => tcp::closed("[::1]:0")?,
        "udp-echo" => udp::echo("127.0.0.1:0")?,
        "udp-echo6" => udp::echo("[::1]:0")?,
        "udp-silent" => udp::silent()?,
        "udp-closed" => udp::closed()?,
        "dns" => dns::start()?,
        script => return start_script(script, python, certificates),
    };
    Ok(Peer { name: name.to_owned(), address, _running: running })
}

fn serve(
    local: &str,
    receive_buffer: Option<usize>,
    behaviour: server::Behaviour,
) -> io::Result<(SocketAddr, Running)> {
    let server = Server::start(local, receive_buffer, behaviour)?;
    Ok((server.address(), Running::Server(server)))
}

/// A server written in Python: its first line of output is its port.
fn start_script(name: &str, python: &Path, certificates: &Path) -> io::Result<Peer> {
    if let Some(server) = name.strip_prefix("debian:") {
        let (address, running) = debian::start(server, certificates)?;
        return Ok(Peer { name: server.to_owned(), address, _running: Running::Debian(running) });
    }
    let Some(script) = name.strip_prefix("python:") else {
        let message = format!("no peer is called `{name}`; see tests/peers/mod.rs for those that exist");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("servers").join(script);
    let environment = if script == "openssl.py" { debian::environment("openssl")? } else { Vec::new() };
    let mut process = crate::process::Background::start(python, &path, certificates, environment)?;
    let port = process.first_line()?;
    let port: u16 =
        port.trim().parse().map_err(|_| io::Error::other(format!("`{script}` printed `{port}`, not its port")))?;
    let name = script.trim_end_matches(".py").to_owned();
    Ok(Peer { name, address: SocketAddr::from(([127, 0, 0, 1], port)), _running: Running::Script(process) })
}
