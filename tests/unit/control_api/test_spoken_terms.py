from __future__ import annotations

import pytest

from control_api.spoken_terms import MAX_TERMS, terms_of


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("refund", (("refund",),)),
        ("  my  order ", (("my",), ("order",))),
        ('"my order" late', (("my", "order"), ("late",))),
        ('"never closed', (("never", "closed"),)),
        ("don't e-mail", (("don", "t"), ("e", "mail"))),
        ("late late", (("late",),)),
        ('no* NEAR( "" - OR', (("no",), ("near",), ("or",))),
        ("Größe 東京", (("grösse",), ("東", "京"))),
        ("我的iPhone", (("我", "的", "iphone"),)),
        ("ｉＰｈｏｎｅ ｶﾞ", (("iphone",), ("ガ",))),
        ("हिन्दी", (("हिन्दी",),)),
        ("สวัสดี", (tuple("สวัสดี"),)),
        ("شُكْرًا", (("شكرا",),)),
    ],
)
def test_terms(query: str, terms: tuple[tuple[str, ...], ...]) -> None:
    assert terms_of(query) == terms


@pytest.mark.parametrize("query", ["", "  ", '""', "- * _", " ".join(f"w{n}" for n in range(MAX_TERMS + 1))])
def test_what_cannot_be_looked_for(query: str) -> None:
    with pytest.raises(ValueError, match="must"):
        terms_of(query)
