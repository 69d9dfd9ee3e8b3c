//! Real servers from Debian's packages: found on the `PATH`, or unpacked below `target/` by `cargo xtask setup`.
//!
//! Each runs in the foreground with a folder of its own, is ready when it says so, and is stopped by its process id.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;

use super::server::PATIENCE;

/// A running server.
pub(crate) struct Debian {
    child: Child,
    _folder: tempfile::TempDir,
}

impl Drop for Debian {
    fn drop(&mut self) {
        use rustix::process::{Pid, Signal, kill_process};
        // nginx stops its workers when it is asked to end, not when it is killed.
        if let Some(process) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // It may have ended by itself.
            let _ = kill_process(process, Signal::TERM);
        }
        drop(self.child.wait());
    }
}

/// Starts `nginx`, `redis` or `dnsmasq`, or one of the first two over TLS, with the certificate `good`. A port cannot be left to them: one that was free may be taken in the meantime, and
/// then they end at once and another is tried.
pub(crate) fn start(name: &str, certificates: &Path) -> io::Result<(SocketAddr, Debian)> {
    let mut said = String::new();
    for _ in 0..ATTEMPTS {
        let address = free_address()?;
        let folder = tempfile::tempdir()?;
        let (mut command, ready) = match name {
            "nginx" => nginx(folder.path(), address, "")?,
            "nginx-tls12" => nginx(folder.path(), address, &over_tls(certificates, "TLSv1.2"))?,
            "nginx-tls13" => nginx(folder.path(), address, &over_tls(certificates, "TLSv1.3"))?,
            "redis" => redis(folder.path(), address, None)?,
            "redis-tls" => redis(folder.path(), address, Some(certificates))?,
            "dnsmasq" => dnsmasq(address)?,
            _ => return Err(io::Error::other(format!("no server of Debian's is called `{name}` here"))),
        };
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let output = lines(&mut child);
        match wait_for(&output, ready) {
            Ok(()) => return Ok((address, Debian { child, _folder: folder })),
            Err(text) => said = text,
        }
        drop(child.kill());
        drop(child.wait());
    }
    Err(io::Error::other(format!("{name} did not start; it said:\n{said}")))
}

const ATTEMPTS: usize = 3;

/// The path of an executable, and where the libraries that came with it are.
pub(crate) fn executable(name: &str) -> io::Result<Command> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let system = [PathBuf::from("/usr/sbin"), PathBuf::from("/usr/bin")];
    if let Some(found) = std::env::split_paths(&folders).chain(system).map(|f| f.join(name)).find(|p| p.exists()) {
        return Ok(Command::new(found));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/wasocket/servers/root");
    let unpacked = ["usr/sbin", "usr/bin"].map(|folder| root.join(folder).join(name));
    let found = unpacked.into_iter().find(|path| path.exists());
    let found = found.ok_or_else(|| {
        io::Error::other(format!(
            "{name} is neither on the PATH nor in target/wasocket/servers; run `cargo xtask setup`"
        ))
    })?;
    let mut command = Command::new(found);
    let libraries = std::fs::read_dir(root.join("usr/lib"))?.flatten().map(|entry| entry.path());
    command.env("LD_LIBRARY_PATH", std::env::join_paths(libraries).map_err(io::Error::other)?);
    Ok(command)
}

/// An executable for a script that runs it: `NAME`, and `NAME_LIBRARIES` if it needs libraries of its own.
pub(crate) fn environment(name: &str) -> io::Result<Vec<(String, OsString)>> {
    let command = executable(name)?;
    let name = name.to_uppercase();
    let libraries = command.get_envs().find_map(|(_, libraries)| libraries);
    let libraries = libraries.map(|libraries| (format!("{name}_LIBRARIES"), libraries.to_owned()));
    Ok([(name, command.get_program().to_owned())].into_iter().chain(libraries).collect())
}

/// An address that nobody has, for TCP and for UDP.
fn free_address() -> io::Result<SocketAddr> {
    loop {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        if UdpSocket::bind(address).is_ok() {
            return Ok(address);
        }
    }
}

