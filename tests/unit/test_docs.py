"""Documents that are made from code say what the code says."""

from scripts import lifecycle


def test_the_lifecycle_diagram_is_what_the_tables_say() -> None:
    assert lifecycle.TARGET.read_text() == lifecycle.render(), "run `python -m scripts.lifecycle`"
