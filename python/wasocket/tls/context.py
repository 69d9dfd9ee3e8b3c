"""`_SSLContext`: the settings, keys and trusted certificates that connections are made with."""

from __future__ import annotations

import errno
import os
import warnings
from typing import Any

import _wasocket

from . import certificates, connection, constants, errors, files
from .errors import call
from .memory_bio import MemoryBIO
from .session import SSLSession
from .transport import OverBuffers, OverSocket

_tls = _wasocket.tls_module

_VERSIONS = {
    constants.PROTO_MINIMUM_SUPPORTED: None,
    0x300: "SSLv3",
    0x301: "TLSv1",
    0x302: "TLSv1_1",
    constants.PROTO_TLSv1_2: None,
    constants.PROTO_TLSv1_3: None,
    constants.PROTO_MAXIMUM_SUPPORTED: None,
}
_COUNTERS = (
    "number", "connect", "connect_good", "connect_renegotiate", "accept", "accept_good", "accept_renegotiate", "hits",
    "misses", "timeouts", "cache_full",
)  # fmt: skip
#: Protocols by the number that a context is made with; those that choose one version allow only that.
_AUTOMATIC = {2: "PROTOCOL_TLS", constants.PROTOCOL_TLS_CLIENT: None, constants.PROTOCOL_TLS_SERVER: None}
_PROTOCOL_TLSv1_2 = 5


class _attribute(property):
    """A property that says as a C type's does that it stays."""

    def __delete__(self, instance: object) -> None:
        name = type(instance).__name__
        raise AttributeError(f"attribute '{self.__name__}' of '{name}' objects cannot be deleted")


