"""What may be a password, and how often one may try."""

from schoolgroup.access.passwords import normal
from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.texts import Text

PASSWORD_CHARACTERS_MIN = 10
DIFFERENT_MIN = 5
# A whole school stands behind one address: it may fail this many times as often as one name.
ADDRESS_FACTOR = 20


class WeakPassword(Invalid):
    """The new password is too easy to guess."""

    code = "weak_password"
    title = Text("The new password is too weak", "新密码过于简单")
    remedy = Text(
        "Use at least 10 characters, 5 of them different, without your user name; a few words do.",
        "至少 10 个字符，其中至少 5 个不同，且不得包含用户名；可使用几个词语组合。",
    )


def check_new_password(password: str, username: str, old_password: str) -> None:
    """Raise WeakPassword for what is too easy to guess, or is the one used so far.

    NIST SP 800-63B section 5.1.1: length above all, no rules about kinds of characters.
    """
    new = normal(password)
    if len(new) < PASSWORD_CHARACTERS_MIN:
        raise _weak("too_short")
    if len(set(new)) < DIFFERENT_MIN:
        raise _weak("too_uniform")
    if username.lower() in new.lower():
        raise _weak("contains_username")
    if new == normal(old_password):
        raise _weak("not_new")


def _weak(code: str) -> WeakPassword:
    return WeakPassword(
        problems=[Problem("/new_password", code, code.replace("_", " "), WeakPassword.remedy.en)]
    )
