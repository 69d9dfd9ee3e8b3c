//! Functions on connections.

use std::ffi::{c_char, c_int};

use wasocket_tls::{Cipher, Connection, Context, Plaintext, Progress, Session};

use super::contexts::{given, text};
use super::handles::{with, wrap};
use crate::arguments::{Buffer, parse_tuple};
use crate::errors::{Exception, PyResult};
use crate::export::Arguments;
use crate::ffi::Py_ssize_t;
use crate::object::{Borrowed, Object};

pub(super) fn client(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut context, mut host) = (std::ptr::null_mut(), std::ptr::null::<c_char>());
    parse_tuple!(arguments.given, c"Oz", &raw mut context, &raw mut host)?;
    let host = text(host);
    wrap(with::<Context, _>(given(context)?, |context| Connection::client(context, host.as_deref()))??)
}

pub(super) fn server(arguments: Arguments<'_>) -> PyResult<Object> {
    wrap(with::<Context, _>(arguments.given, |context| Connection::server(context))?)
}

pub(super) fn set_context(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut connection, mut context) = (std::ptr::null_mut(), std::ptr::null_mut());
    parse_tuple!(arguments.given, c"OO", &raw mut connection, &raw mut context)?;
    let (connection, context) = (given(connection)?, given(context)?);
    on(connection, |connection| with::<Context, _>(context, |context| connection.set_context(context)))??;
    Ok(Object::none())
}

pub(super) fn begin(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut connection, mut context, mut session) = (std::ptr::null_mut(), std::ptr::null_mut(), std::ptr::null_mut());
    let mut log: c_int = 0;
    parse_tuple!(arguments.given, c"OOOp", &raw mut connection, &raw mut context, &raw mut session, &raw mut log)?;
    let (connection, context, session) = (given(connection)?, given(context)?, given(session)?);
    let session = if session.is_none() { None } else { Some(with::<Session, _>(session, |session| session.clone())?) };
    on(connection, |connection| {
        with::<Context, _>(context, |context| connection.begin(context, session.as_ref(), log != 0))
    })???;
    Ok(Object::none())
}

pub(super) fn progress(arguments: Arguments<'_>) -> PyResult<Object> {
    let progress = on(arguments.given, |connection| connection.progress())??;
    Object::integer(match progress {
        Progress::Done => 0,
        Progress::NeedsInput => 1,
        Progress::Hello => 2,
    })
}

pub(super) fn wanted(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::size(on(arguments.given, |connection| connection.wanted())?)
}

pub(super) fn feed(arguments: Arguments<'_>) -> PyResult<Object> {
    let (connection, data) = with_data(arguments)?;
    on(connection, |connection| connection.feed(data.bytes()))??;
    Ok(Object::none())
}

pub(super) fn feed_end(arguments: Arguments<'_>) -> PyResult<Object> {
    on(arguments.given, |connection| connection.feed_end())??;
    Ok(Object::none())
}

pub(super) fn server_name(arguments: Arguments<'_>) -> PyResult<Object> {
    optional_text(on(arguments.given, |connection| connection.server_name().map(str::to_owned))?.as_deref())
}

pub(super) fn answer(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut connection, mut context) = (std::ptr::null_mut(), std::ptr::null_mut());
    let mut log: c_int = 0;
    parse_tuple!(arguments.given, c"OOp", &raw mut connection, &raw mut context, &raw mut log)?;
    let (connection, context) = (given(connection)?, given(context)?);
    on(connection, |connection| with::<Context, _>(context, |context| connection.answer(context, log != 0)))???;
    Ok(Object::none())
}

pub(super) fn refuse(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut connection, mut alert): (_, c_int) = (std::ptr::null_mut(), 0);
    parse_tuple!(arguments.given, c"Oi", &raw mut connection, &raw mut alert)?;
    let alert = u8::try_from(alert).map_err(|_| Exception::Value.raise("an alert is a number from 0 to 255"))?;
    Err(on(given(connection)?, |connection| connection.refuse(alert))?.into())
}

pub(super) fn read(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut connection, mut most): (_, Py_ssize_t) = (std::ptr::null_mut(), 0);
    parse_tuple!(arguments.given, c"On", &raw mut connection, &raw mut most)?;
    let most = usize::try_from(most).map_err(|_| Exception::Value.raise("size should not be negative"))?;
    match on(given(connection)?, |connection| connection.read(most))?? {
        Plaintext::Data(data) => Object::bytes(&data),
        Plaintext::Closed => Object::bytes(&[]),
        Plaintext::NeedsInput => Ok(Object::none()),
    }
}

