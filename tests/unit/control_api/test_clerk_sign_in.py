from __future__ import annotations

from typing import Any

import pytest

from control_api.adapters.clerk_sign_in import ClerkSignIn
from control_api.adapters.key_cache import CachedKeys, FixedKey
from control_api.clerk_claims import LEEWAY_S, ClerkRules
from control_api.ports import Credential, NotSignedIn, SignedIn
from control_api.signing_keys import SigningKeys
from control_api.verified_tokens import KEEP_S, VerifiedTokens
from shared.errors import Errors, VoiceError
from tests.fakes.clerk import ISSUER, PARTY, USER, FakeKeySource, claims, mint, rsa_key
from tests.fakes.clock import FakeClock
from tests.unit.control_api.bad_tokens import BAD_TOKENS, Make

RULES = ClerkRules(ISSUER, frozenset({PARTY, "http://localhost:3000"}))


class Instance:
    def __init__(self, rules: ClerkRules = RULES, keys: SigningKeys | None = None) -> None:
        self.clock = FakeClock()
        self.source = FakeKeySource(ins_first="first", ins_second="second")
        self.sign_in = ClerkSignIn(keys or CachedKeys(self.source, self.clock), rules, self.clock)

    @property
    def now_s(self) -> float:
        return self.clock.now_ms() / 1000

    def token(self, **changed: Any) -> str:
        return mint(claims(self.now_s, **changed))

    async def verify(self, token: str, *, is_cookie: bool = False) -> SignedIn:
        return await self.sign_in.verify(Credential(token, is_cookie))


@pytest.mark.parametrize("make", BAD_TOKENS.values(), ids=BAD_TOKENS)
@pytest.mark.parametrize("is_cookie", [False, True], ids=["bearer", "cookie"])
async def test_a_bad_token_lets_nobody_in(make: Make, is_cookie: bool) -> None:
    instance = Instance()
    with pytest.raises(NotSignedIn):
        await instance.verify(make(instance.now_s), is_cookie=is_cookie)
    assert len(instance.sign_in.verified) == 0


@pytest.mark.parametrize("make", [BAD_TOKENS[name] for name in BAD_TOKENS if "kid" not in name])
async def test_nor_with_a_key_that_the_operator_gave(make: Make) -> None:
    instance = Instance(keys=FixedKey(rsa_key("first").public_key()))
    with pytest.raises(NotSignedIn):
        await instance.verify(make(instance.now_s))


def test_the_table_is_long_enough() -> None:
    assert len(BAD_TOKENS) >= 40


@pytest.mark.parametrize("is_cookie", [False, True], ids=["bearer", "cookie"])
async def test_a_good_token_says_who_it_is(is_cookie: bool) -> None:
    instance = Instance()
    token = instance.token(name="Ada Lovelace")
    assert await instance.verify(token, is_cookie=is_cookie) == SignedIn(USER, "Ada Lovelace")  # type: ignore[arg-type]


async def test_a_key_of_the_operators_needs_no_key_id() -> None:
    instance = Instance(keys=FixedKey(rsa_key("first").public_key()))
    token = mint(claims(instance.now_s), key_id=None)
    assert (await instance.verify(token)).user_id == USER


async def test_clocks_may_differ_a_little() -> None:
    instance = Instance()
    assert await instance.verify(instance.token(exp=instance.now_s - LEEWAY_S + 1))
    assert await instance.verify(instance.token(nbf=instance.now_s + LEEWAY_S - 1))


async def test_a_native_application_names_no_party_and_uses_no_cookie() -> None:
    instance = Instance()
    token = instance.token(azp=None)
    assert await instance.verify(token)
    with pytest.raises(NotSignedIn):
        await instance.verify(token, is_cookie=True)


@pytest.mark.parametrize("azp", ["http://localhost:3000", "https://APP.example"])
async def test_each_of_our_parties_may(azp: str) -> None:
    instance = Instance()
    assert await instance.verify(instance.token(azp=azp), is_cookie=True)


