"""Certificates: `Certificate`, and the dictionary of `getpeercert()`."""

from __future__ import annotations

import binascii
from typing import Any

import _wasocket

from . import constants
from .errors import call

_tls = _wasocket.tls_module


class Certificate:
    """A certificate of a chain."""

    __module__ = "_ssl"
    __slots__ = ("_der",)
    _der: bytes

    def __new__(cls, *_: object) -> Certificate:
        raise TypeError("cannot create '_ssl.Certificate' instances")

    def __eq__(self, other: object) -> bool:
        return self._der == other._der if isinstance(other, Certificate) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._der)

    def __repr__(self) -> str:
        subject = ", ".join(f"{name}={value}" for names in self.get_info()["subject"] for name, value in names)
        return f"<_ssl.Certificate '{subject}'>"

    def public_bytes(self, format: int = constants.ENCODING_PEM) -> str | bytes:
        """The certificate in PEM, as str, or in DER, as bytes."""
        if format == constants.ENCODING_DER:
            return self._der
        if format != constants.ENCODING_PEM:
            raise ValueError("Unsupported format")
        text = binascii.b2a_base64(self._der, newline=False).decode("ascii")
        lines = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
        return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"

    def get_info(self) -> dict[str, Any]:
        """What `getpeercert()` says of it."""
        return describe(self._der)


def wrap(der: bytes) -> Certificate:
    """The certificate object for `der`."""
    certificate = object.__new__(Certificate)
    certificate._der = der
    return certificate


def describe(der: bytes) -> dict[str, Any]:
    """The dictionary of `getpeercert()`."""
    subject, issuer, version, serial, before, after, alternatives, ocsp, issuers, revocations = call(
        _tls.certificate_facts, der
    )
    facts: dict[str, Any] = {
        "subject": _name(subject),
        "issuer": _name(issuer),
        "version": version,
        "serialNumber": serial,
        "notBefore": before,
        "notAfter": after,
    }
    if alternatives:
        facts["subjectAltName"] = tuple(
            (kind, _name(value) if kind == "DirName" else value) for kind, value in alternatives
        )
    for key, values in (("OCSP", ocsp), ("caIssuers", issuers), ("crlDistributionPoints", revocations)):
        if values:
            facts[key] = tuple(values)
    return facts


def _name(sets: list[list[tuple[str, str]]]) -> tuple[tuple[tuple[str, str], ...], ...]:
    return tuple(tuple(names) for names in sets)
