//! A program that waits for its standard input and for a server at once, natively and in every way on wasocket.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::process::{ChildStdin, Command};

use anyhow::{Context as _, Result, ensure};

use super::{Case, PATIENCE, Workshop};
use crate::process::{Running, native};

pub(super) const CASES: &[Case] = &[("chat_by_select", by_select), ("chat_by_asyncio", by_asyncio)];

/// Prints what each peer sends, until its standard input ends; at the start there is nothing to read.
const BY_SELECT: &str = r#"
import os, select, socket, sys
server = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
print("nothing", select.select([sys.stdin, server], [], [], 0.05)[0], flush=True)
os.set_blocking(0, False)
try:
    os.read(0, 1)
except BlockingIOError:
    print("would block", flush=True)
while True:
    ready, _, _ = select.select([sys.stdin, server], [], [])
    for source in ready:
        data = server.recv(99) if source is server else os.read(0, 99)
        print("server" if source is server else "input", data, flush=True)
        if source is not server:
            if not data:
                sys.exit()
            server.sendall(data)
"#;

const BY_ASYNCIO: &str = r#"
import asyncio, sys
async def hear(name, stream, then):
    while data := await stream.read(99):
        print(name, data, flush=True)
        then(data)
async def main():
    loop = asyncio.get_running_loop()
    reader, writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
    keyboard = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(keyboard), sys.stdin)
    print("nothing []", flush=True)
    print("would block", flush=True)
    hearing = asyncio.ensure_future(hear("server", reader, lambda data: None))
    await hear("input", keyboard, writer.write)
    print("input b''", flush=True)
    hearing.cancel()
asyncio.run(main())
"#;

fn by_select(workshop: &Workshop) -> Result<()> {
    everywhere(workshop, BY_SELECT)
}

fn by_asyncio(workshop: &Workshop) -> Result<()> {
    everywhere(workshop, BY_ASYNCIO)
}

fn everywhere(workshop: &Workshop, program: &str) -> Result<()> {
    let script = workshop.write("chat.py", program)?;
    let mut native = native(&workshop.python);
    native.arg(&script);
    converse(native).context("natively")?;
    for backend in ["host", "wasi"] {
        converse(workshop.command(&["run", "--allow-net", "--backend", backend, "chat.py"]))
            .with_context(|| format!("on backend {backend}"))?;
    }
    workshop.output(&["build", "chat.py", "-o", "chat.wasm"])?;
    let mut wasmtime = Command::new(&workshop.wasmtime);
    wasmtime.args(["run", "-Sinherit-network"]).arg(workshop.path("chat.wasm"));
    converse(wasmtime).context("under plain wasmtime")
}

/// The other end of both: one thing at a time, and each is heard before the next one.
fn converse(mut command: Command) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    command.arg(listener.local_addr()?.port().to_string());
    let (running, mut keyboard) = Running::with_keyboard(command)?;
    let heard = (|| {
        running.expect_line("nothing []", PATIENCE)?;
        running.expect_line("would block", PATIENCE)?;
        let (mut server, _) = listener.accept()?;
        say(&running, &mut server, "hello", "server b'hello'")?;
        type_in(&running, &mut keyboard, &mut server, "first\n")?;
        say(&running, &mut server, "again", "server b'again'")?;
        type_in(&running, &mut keyboard, &mut server, "second\n")?;
        drop(keyboard);
        running.expect_line("input b''", PATIENCE)
    })();
    let finished = running.finish(PATIENCE)?;
    heard.with_context(|| format!("{finished:?}"))?;
    ensure!(finished.status.success(), "{finished:?}");
    Ok(())
}

fn say(running: &Running, server: &mut TcpStream, text: &str, heard: &str) -> Result<()> {
    server.write_all(text.as_bytes())?;
    running.expect_line(heard, PATIENCE).map(drop)
}

fn type_in(running: &Running, keyboard: &mut ChildStdin, server: &mut TcpStream, line: &str) -> Result<()> {
    use std::io::Read as _;
    keyboard.write_all(line.as_bytes())?;
    running.expect_line(&format!("input b'{}'", line.escape_default()), PATIENCE)?;
    let mut passed_on = vec![0; line.len()];
    server.set_read_timeout(Some(PATIENCE))?;
    server.read_exact(&mut passed_on)?;
    ensure!(passed_on == line.as_bytes(), "the server got {passed_on:?}");
    Ok(())
}