class _SSLContext:
    """What `ssl.SSLContext` derives from."""

    __module__ = "_ssl"
    __slots__ = (
        "_handle", "_protocol", "_options", "_verify_mode", "_verify_flags", "_check_hostname", "_flags_of_host",
        "_minimum", "_maximum", "_protocols", "_ciphers", "_curve", "_num_tickets", "_callback", "_keylog_filename",
        "_message_callback", "_counters", "__weakref__",
    )  # fmt: skip

    def __new__(cls, protocol: int, /) -> Any:
        if protocol in _AUTOMATIC or protocol == _PROTOCOL_TLSv1_2:
            if _AUTOMATIC.get(protocol, "PROTOCOL_TLSv1_2"):
                name = _AUTOMATIC.get(protocol, "PROTOCOL_TLSv1_2")
                warnings.warn(f"ssl.{name} is deprecated", DeprecationWarning, stacklevel=3)
        else:
            raise ValueError("invalid or unsupported protocol version")
        self = object.__new__(cls)
        client = protocol == constants.PROTOCOL_TLS_CLIENT
        self._handle = _tls.context()
        self._protocol = protocol
        self._options = constants.DEFAULT_OPTIONS
        self._verify_mode = constants.CERT_REQUIRED if client else constants.CERT_NONE
        self._check_hostname = client
        self._verify_flags = constants.DEFAULT_VERIFY_FLAGS
        self._flags_of_host = constants.HOSTFLAG_NO_PARTIAL_WILDCARDS
        only = constants.PROTO_TLSv1_2 if protocol == _PROTOCOL_TLSv1_2 else None
        self._minimum = only or constants.PROTO_MINIMUM_SUPPORTED
        self._maximum = only or constants.PROTO_MAXIMUM_SUPPORTED
        self._protocols = b""
        self._ciphers = self._curve = None
        self._num_tickets = 2
        self._callback = self._keylog_filename = self._message_callback = None
        self._counters = dict.fromkeys(_COUNTERS, 0)
        return self

    @_attribute
    def protocol(self) -> int:
        """Protocol version."""
        return self._protocol

    @_attribute
    def options(self) -> int:
        """The set of SSL options enabled on this context."""
        return self._options

    @options.setter
    def options(self, value: int) -> None:
        value = _integer(value)
        if value < 0:
            raise ValueError("Cannot convert negative int")
        if value >= 1 << 64:
            raise OverflowError("Python int too large for C unsigned long long")
        if value & ~self._options & constants.DEPRECATED_OPTIONS:
            text = "ssl.OP_NO_SSL*/ssl.OP_NO_TLS* options are deprecated"
            warnings.warn(text, DeprecationWarning, stacklevel=4)
        self._options = value

    @_attribute
    def verify_mode(self) -> int:
        """Whether to try to verify other peers' certificates."""
        return self._verify_mode

    @verify_mode.setter
    def verify_mode(self, value: int) -> None:
        value = _integer(value)
        if value not in range(3):
            raise ValueError("invalid value for verify_mode")
        if value == constants.CERT_NONE and self._check_hostname:
            raise ValueError("Cannot set verify_mode to CERT_NONE when check_hostname is enabled.")
        self._verify_mode = value

    @_attribute
    def check_hostname(self) -> bool:
        """Whether a server's certificate must be for the host that was asked for."""
        return self._check_hostname

    @check_hostname.setter
    def check_hostname(self, value: object) -> None:
        self._check_hostname = bool(value)
        if self._check_hostname and self._verify_mode == constants.CERT_NONE:
            self._verify_mode = constants.CERT_REQUIRED

    @_attribute
    def verify_flags(self) -> int:
        """Flags for certificate verification operations."""
        return self._verify_flags

    @verify_flags.setter
    def verify_flags(self, value: int) -> None:
        self._verify_flags = _integer(value) & 0xFFFFFFFF

    @_attribute
    def _host_flags(self) -> int:
        return self._flags_of_host

    @_host_flags.setter
    def _host_flags(self, value: int) -> None:
        self._flags_of_host = _integer(value) & 0xFFFFFFFF

    @_attribute
    def minimum_version(self) -> int:
        """The lowest version of TLS."""
        return self._minimum

    @minimum_version.setter
    def minimum_version(self, value: int) -> None:
        value = self._version(value)
        self._minimum = constants.PROTO_TLSv1_3 if value == constants.PROTO_MAXIMUM_SUPPORTED else value

    @_attribute
    def maximum_version(self) -> int:
        """The highest version of TLS."""
        return self._maximum

    @maximum_version.setter
    def maximum_version(self, value: int) -> None:
        value = self._version(value)
        self._maximum = constants.PROTO_TLSv1_2 if value == constants.PROTO_MINIMUM_SUPPORTED else value

    def _version(self, value: int) -> int:
        value = _integer(value)
        if self._protocol not in _AUTOMATIC:
            raise ValueError("The context's protocol doesn't support modification of highest and lowest version.")
        if value not in _VERSIONS:
            raise ValueError(f"Unsupported TLS/SSL version 0x{value & 0xFFFFFFFF:x}")
        if _VERSIONS[value] is not None:
            warnings.warn(f"ssl.TLSVersion.{_VERSIONS[value]} is deprecated", DeprecationWarning, stacklevel=5)
        return value

    @_attribute
    def sni_callback(self) -> Any:
        """What a server calls with the name that a client asks for."""
        return self._callback

    @sni_callback.setter
    def sni_callback(self, value: Any) -> None:
        if self._protocol == constants.PROTOCOL_TLS_CLIENT:
            raise ValueError("sni_callback cannot be set on TLS_CLIENT context")
        if value is not None and not callable(value):
            raise TypeError("not a callable object")
        self._callback = value

    @_attribute
    def _msg_callback(self) -> Any:
        return self._message_callback

    @_msg_callback.setter
    def _msg_callback(self, value: Any) -> None:
        if value is not None and not callable(value):
            raise TypeError(f"{value!r} is not callable.")
        self._message_callback = value

    @_attribute
    def keylog_filename(self) -> Any:
        """The file that TLS secrets are appended to."""
        return self._keylog_filename

    @keylog_filename.setter
    def keylog_filename(self, value: Any) -> None:
        if value is not None:
            os.fspath(value)  # a number would be a descriptor to `open()`
            if os.path.isdir(value):  # which WASI would say in other words, of some
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            with open(value, "a", encoding="ascii") as log:
                if log.tell() == 0:
                    log.write("# TLS secrets log file, generated by OpenSSL / Python\n")
        self._keylog_filename = value

    @_attribute
    def num_tickets(self) -> int:
        """How many tickets of TLS 1.3 a server sends."""
        return self._num_tickets

    @num_tickets.setter
    def num_tickets(self, value: int) -> None:
        value = _integer(value)
        if value < 0:
            raise ValueError("value must be non-negative")
        if self._protocol != constants.PROTOCOL_TLS_SERVER:
            raise ValueError("SSLContext is not a server context.")
        self._num_tickets = value

    @_attribute
    def post_handshake_auth(self) -> None:
        """None: it is not there, as `HAS_PHA` says."""

    @_attribute
    def security_level(self) -> int:
        """OpenSSL's level of what is strong enough: 112 bits."""
        return 2

    def set_ciphers(self, cipherlist: str, /) -> None:
        """Choose the ciphers of TLS 1.2."""
        if not isinstance(cipherlist, str):
            raise TypeError(f"set_ciphers() argument must be str, not {type(cipherlist).__name__}")
        try:
            call(_tls.ciphers, cipherlist)
        except errors.SSLError:
            raise errors.plain("No cipher can be selected.") from None
        self._ciphers = cipherlist

    def get_ciphers(self) -> list[dict[str, Any]]:
        """The ciphers, the most wanted first."""
        return [
            {
                "id": number, "name": name, "protocol": protocol, "description": description, "strength_bits": bits,
                "alg_bits": bits, "aead": True, "symmetric": symmetric, "digest": None, "kea": exchange,
                "auth": authentication,
            }  # fmt: skip
            for number, name, protocol, description, bits, symmetric, exchange, authentication in call(
                _tls.ciphers, self._ciphers
            )
        ]

    def set_ecdh_curve(self, name: str | bytes, /) -> None:
        """Choose the one curve for key exchange."""
        text = os.fsdecode(name)
        if not _tls.is_curve(text):
            raise ValueError(f"unknown elliptic curve name {name!r}")
        self._curve = text

    def load_dh_params(self, path: Any, /) -> None:
        """Not there: only curves are used for key exchange."""
        files.expect_dh_params(files.contents(path, "path should be a valid filesystem path"))
        raise NotImplementedError("Diffie-Hellman parameters are not supported; key exchange uses elliptic curves")

    def set_psk_client_callback(self, callback: Any) -> None:
        """Not there: `HAS_PSK` is false."""
        raise NotImplementedError("TLS-PSK is not supported by your OpenSSL version.")

    def set_psk_server_callback(self, callback: Any, identity_hint: str | None = None) -> None:
        """Not there: `HAS_PSK` is false."""
        raise NotImplementedError("TLS-PSK is not supported by your OpenSSL version.")

    def load_cert_chain(self, certfile: Any, keyfile: Any = None, password: Any = None) -> None:
        """Load a certificate, those above it, and its private key."""
        files.refuse_while_building()
        chain = files.contents(certfile, "certfile should be a valid filesystem path")
        key = chain if keyfile is None else files.contents(keyfile, "keyfile should be a valid filesystem path")
        call(_tls.load_cert_chain, self._handle, chain, key, files.password_for(key, password))

    def load_verify_locations(self, cafile: Any = None, capath: Any = None, cadata: Any = None) -> None:
        """Trust the certificates of a file, of a folder, and of data."""
        if cafile is None and capath is None and cadata is None:
            raise TypeError("cafile, capath and cadata cannot be all omitted")
        if cadata is not None:
            data, is_der = files.certificate_data(cadata)
            call(_tls.add_trusted, self._handle, data, is_der, False)
        if cafile is not None:
            self._trust_file(files.contents(cafile, "cafile should be a valid filesystem path"))
        if capath is not None:
            for path in files.hashed_certificates(capath):
                self._trust_file(files.contents(path, ""), on_request=True)

    def _trust_file(self, data: bytes, on_request: bool = False) -> None:
        try:
            call(_tls.add_trusted, self._handle, data, False, on_request)
            return
        except errors.SSLError as error:
            is_empty = error.library is None
        if is_empty:
            text, reason = "[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found", "NO_CERTIFICATE_OR_CRL_FOUND"
            raise errors.make(errors.SSLError, 136, f"{text} (_ssl.c)", "X509", reason)
        raise errors.make(errors.SSLError, constants.ERR_PEM_LIB, "[X509] PEM lib (_ssl.c)", "X509")

    def set_default_verify_paths(self) -> None:
        """Trust what `SSL_CERT_FILE` and `SSL_CERT_DIR` name, or else Mozilla's roots."""
        file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
        if not file and not folder:
            _tls.add_mozilla_roots(self._handle)
            return
        # What is not there is passed over, as OpenSSL does it.
        if file and os.path.isfile(file):
            self._trust_file(files.contents(file, ""))
        for path in files.hashed_certificates(folder) if folder else ():
            self._trust_file(files.contents(path, ""), on_request=True)

    def cert_store_stats(self) -> dict[str, int]:
        """How many certificates are trusted, and how many of them are authorities."""
        return {
            "x509": _tls.trusted_count(self._handle), "crl": 0, "x509_ca": len(_tls.authorities(self._handle)),
        }  # fmt: skip

    def get_ca_certs(self, binary_form: bool = False) -> list[Any]:
        """The trusted authorities, as dictionaries or in DER."""
        authorities = _tls.authorities(self._handle)
        return authorities if binary_form else [certificates.describe(der) for der in authorities]

    def session_stats(self) -> dict[str, int]:
        """How many connections there have been."""
        return dict(self._counters)

    def _set_alpn_protocols(self, protocols: bytes, /) -> None:
        self._protocols = bytes(protocols)

    def _wrap_socket(
        self, sock: Any, server_side: Any, server_hostname: Any = None, *, owner: Any = None, session: Any = None
    ) -> Any:
        """A connection over a socket."""
        return self._wrap(OverSocket(sock), server_side, server_hostname, owner or sock, session)

    def _wrap_bio(
        self, incoming: Any, outgoing: Any, server_side: Any, server_hostname: Any = None, *,
        owner: Any = None, session: Any = None,
    ) -> Any:  # fmt: skip
        """A connection over two memory buffers."""
        for name, buffer in (("incoming", incoming), ("outgoing", outgoing)):
            if not isinstance(buffer, MemoryBIO):
                raise TypeError(f"_wrap_bio() argument '{name}' must be _ssl.MemoryBIO, not {type(buffer).__name__}")
        return self._wrap(OverBuffers(incoming, outgoing), server_side, server_hostname, owner, session)

    def _wrap(self, transport: Any, server_side: Any, host: Any, owner: Any, session: Any) -> Any:
        server_side = bool(server_side)
        if self._check_hostname and not host:
            raise ValueError("check_hostname requires server_hostname")
        if server_side and host is not None:
            raise ValueError("server_hostname can only be specified in client mode")
        if server_side and session is not None:
            raise ValueError("session can only be specified in client mode")
        if server_side and self._protocol == constants.PROTOCOL_TLS_CLIENT:
            raise errors.plain("Cannot create a server socket with a PROTOCOL_TLS_CLIENT context")
        if not server_side and self._protocol == constants.PROTOCOL_TLS_SERVER:
            raise errors.plain("Cannot create a client socket with a PROTOCOL_TLS_SERVER context")
        made = connection.wrap(self, transport, server_side, _host_name(host), owner)
        if session is not None:
            if not isinstance(session, SSLSession):
                raise TypeError("Value is not a SSLSession.")
            made.session = session
        return made

    def _prepared(self) -> object:
        """The handle, with the settings as they are now. A connection takes most of them when it is made, and keeps them."""
        low = max(self._minimum, constants.PROTO_TLSv1_2) if self._minimum > 0 else constants.PROTO_TLSv1_2
        high = self._maximum if self._maximum > 0 else constants.PROTO_TLSv1_3
        call(
            _tls.context_set,
            self._handle,
            self._verify_mode,
            self._verify_flags,
            self._flags_of_host if self._check_hostname else -1,
            low <= constants.PROTO_TLSv1_2 <= high and not self._options & constants.OP_NO_TLSv1_2,
            low <= constants.PROTO_TLSv1_3 <= high and not self._options & constants.OP_NO_TLSv1_3,
            self._protocols,
            self._ciphers,
            self._curve,
            not self._options & constants.OP_NO_TICKET,
            self._num_tickets,
            self._options & constants.OP_CIPHER_SERVER_PREFERENCE,
        )
        return self._handle

    def _count(self, what: str) -> None:
        self._counters[what] += 1

    def _logs_keys(self) -> bool:
        return self._keylog_filename is not None

    def _log_keys(self) -> None:
        """Append the secrets that the program wants in its file."""
        if self._keylog_filename is not None and (lines := _tls.take_key_lines(self._handle)):
            with open(self._keylog_filename, "a", encoding="ascii") as log:
                log.writelines(line + "\n" for line in lines)


def _integer(value: Any) -> int:
    if not hasattr(value, "__index__"):
        raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer")
    return int(value.__index__())


def _host_name(host: Any) -> str | None:
    if host is None:
        return None
    if isinstance(host, str):
        encoded = host.encode("idna")
    elif isinstance(host, (bytes, bytearray)):
        encoded = bytes(host)
    else:
        raise TypeError(f"_wrap_socket() argument 'server_hostname' must be str or None, not {type(host).__name__}")
    if b"\0" in encoded:
        raise TypeError(f"argument must be encoded string without null bytes, not {type(host).__name__}")
    if not encoded or encoded.startswith(b"."):
        raise ValueError("server_hostname cannot be an empty string or start with a leading dot.")
    return encoded.decode("ascii")