@pytest.mark.parametrize("aud", ["voice", ["other", "voice"]])
async def test_an_audience_that_we_expect(aud: Any) -> None:
    instance = Instance(ClerkRules(ISSUER, frozenset({PARTY}), audience="voice"))
    assert await instance.verify(instance.token(aud=aud))
    with pytest.raises(NotSignedIn):
        await instance.verify(instance.token())


ADMINS = [
    ({"metadata": {"role": "admin"}}, True),
    ({"public_metadata": {"role": "admin"}}, True),
    ({"metadata": {"role": "Admin"}}, False),
    ({"metadata": {"role": True}}, False),
    ({"metadata": {"role": ["admin"]}}, False),
    ({"metadata": "admin"}, False),
    ({"metadata.role": "admin"}, False),
    ({"role": "admin"}, False),
    ({"unsafe_metadata": {"role": "admin"}}, False),
    ({}, False),
]


@pytest.mark.parametrize(("changed", "is_admin"), ADMINS)
async def test_admins_are_those_whom_the_claim_says(changed: dict[str, Any], is_admin: bool) -> None:
    instance = Instance()
    assert (await instance.verify(instance.token(**changed))).is_admin is is_admin


async def test_both_claims_can_be_named_by_the_operator() -> None:
    rules = ClerkRules(ISSUER, frozenset({PARTY}), name_claim="profile.full", admin_claims=("o.rol",))
    instance = Instance(rules)
    user = await instance.verify(instance.token(profile={"full": "Ada"}, o={"rol": "admin"}))
    assert (user.name, user.is_admin) == ("Ada", True)


@pytest.mark.parametrize(("name", "shown"), [(7, None), (" \t", None), ("A\nda\0", "Ada"), ("x" * 500, "x" * 128)])
async def test_a_name_is_made_harmless(name: Any, shown: str | None) -> None:
    instance = Instance()
    assert (await instance.verify(instance.token(name=name))).name == shown


async def test_keys_that_cannot_be_had_are_no_pass_and_no_refusal() -> None:
    instance = Instance()
    instance.source.is_down = True
    with pytest.raises(VoiceError) as caught:
        await instance.verify(instance.token())
    assert caught.value.kind is Errors.SIGN_IN_UNAVAILABLE


async def test_a_token_is_verified_once_in_its_life() -> None:
    instance = Instance()
    token = instance.token()
    for _ in range(5):
        await instance.verify(token)
    assert (instance.sign_in.verified.misses, instance.sign_in.verified.hits) == (1, 4)


async def test_a_remembered_token_expires_to_the_second() -> None:
    instance = Instance()
    token = instance.token(exp=instance.now_s + 20)
    await instance.verify(token)
    await instance.clock.advance(20 + LEEWAY_S - 0.001)
    await instance.verify(token)
    await instance.clock.advance(0.001)
    with pytest.raises(NotSignedIn):
        await instance.verify(token)


async def test_a_withdrawn_key_is_not_believed_for_long_because_a_token_was_remembered() -> None:
    instance = Instance()
    token = instance.token(exp=instance.now_s + 86_400)
    await instance.verify(token)
    await instance.clock.advance(KEEP_S)
    await instance.verify(token)
    assert instance.sign_in.verified.misses == 2


async def test_a_remembered_token_is_still_no_cookie_without_a_party() -> None:
    instance = Instance()
    token = instance.token(azp=None)
    await instance.verify(token)
    with pytest.raises(NotSignedIn):
        await instance.verify(token, is_cookie=True)


async def test_what_is_remembered_is_bounded() -> None:
    instance = Instance()
    instance.sign_in.verified = VerifiedTokens(max_tokens=2)
    for number in range(5):
        await instance.verify(instance.token(sub=f"user_{number}"))
    assert len(instance.sign_in.verified) == 2
