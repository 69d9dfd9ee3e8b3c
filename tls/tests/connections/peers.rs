//! Two ends that hand each other their records.

use wasocket_tls::{Connection, Context, Error, Plaintext, Progress, Session};

/// Feeds all of `data`, record by record; a server that has heard a client is answered with `context`.
pub(crate) fn feed(to: &mut Connection, mut data: &[u8], context: &Context) -> Result<(), Error> {
    while !data.is_empty() {
        let (now, rest) = data.split_at(to.wanted().clamp(1, data.len()));
        to.feed(now)?;
        if to.progress()? == Progress::Hello {
            to.answer(context, false)?;
        }
        data = rest;
    }
    Ok(())
}

/// A client that has spoken.
pub(crate) fn client(context: &Context, host: &str, session: Option<&Session>) -> Result<Connection, Error> {
    let mut made = Connection::client(context, Some(host))?;
    made.begin(context, session, false)?;
    Ok(made)
}

/// A client and a server, as far as their handshake gets: the first error, and whose it is.
pub(crate) fn connect(
    client_context: &Context,
    server_context: &Context,
    host: &str,
) -> Result<(Connection, Connection), (&'static str, Error)> {
    let client = client(client_context, host, None).map_err(|error| ("client", error))?;
    shake(client, Connection::server(server_context), server_context)
}

/// Two ends, as far as their handshake gets; the server is answered with `context`.
pub(crate) fn shake(
    client: Connection,
    server: Connection,
    context: &Context,
) -> Result<(Connection, Connection), (&'static str, Error)> {
    let mut ends = (client, server);
    for _ in 0..8 {
        carry(&mut ends.0, &mut ends.1, context).map_err(|error| ("server", error))?;
        carry(&mut ends.1, &mut ends.0, context).map_err(|error| ("client", error))?;
    }
    assert_eq!((ends.0.progress(), ends.1.progress()), (Ok(Progress::Done), Ok(Progress::Done)));
    Ok(ends)
}

/// What one end has to send reaches the other.
pub(crate) fn carry(from: &mut Connection, to: &mut Connection, context: &Context) -> Result<(), Error> {
    let output = from.output().to_vec();
    from.sent(output.len());
    feed(to, &output, context)
}

/// What the other reads of all that one end has to send.
pub(crate) fn read_all(from: &mut Connection, to: &mut Connection) -> Result<Vec<u8>, Error> {
    let output = from.output().to_vec();
    from.sent(output.len());
    let (mut all, mut left) = (Vec::new(), output.as_slice());
    while !left.is_empty() {
        let (now, rest) = left.split_at(to.wanted().clamp(1, left.len()));
        to.feed(now)?;
        while let Plaintext::Data(data) = to.read(1 << 20)? {
            all.extend(data);
        }
        left = rest;
    }
    Ok(all)
}
