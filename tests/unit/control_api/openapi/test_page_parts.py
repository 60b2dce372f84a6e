from __future__ import annotations

from control_api.openapi.markup import element, inline, prose
from control_api.openapi.page_json import highlighted
from control_api.openapi.page_schema import SchemaPage

EVIL = '<script>alert("x")</script>'


def test_what_is_not_markup_is_escaped() -> None:
    assert "<script" not in prose(f"{EVIL}\n- {EVIL}\n\n| {EVIL} |\n|---|\n| {EVIL} |")
    assert "<script" not in highlighted(f'{{"a": "{EVIL}"}}')
    assert element("a", href='"><script>') == '<a href="&quot;&gt;&lt;script&gt;"></a>'


def test_the_little_markdown_that_is_known() -> None:
    assert inline("**a** `b`") == "<strong>a</strong> <code>b</code>"
    assert prose("One\ntwo\n- three") == "<p>One two</p><ul><li>three</li></ul>"


def test_json_keeps_its_text_and_knows_keys_from_values() -> None:
    shown = highlighted('{"key": ["text", 1.5, true, null]}')
    for part in ('class="key">"key"', 'class="string">"text"', 'class="word">1.5', 'class="word">null'):
        assert part in shown


def test_a_schema_that_holds_itself_is_shown_once() -> None:
    tree = {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Tree"}}}
    page = SchemaPage({"components": {"schemas": {"Tree": tree}, "parameters": {}}})
    assert page.fields({"$ref": "#/components/schemas/Tree"}).count("<code>child</code>") == 1
