"""The hub's own certificate authority, the server certificate that it signs, and a look at a certificate in use."""

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sharp_eyes.configuration.whole_files import write_private
from sharp_eyes.hub.errors import SettingsError
from sharp_eyes.hub.private_files import make_private_folder

AUTHORITY_DAYS = 3650
SERVER_DAYS = 825
"""What browsers of the Apple family take at most from an authority that was installed by hand."""

_ALWAYS = ("localhost", "127.0.0.1", "::1")
# A machine whose clock is a little behind must not refuse a certificate that was made this minute.
_BACKDATED = timedelta(hours=1)

_Key = ec.EllipticCurvePrivateKey


class TlsFiles(NamedTuple):
    """A server's certificate with its chain, and the private key to it; both PEM."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Certificates:
    """What was written, and the SHA-256 fingerprint of the authority, to be compared on a gateway."""

    authority: Path
    certificate: Path
    key: Path
    names: tuple[str, ...]
    ends: datetime
    fingerprint: str


def make_certificates(folder: Path, names: Sequence[str], now: datetime, days: int = SERVER_DAYS) -> Certificates:
    """Write ``ca.crt``, ``ca.key``, ``server.crt`` and ``server.key``; an authority that is there is kept.

    ``names`` are host names and addresses under which gateways and browsers reach the hub; this machine's loopback
    names are added.

    Raises:
        SettingsError: a name is none, or the folder cannot be read or written.
    """
    if not names:
        raise SettingsError("tls make: give the hub's host names and addresses with --name")
    every = tuple(dict.fromkeys([*names, *_ALWAYS]))
    alternatives = [_alternative(name) for name in every]
    try:
        make_private_folder(folder)
        authority, authority_key = _authority(folder, now)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _server(authority, authority_key, key, alternatives, names[0], now, days)
        chain = _pem(certificate) + _pem(authority)
        write_private(folder / "server.key", _key_pem(key))
        write_private(folder / "server.crt", chain)
    except OSError as error:
        raise SettingsError(f"{folder}: {error.strerror}") from error
    return Certificates(
        folder / "ca.crt",
        folder / "server.crt",
        folder / "server.key",
        every,
        certificate.not_valid_after_utc,
        authority.fingerprint(hashes.SHA256()).hex(":"),
    )


def check_certificate(files: TlsFiles, now: datetime) -> datetime:
    """See that a certificate can be used and belongs to its key; return when it ends.

    Raises:
        SettingsError: a file cannot be read, the two do not belong together, or the certificate is not valid now.
    """
    certificate, key = files
    first = x509_of(certificate)
    try:
        secret = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except OSError as error:
        raise SettingsError(f"tls.key_file {key}: {error.strerror}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"tls.key_file {key}: no private key without a password in PEM form") from error
    if secret.public_key() != first.public_key():
        raise SettingsError(f"tls.key_file {key} does not belong to tls.certificate_file {certificate}")
    if not first.not_valid_before_utc <= now <= first.not_valid_after_utc:
        raise SettingsError(
            f"tls.certificate_file {certificate} is valid from {first.not_valid_before_utc} to "
            f"{first.not_valid_after_utc}, and now it is {now:%Y-%m-%d %H:%M} UTC; renew it, for ours with 'tls make'"
        )
    return first.not_valid_after_utc


def x509_of(certificate: Path) -> x509.Certificate:
    """Read the first certificate of a PEM file, which is the server's own.

    Raises:
        SettingsError: names the file.
    """
    try:
        return x509.load_pem_x509_certificates(certificate.read_bytes())[0]
    except OSError as error:
        raise SettingsError(f"tls.certificate_file {certificate}: {error.strerror}") from error
    except ValueError as error:
        raise SettingsError(f"tls.certificate_file {certificate}: no certificate in PEM form") from error


def authority_of(certificate: Path) -> x509.Certificate | None:
    """The authority at the end of a certificate's chain; ``None`` where the chain ends before it, as public ones do.

    Raises:
        SettingsError: names the file.
    """
    try:
        last = x509.load_pem_x509_certificates(certificate.read_bytes())[-1]
    except OSError as error:
        raise SettingsError(f"tls.certificate_file {certificate}: {error.strerror}") from error
    except ValueError as error:
        raise SettingsError(f"tls.certificate_file {certificate}: no certificate in PEM form") from error
    return last if last.issuer == last.subject else None


def names_of(certificate: Path) -> list[str]:
    """Host names and addresses for which a server's certificate holds, as it lists them.

    Raises:
        SettingsError: names the file.
    """
    try:
        found = x509_of(certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [str(name.value) for name in found if isinstance(name, x509.DNSName | x509.IPAddress)]


def pem_of(certificate: x509.Certificate) -> str:
    """A certificate as PEM."""
    return _pem(certificate).decode("ascii")


def fingerprint_of(certificate: x509.Certificate) -> bytes:
    """SHA-256 of a certificate."""
    return certificate.fingerprint(hashes.SHA256())


def _authority(folder: Path, now: datetime) -> tuple[x509.Certificate, _Key]:
    certificate_file, key_file = folder / "ca.crt", folder / "ca.key"
    if certificate_file.is_file() and not key_file.is_file():
        raise SettingsError(
            f"{certificate_file} is there without its ca.key; bring the key back, or choose another folder"
        )
    if key_file.is_file() and certificate_file.is_file():
        try:
            key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise SettingsError(f"{key_file}: no private key without a password in PEM form; bring it back") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise SettingsError(f"{key_file} was not made by 'tls make'; choose another folder")
        return x509_of(certificate_file), key
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Sharp Eyes hub {socket.gethostname()}"[:64])])
    usage = _usage(key_cert_sign=True, crl_sign=True)
    certificate = (
        _builder(name, name, key, now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_private(key_file, _key_pem(key))
    write_private(certificate_file, _pem(certificate))
    return certificate, key


def _server(
    authority: x509.Certificate,
    authority_key: _Key,
    key: _Key,
    alternatives: Iterable[x509.GeneralName],
    name: str,
    now: datetime,
    days: int,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    return (
        _builder(subject, authority.subject, key, now, days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(issuer_key, critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _builder(subject: x509.Name, issuer: x509.Name, key: _Key, now: datetime, days: int) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.astimezone(UTC) - _BACKDATED)
        .not_valid_after(now.astimezone(UTC) + timedelta(days=days))
    )


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        pass
    if not name or "/" in name or ":" in name or not name.isascii():
        raise SettingsError(f"--name {name!r}: give a host name or an address, without scheme and port")
    return x509.DNSName(name)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: _Key) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
