"""Text that schools see, in both languages of the group."""

import msgspec

LANGUAGES = ("en", "zh")


class Text(msgspec.Struct, frozen=True):
    """One sentence in English and in Chinese (中文)."""

    en: str
    zh: str

    def within(self, language: str) -> str:
        """The sentence in `language` ("zh" or "en"); English where the language is unknown."""
        return self.zh if language == "zh" else self.en


def choose_language(accept_language: str | None) -> str:
    """The better of our two languages for an Accept-Language header (RFC 9110 section 12.5.4).

    The highest q wins, the first on a tie; no header or no match gives "en".
    """
    best, best_q = "en", 0.0
    for part in (accept_language or "").split(",")[:20]:
        tag, _, parameters = part.strip().partition(";")
        primary = tag.strip().lower().partition("-")[0]
        try:
            q = float(parameters.strip().removeprefix("q=")) if parameters.strip() else 1.0
        except ValueError:
            continue
        if primary in LANGUAGES and q > best_q:
            best, best_q = primary, q
    return best
