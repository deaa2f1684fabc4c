"""Makes channels from the hub's settings; a new kind of channel has its line here."""

from typing import assert_never

from sharp_eyes.hub.channel_settings import BotChannel, ChannelSettings, MailChannel, SmsChannel, WebhookChannel
from sharp_eyes.hub.notices.channels.bots import Bot
from sharp_eyes.hub.notices.channels.mail import Mail
from sharp_eyes.hub.notices.channels.sms import TextMessage
from sharp_eyes.hub.notices.channels.webhook import Webhook
from sharp_eyes.hub.notices.message import Channel


def make_channel(settings: ChannelSettings, timeout: float) -> Channel:
    """Make a channel. ``timeout``: seconds to wait for its server.

    Raises:
        SettingsError: a file that holds its secret or address cannot be used.
    """
    match settings:
        case WebhookChannel():
            return Webhook(settings.url, settings.secret_file, timeout)
        case BotChannel():
            return Bot(settings.kind, settings.url_file, settings.secret_file, timeout)
        case MailChannel():
            return Mail(settings, timeout)
        case SmsChannel():
            return TextMessage(settings.url, settings.token_file, timeout)
        case other:
            assert_never(other)
