"""Credentials never show."""

import pytest

from sharp_eyes.edge.snap import masked


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://10.0.0.5/cam", "rtsp://10.0.0.5/cam"),
        ("rtsp://admin:secret@10.0.0.5:554/cam", "rtsp://***@10.0.0.5:554/cam"),
        ("rtsp://admin:se@c/ret@10.0.0.5/cam", "rtsp://***@10.0.0.5/cam"),
        ("rtsp://10.0.0.5/cam?user=admin&password=secret", "rtsp://10.0.0.5/cam?user=***&password=***"),
        ("rtsp://10.0.0.5/user=admin_password=secret_channel=1", "rtsp://10.0.0.5/user=***"),
    ],
)
def test_credentials_are_masked(address: str, shown: str) -> None:
    """User name and password are hidden wherever cameras put them; the rest stays readable."""
    assert masked(address) == shown
    assert masked(f"cannot open {address} now").startswith(f"cannot open {shown}")
