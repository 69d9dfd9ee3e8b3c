//! Functions on contexts.

use std::ffi::{c_char, c_int, c_uint};

use wasocket_tls::{Context, Settings, VerifyMode, certificates_of, is_pem_key_encrypted};

use super::handles::{with, wrap};
use crate::arguments::{Buffer, c_string, parse_tuple};
use crate::errors::{Exception, PyResult};
use crate::export::Arguments;
use crate::object::{Borrowed, Object};

/// The object that a slot of the format `O` was filled with.
pub(super) fn given(slot: *mut crate::ffi::PyObject) -> PyResult<Borrowed<'static>> {
    // SAFETY: the parser borrowed it from the arguments, which outlive the function that calls this.
    unsafe { Borrowed::from_pointer(slot) }.ok_or_else(|| Exception::Type.raise("an argument is missing"))
}

pub(super) fn new(_: Arguments<'_>) -> PyResult<Object> {
    wrap(Context::default())
}

pub(super) fn set(arguments: Arguments<'_>) -> PyResult<Object> {
    let mut context = std::ptr::null_mut();
    let (mut mode, mut flags, mut host): (c_int, c_uint, c_int) = (0, 0, -1);
    let (mut tls12, mut tls13, mut tickets, mut count, mut order): (c_int, c_int, c_int, c_int, c_int) =
        (0, 0, 0, 0, 0);
    let (mut protocols, mut ciphers, mut curve) =
        (Buffer::empty(), std::ptr::null::<c_char>(), std::ptr::null::<c_char>());
    parse_tuple!(
        arguments.given,
        c"OiIippy*zzpip",
        &raw mut context,
        &raw mut mode,
        &raw mut flags,
        &raw mut host,
        &raw mut tls12,
        &raw mut tls13,
        &raw mut protocols,
        &raw mut ciphers,
        &raw mut curve,
        &raw mut tickets,
        &raw mut count,
        &raw mut order,
    )?;
    let settings = Settings {
        verify_mode: verify_mode(mode)?,
        verify_flags: flags,
        check_host: u32::try_from(host).ok(),
        tls12: tls12 != 0,
        tls13: tls13 != 0,
        protocols: split_protocols(protocols.bytes()),
        ciphers: text(ciphers),
        curve: text(curve),
        tickets: tickets != 0,
        ticket_count: usize::try_from(count).unwrap_or(0),
        own_cipher_order: order != 0,
    };
    with::<Context, _>(given(context)?, |context| context.set(settings))?;
    Ok(Object::none())
}

fn verify_mode(number: c_int) -> PyResult<VerifyMode> {
    match number {
        0 => Ok(VerifyMode::None),
        1 => Ok(VerifyMode::Optional),
        2 => Ok(VerifyMode::Required),
        _ => Err(Exception::Value.raise("invalid value for verify_mode")),
    }
}

pub(super) fn text(pointer: *const c_char) -> Option<String> {
    c_string(pointer).map(|text| text.to_string_lossy().into_owned())
}

/// The wire's form: each name after its length.
fn split_protocols(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut names = Vec::new();
    while let Some((length, rest)) = bytes.split_first() {
        let (name, rest) = rest.split_at(usize::from(*length).min(rest.len()));
        names.push(name.to_vec());
        bytes = rest;
    }
    names
}

pub(super) fn load_cert_chain(arguments: Arguments<'_>) -> PyResult<Object> {
    let mut context = std::ptr::null_mut();
    let (mut chain, mut key, mut password) = (Buffer::empty(), Buffer::empty(), Buffer::empty());
    parse_tuple!(arguments.given, c"Oy*y*z*", &raw mut context, &raw mut chain, &raw mut key, &raw mut password)?;
    // An empty password is not what encrypts a key: none was given.
    let secret = Some(password.bytes()).filter(|secret| !secret.is_empty());
    with::<Context, _>(given(context)?, |context| context.load_cert_chain(chain.bytes(), key.bytes(), secret))??;
    Ok(Object::none())
}

pub(super) fn is_key_encrypted(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::boolean(is_pem_key_encrypted(Buffer::of(arguments.given)?.bytes()))
}

pub(super) fn add_trusted(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut context, mut data) = (std::ptr::null_mut(), Buffer::empty());
    let (mut is_der, mut on_request): (c_int, c_int) = (0, 0);
    parse_tuple!(arguments.given, c"Oy*pp", &raw mut context, &raw mut data, &raw mut is_der, &raw mut on_request)?;
    let found = certificates_of(data.bytes(), is_der != 0)?;
    let count = found.len();
    with::<Context, _>(given(context)?, |context| {
        let trust = context.trust_mut();
        found.into_iter().try_for_each(|certificate| {
            if on_request == 0 { trust.add(certificate) } else { trust.add_on_request(certificate) }
        })
    })??;
    Object::size(count)
}

pub(super) fn add_mozilla_roots(arguments: Arguments<'_>) -> PyResult<Object> {
    with::<Context, _>(arguments.given, |context| context.trust_mut().add_mozilla_roots())?;
    Ok(Object::none())
}

pub(super) fn authorities(arguments: Arguments<'_>) -> PyResult<Object> {
    let found: Vec<Vec<u8>> =
        with::<Context, _>(arguments.given, |context| context.trust().authorities().map(<[u8]>::to_vec).collect())?;
    Object::list(found.iter().map(|certificate| Object::bytes(certificate)))
}

pub(super) fn trusted_count(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::size(with::<Context, _>(arguments.given, |context| context.trust().len())?)
}

pub(super) fn take_key_lines(arguments: Arguments<'_>) -> PyResult<Object> {
    let lines = with::<Context, _>(arguments.given, |context| context.take_key_lines())?;
    Object::list(lines.iter().map(|line| Object::text(line)))
}
