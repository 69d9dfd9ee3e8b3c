//! Two ends that hand each other their records.

use wasocket_tls::{Connection, Context, Error, Plaintext, Progress};

/// Feeds all of `data`, record by record; a server that has heard a client is answered with `context`.
pub(crate) fn feed(to: &mut Connection, mut data: &[u8], context: &mut Context) -> Result<(), Error> {
    while !data.is_empty() {
        let (now, rest) = data.split_at(to.wanted().clamp(1, data.len()));
        to.feed(now)?;
        if to.progress()? == Progress::Hello {
            to.answer(context)?;
        }
        data = rest;
    }
    Ok(())
}

/// A client and a server, as far as their handshake gets: the first error, and whose it is.
pub(crate) fn connect(
    client: &mut Context,
    server: &mut Context,
    host: &str,
) -> Result<(Connection, Connection), (&'static str, Error)> {
    let mut ends = (
        Connection::client(client, Some(host), None, false).map_err(|error| ("client", error))?,
        Connection::server(false),
    );
    for _ in 0..8 {
        carry(&mut ends.0, &mut ends.1, server).map_err(|error| ("server", error))?;
        carry(&mut ends.1, &mut ends.0, client).map_err(|error| ("client", error))?;
    }
    assert_eq!((ends.0.progress(), ends.1.progress()), (Ok(Progress::Done), Ok(Progress::Done)));
    Ok(ends)
}

/// What one end has to send reaches the other.
pub(crate) fn carry(from: &mut Connection, to: &mut Connection, context: &mut Context) -> Result<(), Error> {
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
