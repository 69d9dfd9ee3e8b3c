//! `http_client HOST PORT PATH`: fetches a page over HTTP/1.1 and prints its status and its body.
#![cfg(target_family = "wasm")]

use std::io::{BufRead, Error, Read, Result, Write};
use std::time::Duration;

use wasocket::Program;
use wasocket_examples::{arguments, command, say};

command!(fetch);

fn fetch() -> Result<()> {
    let [host, port, path] = &arguments()[..] else {
        return Err(Error::other("usage: http_client HOST PORT PATH"));
    };
    let port = port.parse().map_err(Error::other)?;
    let socket = Program::current().create_connection(host, port, Some(Duration::from_secs(10)))?;
    let (mut reader, mut writer) = socket.makefile()?;
    write!(writer, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    writer.flush()?;

    let mut status = String::new();
    reader.read_line(&mut status)?;
    say(status.trim_end());
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let mut body = String::new();
    reader.read_to_string(&mut body)?;
    say(body.trim_end());
    Ok(())
}
