"""Whether anybody on the way could listen in, looked at when the hub starts."""

import logging
from datetime import datetime, timedelta

from sharp_eyes.hub.certificates import check_certificate
from sharp_eyes.hub.errors import SettingsError
from sharp_eyes.hub.settings import HubSettings

_RENEW = timedelta(days=30)

_LOG = logging.getLogger(__name__)


def check_transport(settings: HubSettings, now: datetime) -> None:
    """Let nobody listen in unless the settings say so; a certificate that cannot be used is said at once.

    Raises:
        SettingsError: the certificate is of no use, or there is none where others could listen in.
    """
    files = settings.tls_files
    if files is not None:
        left = check_certificate(files, now) - now
        if left < _RENEW:
            _LOG.warning("tls.certificate_file %s ends in %d days; renew it", files.certificate, left.days)
    ways = ", ".join(settings.unprotected())
    if not ways:
        return
    if not settings.insecure:
        raise SettingsError(
            f"{ways}: without TLS anybody on the way reads passwords and pictures; make a certificate with "
            "'sharp-eyes-hub tls make' and name it under tls in hub.yaml, or listen on 127.0.0.1, "
            "or say 'insecure: true'"
        )
    _LOG.error("INSECURE, as hub.yaml says: %s; anybody on the way reads passwords and pictures", ways)
