//! `echo_server [CONNECTIONS]`: serves any number of clients at a time, with one `poll`; ends after `CONNECTIONS`.
#![cfg(target_family = "wasm")]

use std::io::{Error, Result};
use std::time::Duration;

use wasocket::polling::Events;
use wasocket::{Program, Socket};
use wasocket_examples::{arguments, command, say};

command!(serve);

fn serve() -> Result<()> {
    let mut left: usize = arguments().first().map_or(Ok(usize::MAX), |count| count.parse()).map_err(Error::other)?;
    let server = Socket::tcp()?;
    server.bind(("127.0.0.1", 0))?;
    server.listen(64)?;
    say(&format!("listening: {server:?}"));
    let mut clients: Vec<Socket> = Vec::new();
    while left > 0 || !clients.is_empty() {
        let mut asked = vec![(&server, if left > 0 { Events::IN } else { Events::empty() })];
        asked.extend(clients.iter().map(|client| (client, Events::IN)));
        let ready = Program::current().poll(&asked, None)?;
        let mut ready = ready.into_iter().map(|events| !events.is_empty());
        let has_called = ready.next() == Some(true);
        clients.retain(|client| !ready.next().unwrap_or(false) || matches!(echo(client), Ok(true)));
        if has_called {
            let (client, peer) = server.accept()?;
            client.set_timeout(Some(Duration::from_secs(10)));
            say(&format!("connected: {peer:?}"));
            clients.push(client);
            left -= 1;
        }
    }
    Ok(())
}

/// Sends back what has come; whether there may be more.
fn echo(client: &Socket) -> wasocket::Result<bool> {
    let data = client.recv(65_536)?;
    client.send_all(&data)?;
    Ok(!data.is_empty())
}
