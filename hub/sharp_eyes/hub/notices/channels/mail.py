"""A person gets a mail, by SMTP."""

import smtplib
import ssl
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime

from sharp_eyes.hub.channel_settings import MailChannel
from sharp_eyes.hub.errors import ChannelError, SettingsError
from sharp_eyes.hub.notices.channels.files import secret_line
from sharp_eyes.hub.notices.message import Message

_LASTING = 500


class Mail:
    """Hands mails to a server. The message's id makes the mail's, so that a mail box shows a repeated one once."""

    def __init__(self, settings: MailChannel, timeout: float) -> None:
        self._settings = settings
        self._timeout = timeout
        self._password = None if settings.password_file is None else secret_line(settings.password_file)
        try:
            self._tls = ssl.create_default_context(cafile=settings.ca_file)
        except OSError as error:
            raise SettingsError(f"channel {settings.id}: ca_file {settings.ca_file}: {error}") from error

    def send(self, message: Message) -> None:
        """Send a message to its person."""
        if message.address is None:
            raise ChannelError("no mail address is known", lasting=True)
        domain = message.address.rpartition("@")[2].lower()
        if self._settings.domains and domain not in {one.lower() for one in self._settings.domains}:
            raise ChannelError(f"mail to {domain} is not among the channel's domains", lasting=True)
        try:
            mail = self._mail(message, message.address)
            with self._connected() as server:
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise ChannelError(
                f"the mail server refused the recipient with {code}", lasting=code >= _LASTING
            ) from error
        except smtplib.SMTPAuthenticationError as error:
            raise ChannelError(f"the mail server refused user name or password with {error.smtp_code}") from error
        except smtplib.SMTPResponseException as error:
            code = error.smtp_code
            raise ChannelError(f"the mail server refused with {code}", lasting=code >= _LASTING) from error
        except (smtplib.SMTPException, OSError) as error:
            raise ChannelError(f"the mail server was not reached: {type(error).__name__}") from error
        except (ValueError, MessageError) as error:
            raise ChannelError("the mail address cannot be used", lasting=True) from error

    def _connected(self) -> smtplib.SMTP:
        settings = self._settings
        if settings.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=self._timeout, context=self._tls
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=self._timeout)
        try:
            if settings.security == "starttls":
                server.starttls(context=self._tls)
            if settings.username is not None and self._password is not None:
                server.login(settings.username, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def _mail(self, message: Message, address: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"] = self._settings.sender, address
        mail["Subject"] = message.heading[:200]
        mail["Date"] = format_datetime(message.at)
        mail["Message-ID"] = f"<{message.id}@{self._settings.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"  # nobody's absence note answers it (RFC 3834)
        mail.set_content("\n".join(message.lines()) + "\n")
        return mail
