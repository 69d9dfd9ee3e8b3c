//! A server that says "welcome".
#![expect(clippy::disallowed_methods, reason = "the example is the server as well")]

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};

use anyhow::Result;

/// A server that calls `visited` for each connection, and sends a greeting.
pub(crate) fn serve(visited: impl Fn() + Send + 'static) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            visited();
            // A client may close without reading the greeting.
            let _ = stream.and_then(|mut stream| stream.write_all(b"welcome"));
        }
    });
    Ok(address)
}
