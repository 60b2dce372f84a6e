from __future__ import annotations

import pytest

from control_api.cookie_origin import may_write, normal_origin
from control_api.credentials import MAX_COOKIES, MAX_TOKEN_CHARS, read_credentials
from control_api.ports import Credential, NotSignedIn

Fields = list[tuple[bytes, bytes]]
A, C = b"authorization", b"cookie"

READ: dict[str, tuple[Fields, tuple[Credential, ...]]] = {
    "nothing": ([], ()),
    "bearer": ([(A, b"Bearer abc")], (Credential("abc"),)),
    "bearer in small letters, two blanks": ([(A, b"bearer  abc ")], (Credential("abc"),)),
    "cookie": ([(C, b"__session=abc")], (Credential("abc", is_cookie=True),)),
    "cookie among others": ([(C, b"a=1; __session=abc; __session_x1=def")], (Credential("abc", is_cookie=True),)),
    "cookie in a second line": ([(C, b"a=1"), (C, b"__session=abc")], (Credential("abc", is_cookie=True),)),
    "bearer goes before cookie": ([(C, b"__session=abc"), (A, b"Bearer def")], (Credential("def"),)),
    "signed out": ([(C, b"__session=")], ()),
    "another cookie": ([(C, b"my__session=abc; __session_abc=def")], ()),
    "value with an equals sign": ([(C, b"__session=abc==")], (Credential("abc==", is_cookie=True),)),
    "the same cookie twice": ([(C, b"__session=abc; __session=abc")], (Credential("abc", is_cookie=True),)),
    "a cookie and an empty one": ([(C, b"__session=; __session=abc")], (Credential("abc", is_cookie=True),)),
    "two cookies": (
        [(C, b"__session=abc"), (C, b"__session=def")],
        (Credential("abc", is_cookie=True), Credential("def", is_cookie=True)),
    ),
}


@pytest.mark.parametrize(("fields", "expected"), READ.values(), ids=READ)
def test_what_a_request_shows(fields: Fields, expected: tuple[Credential, ...]) -> None:
    assert read_credentials(fields) == expected


REFUSED: dict[str, Fields] = {
    "more cookies than a browser has": [(C, b"; ".join(b"__session=%d" % n for n in range(MAX_COOKIES + 1)))],
    "two Authorizations": [(A, b"Bearer abc"), (A, b"Bearer abc")],
    "another scheme": [(A, b"Basic YTpi")],
    "another scheme beside a cookie": [(A, b"Basic YTpi"), (C, b"__session=abc")],
    "no scheme": [(A, b"abc")],
    "no token": [(A, b"Bearer ")],
    "an empty Authorization beside a cookie": [(A, b""), (C, b"__session=abc")],
    "a huge token": [(A, b"Bearer " + b"x" * (MAX_TOKEN_CHARS + 1))],
    "a huge cookie": [(C, b"__session=" + b"x" * (MAX_TOKEN_CHARS + 1))],
}


@pytest.mark.parametrize("fields", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_one_token_is_refused(fields: Fields) -> None:
    with pytest.raises(NotSignedIn):
        read_credentials(fields)


def test_a_token_is_not_in_what_is_printed() -> None:
    assert "secret" not in repr(Credential("secret"))


ALLOWED = {"https://app.example", "http://localhost:3000"}
ORIGINS = [
    (["https://app.example"], True),
    (["HTTPS://App.Example"], True),
    (["http://localhost:3000"], True),
    ([], False),
    ([""], False),
    (["null"], False),
    (["https://app.example/"], False),
    (["https://app.example.evil.example"], False),
    (["https://evil.example/https://app.example"], False),
    (["https://app.example:8443"], False),
    (["http://app.example"], False),
    (["http://localhost"], False),
    (["https://app.example", "https://app.example"], False),
    (["https://app.example, https://evil.example"], False),
]


@pytest.mark.parametrize(("origins", "expected"), ORIGINS)
def test_which_page_may_write_with_the_cookie(origins: list[str], expected: bool) -> None:
    assert may_write(origins, ALLOWED) is expected


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://App.Example/", "https://app.example"),
        ("https://app.example:443", "https://app.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_an_origin_as_browsers_write_it(written: str, meant: str) -> None:
    assert normal_origin(written) == meant


@pytest.mark.parametrize(
    "text", ["app.example", "https://", "ftp://a", "https://a/b", "https://a?b", "https://a:x", "*"]
)
def test_what_is_no_origin(text: str) -> None:
    with pytest.raises(ValueError, match=r"must|port|Port"):
        normal_origin(text)
