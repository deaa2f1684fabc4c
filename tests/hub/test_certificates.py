"""The hub's own authority and certificate, and a certificate that cannot be used."""

import logging
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.hub.test_cli import run

from sharp_eyes.hub.certificates import TlsFiles, check_certificate, make_certificates, x509_of
from sharp_eyes.hub.errors import SettingsError
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.settings import HttpSettings, HubSettings, TlsSettings, load_settings

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_it_says_what_hub_and_gateways_need(tmp_path: Path) -> None:
    """Lines to copy, with the first name given; the settings read back as they were printed."""
    answer = run("tls", "make", str(tmp_path / "tls"), "--name", "eyes.example.org", "--name", "192.0.2.7")
    assert answer.exit_code == 0, answer.output
    assert "hub: {url: 'mqtts://eyes.example.org:18830', ca_file: ca.crt}" in answer.output
    line = next(line for line in answer.output.splitlines() if line.strip().startswith("tls:"))
    (tmp_path / "hub.yaml").write_text(line.strip())
    assert load_settings(tmp_path / "hub.yaml").tls_files == (tmp_path / "tls/server.crt", tmp_path / "tls/server.key")


def test_the_authority_stays_when_the_certificate_is_renewed(tmp_path: Path) -> None:
    """Gateways and browsers go on trusting it; both certificates hold against it."""
    first = make_certificates(tmp_path, ["a.example.org"], NOW)
    authority, server = first.authority.read_bytes(), x509_of(first.certificate)
    second = make_certificates(tmp_path, ["b.example.org"], NOW + timedelta(days=700))
    assert second.authority.read_bytes() == authority
    renewed = x509_of(second.certificate)
    assert renewed.serial_number != server.serial_number
    renewed.verify_directly_issued_by(x509_of(second.authority))
    ssl.create_default_context(cafile=str(second.authority))


@pytest.mark.parametrize("name", ["https://eyes.example.org", "eyes.example.org:8420", "", "锐眼.cn"])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    """Before anything is written."""
    with pytest.raises(SettingsError, match="--name"):
        make_certificates(tmp_path / "tls", [name], NOW)
    assert not (tmp_path / "tls").exists()


def test_an_authority_without_its_key_is_not_replaced_silently(tmp_path: Path) -> None:
    """Every gateway would stop trusting the hub."""
    make_certificates(tmp_path, ["a.example.org"], NOW)
    (tmp_path / "ca.key").unlink()
    with pytest.raises(SettingsError, match=r"ca\.crt is there without its ca\.key"):
        make_certificates(tmp_path, ["a.example.org"], NOW)


def test_a_certificate_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """Missing, no certificate, of another key, not valid any more or not yet."""
    made = make_certificates(tmp_path / "a", ["a.example.org"], NOW, days=90)
    other = make_certificates(tmp_path / "b", ["a.example.org"], NOW)
    text = tmp_path / "text"
    text.write_text("hello")
    for certificate, key, now, words in (
        (tmp_path / "none", made.key, NOW, "tls.certificate_file .*none"),
        (made.certificate, tmp_path / "none", NOW, "tls.key_file .*none"),
        (text, made.key, NOW, "no certificate in PEM"),
        (made.certificate, text, NOW, "no private key"),
        (made.certificate, other.key, NOW, "does not belong to"),
        (made.certificate, made.key, NOW + timedelta(days=91), "renew it"),
        (made.certificate, made.key, NOW - timedelta(days=1), "valid from"),
    ):
        with pytest.raises(SettingsError, match=words):
            check_certificate(TlsFiles(certificate, key), now)
    assert check_certificate(TlsFiles(made.certificate, made.key), NOW) == made.ends


def test_a_certificate_that_ends_soon_is_said_at_start(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A month before; here the hub is then stopped by something else that is wrong."""
    made = make_certificates(tmp_path / "tls", ["a.example.org"], NOW, days=20)
    settings = HubSettings(
        data=tmp_path / "data",
        tls=TlsSettings(certificate_file=made.certificate, key_file=made.key),
        http=HttpSettings(host="0.0.0.0", tls=False),
    )
    with caplog.at_level(logging.WARNING), pytest.raises(SettingsError, match=r"http\.host"):
        Hub(settings, lambda: NOW).start()
    assert "ends in 20 days; renew it" in caplog.text


BUCKET = {"name": "eyes", "access_key_id": "hub", "secret_key_file": "x"}
ENDPOINT = "evidence.bucket.endpoint"


@pytest.mark.parametrize(
    ("settings", "ways"),
    [
        ({}, []),
        ({"http": {"host": "::1"}}, []),
        ({"http": {"host": "localhost"}}, []),
        ({"http": {"host": "::"}}, ["http.host ::"]),
        (
            {"evidence": {"bucket": BUCKET | {"endpoint": "http://minio.lan:9000"}}},
            [f"{ENDPOINT} http://minio.lan:9000"],
        ),
        ({"evidence": {"bucket": BUCKET | {"endpoint": "https://minio.lan:9000"}}}, []),
        ({"evidence": {"bucket": BUCKET | {"endpoint": "http://[::1]:9000"}}}, []),
        ({"evidence": {"bucket": BUCKET}}, []),
        ({"broker": {"listen": "192.0.2.7"}}, ["broker.listen 192.0.2.7"]),
        ({"broker": {"kind": "external", "url": "mqtt://b", "password_file": "x"}}, ["broker.url mqtt://b"]),
        ({"broker": {"kind": "external", "url": "mqtts://b", "password_file": "x"}}, []),
        ({"broker": {"kind": "external", "url": "mqtt://127.0.0.1:1", "password_file": "x", "listen": "0.0.0.0"}}, []),
    ],
)
def test_every_way_on_which_others_could_listen_in_is_named(settings: dict[str, object], ways: list[str]) -> None:
    """By the key that opens it."""
    assert HubSettings.model_validate(settings).unprotected() == ways


@pytest.mark.parametrize("content", [b"", b"junk", bytes(200)])
def test_a_damaged_key_of_the_authority_is_named(tmp_path: Path, content: bytes) -> None:
    """Nothing new is made in its place: gateways trust the old one."""
    make_certificates(tmp_path, ["eyes.example"], datetime.now(UTC))
    (tmp_path / "ca.key").write_bytes(content)
    with pytest.raises(SettingsError, match=r"ca\.key: no private key"):
        make_certificates(tmp_path, ["eyes.example"], datetime.now(UTC))