pub(super) fn read_into(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut connection, mut buffer, mut most): (_, _, Py_ssize_t) = (std::ptr::null_mut(), Buffer::empty(), 0);
    parse_tuple!(arguments.given, c"Ow*n", &raw mut connection, &raw mut buffer, &raw mut most)?;
    let most = usize::try_from(most).unwrap_or(0).min(buffer.len());
    match on(given(connection)?, |connection| connection.read(most))?? {
        Plaintext::Data(data) => Object::size(buffer.write(0, &data)),
        Plaintext::Closed => Object::size(0),
        Plaintext::NeedsInput => Ok(Object::none()),
    }
}

pub(super) fn pending(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::size(on(arguments.given, Connection::pending)?)
}

pub(super) fn write(arguments: Arguments<'_>) -> PyResult<Object> {
    let (connection, data) = with_data(arguments)?;
    on(connection, |connection| connection.write(data.bytes()))??;
    Ok(Object::none())
}

pub(super) fn close(arguments: Arguments<'_>) -> PyResult<Object> {
    on(arguments.given, Connection::close)??;
    Ok(Object::none())
}

pub(super) fn is_peer_closed(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::boolean(on(arguments.given, |connection| connection.is_peer_closed())?)
}

pub(super) fn output(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::bytes(&on(arguments.given, |connection| connection.output().to_vec())?)
}

pub(super) fn sent(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut connection, mut count): (_, Py_ssize_t) = (std::ptr::null_mut(), 0);
    parse_tuple!(arguments.given, c"On", &raw mut connection, &raw mut count)?;
    on(given(connection)?, |connection| connection.sent(usize::try_from(count).unwrap_or(0)))?;
    Ok(Object::none())
}

pub(super) fn version(arguments: Arguments<'_>) -> PyResult<Object> {
    optional_text(on(arguments.given, |connection| connection.version())?)
}

pub(super) fn cipher(arguments: Arguments<'_>) -> PyResult<Object> {
    on(arguments.given, |connection| connection.cipher())?.map_or_else(|| Ok(Object::none()), three_facts)
}

pub(super) fn offered_ciphers(arguments: Arguments<'_>) -> PyResult<Object> {
    let offered = on(arguments.given, |connection| connection.offered_ciphers().to_vec())?;
    Object::list(offered.into_iter().map(three_facts))
}

fn three_facts(cipher: &Cipher) -> PyResult<Object> {
    Object::tuple([Object::text(cipher.name)?, Object::text(cipher.protocol)?, Object::integer(cipher.bits.into())?])
}

pub(super) fn protocol(arguments: Arguments<'_>) -> PyResult<Object> {
    match on(arguments.given, |connection| connection.protocol().map(<[u8]>::to_vec))? {
        Some(protocol) => Object::bytes(&protocol),
        None => Ok(Object::none()),
    }
}

pub(super) fn is_resumed(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::boolean(on(arguments.given, |connection| connection.is_resumed())?)
}

pub(super) fn session(arguments: Arguments<'_>) -> PyResult<Object> {
    let session = on(arguments.given, |connection| connection.session().clone())?;
    if session.is_resumable() { wrap(session) } else { Ok(Object::none()) }
}

pub(super) fn peer_chain(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut connection, mut verified): (_, c_int) = (std::ptr::null_mut(), 0);
    parse_tuple!(arguments.given, c"Op", &raw mut connection, &raw mut verified)?;
    let chain =
        on(
            given(connection)?,
            |connection| {
                if verified == 0 { connection.peer_chain() } else { connection.verified_chain() }
            },
        )?;
    Object::list(chain.iter().map(|certificate| Object::bytes(certificate)))
}

fn on<R>(connection: Borrowed<'_>, act: impl FnOnce(&mut Connection) -> R) -> PyResult<R> {
    with::<Connection, R>(connection, act)
}

fn with_data(arguments: Arguments<'_>) -> PyResult<(Borrowed<'static>, Buffer)> {
    let (mut connection, mut data) = (std::ptr::null_mut(), Buffer::empty());
    parse_tuple!(arguments.given, c"Oy*", &raw mut connection, &raw mut data)?;
    Ok((given(connection)?, data))
}

fn optional_text(text: Option<&str>) -> PyResult<Object> {
    text.map_or_else(|| Ok(Object::none()), Object::text)
}
