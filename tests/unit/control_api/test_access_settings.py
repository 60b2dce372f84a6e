from __future__ import annotations

import ipaddress

import pytest

from control_api.rate_classes import RateClass, RatePolicy
from shared.env import SettingsError
from tests.fakes.clerk import pem_of, rsa_key
from tests.support.api_settings import load

CLERK = {"CLERK_ISSUER": "https://clerk.app.example", "CLERK_AUTHORIZED_PARTIES": "https://app.example"}
UPSTASH = {"UPSTASH_REDIS_REST_URL": "https://x.upstash.example", "UPSTASH_REDIS_REST_TOKEN": "secret-token"}


def test_nothing_set_is_the_development_issuer_and_counting_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch)
    assert settings.clerk_rules is None
    assert (settings.redis_url, settings.upstash_url, settings.trusted_proxies) == (None, None, ())


def test_clerk_makes_production_possible_and_any_address(monkeypatch: pytest.MonkeyPatch) -> None:
    public = {"VOICE_ENV": "production", "VOICE_API_HOST": "0.0.0.0"}  # noqa: S104
    settings = load(monkeypatch, **CLERK, **public)
    assert settings.clerk_rules is not None
    assert settings.key_set_url == "https://clerk.app.example/.well-known/jwks.json"


def test_lists_are_separated_by_commas_and_origins_made_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = CLERK | {
        "CLERK_AUTHORIZED_PARTIES": "https://App.example/, http://localhost:3000",
        "CLERK_ADMIN_CLAIMS": "o.rol,metadata.role",
        "VOICE_TRUSTED_PROXIES": "10.0.0.0/8, 192.0.2.1",
    }
    settings = load(monkeypatch, **environment)
    rules = settings.clerk_rules
    assert rules is not None
    assert rules.authorized_parties == {"https://app.example", "http://localhost:3000"}
    assert rules.admin_claims == ("o.rol", "metadata.role")
    assert settings.trusted_proxies == (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("192.0.2.1/32"))


def test_a_key_may_be_written_on_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    pem = pem_of(rsa_key("first")).replace("\n", "\\n")
    assert load(monkeypatch, **CLERK, CLERK_JWT_KEY=pem).clerk_jwt_key is not None


def test_limits_are_configurable(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, VOICE_RATE_SESSION_PER_HOUR="7", VOICE_RATE_ADMIN_READ_PER_15_MIN="9")
    policies = settings.rate_policies
    assert policies.policy(RateClass.SESSION, is_admin=False) == RatePolicy(7, 3600)
    assert policies.policy(RateClass.READ, is_admin=True) == RatePolicy(9, 900)


BAD: dict[str, tuple[dict[str, str], str]] = {
    "no parties": ({"CLERK_ISSUER": "https://clerk.app.example"}, "CLERK_AUTHORIZED_PARTIES"),
    "a party with a path": (CLERK | {"CLERK_AUTHORIZED_PARTIES": "https://a.example/x"}, "CLERK_AUTHORIZED_PARTIES"),
    "any party": (CLERK | {"CLERK_AUTHORIZED_PARTIES": "*"}, "CLERK_AUTHORIZED_PARTIES"),
    "issuer over http": (CLERK | {"CLERK_ISSUER": "http://clerk.app.example"}, "CLERK_ISSUER"),
    "issuer is a name": (CLERK | {"CLERK_ISSUER": "clerk.app.example"}, "CLERK_ISSUER"),
    "keys over http": (CLERK | {"CLERK_JWKS_URL": "http://clerk.app.example/k"}, "CLERK_JWKS_URL"),
    "a key without issuer": ({"CLERK_JWT_KEY": "x"}, "CLERK_ISSUER"),
    "no key": (CLERK | {"CLERK_JWT_KEY": "hunter2"}, "CLERK_JWT_KEY"),
    "a short key": (CLERK | {"CLERK_JWT_KEY": pem_of(rsa_key("short", 1024))}, "CLERK_JWT_KEY"),
    "half of Upstash": ({"UPSTASH_REDIS_REST_URL": "https://x.example"}, "UPSTASH_REDIS_REST_URL and"),
    "Upstash over http": (UPSTASH | {"UPSTASH_REDIS_REST_URL": "http://x.example"}, "UPSTASH_REDIS_REST_URL"),
    "two stores": (UPSTASH | {"REDIS_URL": "redis://x"}, "REDIS_URL and"),
    "no Redis": ({"REDIS_URL": "http://x"}, "REDIS_URL"),
    "no network": ({"VOICE_TRUSTED_PROXIES": "10.0.0.0/33"}, "VOICE_TRUSTED_PROXIES"),
    "all the world's first": ({"VOICE_TRUSTED_PROXIES": "nginx"}, "VOICE_TRUSTED_PROXIES"),
    "no limit": ({"VOICE_RATE_READ_PER_15_MIN": "0"}, "VOICE_RATE_READ_PER_15_MIN"),
}


@pytest.mark.parametrize(("environment", "name"), BAD.values(), ids=BAD)
def test_a_problem_is_told_by_name_and_never_by_value(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], name: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        load(monkeypatch, **environment)
    assert any(problem.startswith(name) for problem in raised.value.problems), raised.value.problems
    assert not any(value in str(raised.value) for value in ("hunter2", "secret-token", "10.0.0.0/33"))
