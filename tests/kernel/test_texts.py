"""Which of our two languages an answer takes."""

import pytest

from schoolgroup.kernel.texts import Text, choose_language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("zh", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("ZH-Hans-CN", "zh"),
        ("en;q=0.8, zh;q=0.9", "zh"),
        ("en, zh", "en"),
        ("zh;q=0, en;q=0.1", "en"),
        ("fr, de;q=0.9", "en"),
        ("fr, zh;q=0.1", "zh"),
        ("zh;q=high, en;q=0.1", "en"),
        ("zh;q=nan", "en"),
        (",;,;q=,=", "en"),
        ("x" * 10_000, "en"),
        (", ".join(["fr"] * 1000 + ["zh"]), "en"),  # only the first few are looked at
    ],
)
def test_the_best_of_our_languages_wins(header, language):
    assert choose_language(header) == language


def test_a_text_in_an_unknown_language_is_english():
    text = Text("yes", "是")
    assert [text.within(language) for language in ("en", "zh", "fr")] == ["yes", "是", "yes"]
