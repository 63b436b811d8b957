"""The owner must recognise the device."""

import pytest

from tracking.rules.device import describe_device

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"
WECHAT = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36 MicroMessenger/8.0.50"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [(WINDOWS, "Chrome · Windows"), (IPHONE, "Safari · iPhone"), (WECHAT, "微信 · Android"), ("curl/8", ""), ("", "")],
)
def test_device_is_named_by_browser_and_system(user_agent: str, name: str) -> None:
    assert describe_device(user_agent) == name
