"""Where a webhook may lead: to the world, and to networks that hub.yaml names."""

import pytest
from tests.hub.bench import Bench

from sharp_eyes.hub.audit import Origin
from sharp_eyes.hub.errors import ChannelError, SettingsError
from sharp_eyes.hub.webhook_settings import WebhookSettings
from sharp_eyes.hub.webhooks.destination import resolve
from sharp_eyes.hub.webhooks.subscriptions import WebhookWish, make_webhook


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("[::1]", False),
        ("[fe80::1]", False),
        ("[::ffff:10.0.0.1]", False),
        ("[64:ff9b::a00:1]", False),
        ("[2002:7f00:1::]", False),
        ("localhost", False),
        ("0.0.0.0", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("93.184.215.14", True),
        ("[2606:2800:21f:cb07:6820:80da:af6b:8b2c]", True),
    ],
)
def test_no_webhook_leads_into_the_offices_own_network(host: str, known: bool) -> None:
    """Unless hub.yaml names the network; what was looked up is what is called."""
    url = f"https://{host}/in"
    if known:
        assert resolve(url, WebhookSettings()) == host.strip("[]")
        with pytest.raises(ChannelError, match="http goes to"):
            resolve(url.replace("https", "http"), WebhookSettings())
        return
    with pytest.raises(ChannelError, match=r"webhooks.allow"):
        resolve(url, WebhookSettings())
    allowed = WebhookSettings.model_validate({"allow": ["0.0.0.0/0", "::/0"]})
    assert resolve(url, allowed)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/in",
        "ftp://example.org/in",
        "https://me:secret@example.org/in",
        "https://example.org/in#part",
        "https:///in",
        "https://example.org:99999/in",
        "https://[::1/in",
        "https://example.org/ in",
        "/in",
    ],
)
def test_a_wrong_address_is_refused_when_it_is_made(quick: Bench, url: str) -> None:
    """With a word of what is wrong, and never the address, which may hold a key."""
    with pytest.raises(SettingsError) as refused, quick.transaction() as work:
        make_webhook(work, Origin("chief", "local"), WebhookWish("x", url), WebhookSettings())
    assert "secret" not in str(refused.value)
