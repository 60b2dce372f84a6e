from __future__ import annotations

import pytest

from shared.store_address import StoreAddress, StoreKind, parse_address


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("calls", StoreAddress(StoreKind.S3, "calls")),
        ("s3://calls/eu/voice/", StoreAddress(StoreKind.S3, "calls", "eu/voice")),
        ("gs://calls", StoreAddress(StoreKind.GOOGLE, "calls")),
        ("az://calls/voice", StoreAddress(StoreKind.AZURE, "calls", "voice")),
        ("file:///var/lib/voice", StoreAddress(StoreKind.FOLDER, "/var/lib/voice")),
        ("file://data/recordings", StoreAddress(StoreKind.FOLDER, "data/recordings")),
    ],
)
def test_what_a_bucket_may_be(value: str, address: StoreAddress) -> None:
    assert parse_address(value) == address


@pytest.mark.parametrize(
    "value",
    [
        "",
        "a",
        "http://calls",
        "calls//x",
        "calls/../x",
        "ca lls",
        "file://",
        "file:///a/../etc",
        "gs:///x",
    ],
)
def test_what_it_may_not_be(value: str) -> None:
    with pytest.raises(ValueError, match="must"):
        parse_address(value)


def test_the_sentence_does_not_repeat_the_value() -> None:
    with pytest.raises(ValueError, match="must") as caught:
        parse_address("secret-bucket!")
    assert "secret" not in str(caught.value)
