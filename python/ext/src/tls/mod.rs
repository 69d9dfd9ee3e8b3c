//! The functions for TLS that the package `wasocket` makes `_ssl` of: see `wasocket/tls`.
//!
//! They take and give contexts, connections and sessions as capsules, and touch no socket; what moves the records is
//! Python. So no callback of a program runs while anything here is borrowed.

mod certificates;
mod connections;
mod contexts;
mod derive;
mod handles;
mod refused;
mod tables;

pub(crate) use refused::make_exception;

use crate::errors::PyResult;
use crate::export::{END_OF_METHODS, Table, method};
use crate::ffi;
use crate::module::Definition;
use crate::object::Object;

static DEFINITION: Definition =
    Definition::new(c"_wasocket_tls", c"TLS without sockets: what _ssl is made of.", &FUNCTIONS.0);

/// Makes the module.
pub(crate) fn make_module() -> PyResult<Object> {
    DEFINITION.make()
}

static FUNCTIONS: Table<[ffi::PyMethodDef; 45]> = Table([
    method!(none, c"context", contexts::new, c"context() -> a context"),
    method!(
        many,
        c"context_set",
        contexts::set,
        c"context_set(context, verify_mode, verify_flags, check_host, tls12, tls13, protocols, ciphers, curve, tickets,\n\
        ticket_count, own_cipher_order): the settings for connections that are made from now on. check_host is -1 or flags."
    ),
    method!(many, c"load_cert_chain", contexts::load_cert_chain, c"load_cert_chain(context, chain, key, password)"),
    method!(one, c"is_key_encrypted", contexts::is_key_encrypted, c"is_key_encrypted(pem) -> bool"),
    method!(many, c"add_trusted", contexts::add_trusted, c"add_trusted(context, data, is_der, on_request) -> how many"),
    method!(one, c"add_mozilla_roots", contexts::add_mozilla_roots, c"add_mozilla_roots(context)"),
    method!(one, c"authorities", contexts::authorities, c"authorities(context) -> list of certificates in DER"),
    method!(one, c"trusted_count", contexts::trusted_count, c"trusted_count(context) -> int"),
    method!(one, c"take_key_lines", contexts::take_key_lines, c"take_key_lines(context) -> list of str"),
    method!(many, c"client", connections::client, c"client(context, host) -> a connection, with the settings as they are now"),
    method!(one, c"server", connections::server, c"server(context) -> a connection, with the settings as they are now"),
    method!(many, c"set_context", connections::set_context, c"set_context(connection, context): show its certificate"),
    method!(many, c"begin", connections::begin, c"begin(connection, context, session, log): a client speaks"),
    method!(one, c"progress", connections::progress, c"progress(connection) -> 0: done, 1: needs input, 2: a client spoke"),
    method!(one, c"wanted", connections::wanted, c"wanted(connection) -> how many bytes its record lacks"),
    method!(many, c"feed", connections::feed, c"feed(connection, data)"),
    method!(one, c"feed_end", connections::feed_end, c"feed_end(connection): the peer's stream has ended"),
    method!(one, c"server_name", connections::server_name, c"server_name(connection) -> str or None"),
    method!(many, c"answer", connections::answer, c"answer(connection, context, log)"),
    method!(many, c"refuse", connections::refuse, c"refuse(connection, alert)"),
    method!(many, c"read", connections::read, c"read(connection, most) -> bytes, b'' once closed, None without input"),
    method!(many, c"read_into", connections::read_into, c"read_into(connection, buffer, most) -> int, or None"),
    method!(one, c"pending", connections::pending, c"pending(connection) -> int"),
    method!(many, c"write", connections::write, c"write(connection, data)"),
    method!(one, c"close", connections::close, c"close(connection): end our direction"),
    method!(one, c"is_peer_closed", connections::is_peer_closed, c"is_peer_closed(connection) -> bool"),
    method!(one, c"output", connections::output, c"output(connection) -> bytes that are to be sent"),
    method!(many, c"sent", connections::sent, c"sent(connection, count): so many of them have been"),
    method!(one, c"version", connections::version, c"version(connection) -> str or None"),
    method!(one, c"cipher", connections::cipher, c"cipher(connection) -> (name, protocol, bits) or None"),
    method!(one, c"offered_ciphers", connections::offered_ciphers, c"offered_ciphers(connection) -> list"),
    method!(one, c"protocol", connections::protocol, c"protocol(connection) -> bytes or None"),
    method!(one, c"is_resumed", connections::is_resumed, c"is_resumed(connection) -> bool"),
    method!(one, c"session", connections::session, c"session(connection) -> a session, or None"),
    method!(many, c"peer_chain", connections::peer_chain, c"peer_chain(connection, verified) -> list of certificates"),
    method!(one, c"certificate_facts", certificates::facts, c"certificate_facts(der) -> tuple"),
    method!(one, c"ciphers", tables::ciphers, c"ciphers(selection) -> list of tuples"),
    method!(one, c"random_bytes", tables::random_bytes, c"random_bytes(count) -> bytes"),
    method!(many, c"object", tables::object, c"object(number, text, names) -> (number, short, long, identifier) or None"),
    method!(one, c"is_curve", tables::is_curve, c"is_curve(name) -> bool: whether set_ecdh_curve knows it"),
    method!(
        keywords,
        c"pbkdf2_hmac",
        derive::pbkdf2_hmac,
        c"pbkdf2_hmac($module, /, hash_name, password, salt, iterations,\n            dklen=None)\n--\n\n\
        Password based key derivation function 2 (PKCS #5 v2.0) with HMAC as pseudorandom function."
    ),
    method!(
        keywords,
        c"scrypt",
        derive::scrypt,
        c"scrypt($module, /, password, *, salt, n, r, p, maxmem=0, dklen=64)\n--\n\n\
        scrypt password-based key derivation function."
    ),
    method!(one, c"freeze", tables::freeze, c"freeze(type): nothing changes it any more"),
    method!(many, c"write_unraisable", tables::write_unraisable, c"write_unraisable(exception, callback or its result, is_result)"),
    END_OF_METHODS,
]);