fn redis(folder: &Path, address: SocketAddr, certificates: Option<&Path>) -> io::Result<(Command, &'static str)> {
    let mut command = executable("redis-server")?;
    let port = address.port().to_string();
    match certificates {
        None => command.args(["--port", &port]),
        Some(certificates) => {
            let (own, authority) = (certificates.join("good.pem"), certificates.join("authority.pem"));
            command.args(["--port", "0", "--tls-port", &port, "--tls-cert-file"]).arg(&own).arg("--tls-key-file");
            command.arg(own).arg("--tls-ca-cert-file").arg(authority).args(["--tls-auth-clients", "optional"])
        }
    };
    command.args(["--bind", "127.0.0.1"]);
    command.args(["--save", "", "--appendonly", "no", "--dir"]).arg(folder);
    Ok((command, "Ready to accept connections"))
}

fn dnsmasq(address: SocketAddr) -> io::Result<(Command, &'static str)> {
    let mut command = executable("dnsmasq")?;
    command.args(["--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--no-poll", "--user=root"]);
    command.args(["--bind-interfaces", "--listen-address=127.0.0.1", "--pid-file="]);
    command.arg(format!("--port={}", address.port())).args(["--local=/test/", "--local=/arpa/"]);
    command.args(["--host-record=www.test,192.0.2.1,2001:db8::1", "--txt-record=text.test,hello world"]);
    command.args(["--cname=alias.test,www.test", "--mx-host=mail.test,www.test,10"]);
    for number in 0..LARGE {
        command.arg(format!("--txt-record=large.test,record {number} of a set that no datagram of 512 bytes holds"));
    }
    Ok((command, "started, version"))
}

/// How many records `large.test` has.
const LARGE: usize = 20;

/// What makes nginx speak this version of TLS and no other.
fn over_tls(certificates: &Path, version: &str) -> String {
    let own = certificates.join("good.pem");
    let own = own.display();
    format!("ssl; ssl_certificate {own}; ssl_certificate_key {own}; ssl_protocols {version}")
}

fn nginx(folder: &Path, address: SocketAddr, tls: &str) -> io::Result<(Command, &'static str)> {
    let pages = folder.join("pages");
    std::fs::create_dir_all(pages.join("forbidden"))?;
    std::fs::write(pages.join("page.txt"), "A page.\n")?;
    std::fs::write(pages.join("text.txt"), "A line that repeats.\n".repeat(5000))?;
    let big: Vec<u8> = (0..8_u32 << 20).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    std::fs::write(pages.join("big.bin"), &big)?;
    std::fs::write(pages.join("slow.bin"), big.get(..100_000).unwrap_or_default())?;
    let configuration = folder.join("nginx.conf");
    let temporary = folder.display();
    let text = NGINX.replace("ADDRESS", &format!("{address} {tls}")).replace("FOLDER", &temporary.to_string());
    std::fs::write(&configuration, text)?;
    let mut command = executable("nginx")?;
    command.arg("-p").arg(folder).arg("-e").arg("stderr").arg("-c").arg(configuration);
    Ok((command, "start worker process "))
}

const NGINX: &str = r#"
daemon off; worker_processes 1; pid FOLDER/nginx.pid; error_log stderr notice;
events { worker_connections 256; }
http {
  access_log off; default_type text/plain; types { text/plain txt; application/octet-stream bin; }
  client_body_temp_path FOLDER/body; proxy_temp_path FOLDER/proxy; fastcgi_temp_path FOLDER/fastcgi;
  uwsgi_temp_path FOLDER/uwsgi; scgi_temp_path FOLDER/scgi;
  gzip on; gzip_min_length 100; client_max_body_size 64m; keepalive_requests 10000; server_tokens off;
  server {
    listen ADDRESS; root FOLDER/pages; absolute_redirect off;
    location = /old { return 302 /page.txt; }
    location = /teapot { return 418 "short and stout"; }
    location = /upload { return 200 "$content_length"; }
    location = /slow.bin { limit_rate 1k; }
  }
}
"#;

/// All that it says, line by line.
fn lines(child: &mut Child) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel();
    let streams: [Option<Box<dyn Read + Send>>; 2] = [
        child.stdout.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>),
        child.stderr.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>),
    ];
    for stream in streams.into_iter().flatten() {
        let sender = sender.clone();
        thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                drop(sender.send(line));
            }
        });
    }
    lines
}

/// Waits for the line; if it ends before, all that it said is the error.
fn wait_for(lines: &mpsc::Receiver<String>, ready: &str) -> Result<(), String> {
    let mut said = String::new();
    while let Ok(line) = lines.recv_timeout(PATIENCE) {
        if line.contains(ready) {
            return Ok(());
        }
        said.push_str(&line);
        said.push('\n');
    }
    Err(said)
}
