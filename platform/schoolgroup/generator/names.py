"""Names of the description as names of Python."""

import builtins
import keyword
import re

WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+|\d+")
# what annotations are written with: a field of that name would hide it from the next one
TAKEN = frozenset({"list", "dict", "str", "int", "float", "bool", "tuple", "bytes", "dt", "k"})


def snake(name: str) -> str:
    """`listLoans` as `list_loans`."""
    return "_".join(word.lower() for word in WORDS.findall(name.replace("-", "_")))


def camel(name: str) -> str:
    """`list_loans` as `ListLoans`."""
    return "".join(word.capitalize() for word in snake(name).split("_"))


def attribute(name: str) -> str:
    """A field or parameter that may be called so in Python; the name itself where it may."""
    safe = re.sub(r"\W", "_", name)
    if keyword.iskeyword(safe) or safe in TAKEN or not safe[:1].isalpha():
        return f"{safe}_" if safe[:1].isalpha() else f"_{safe}"
    return safe


def function(name: str) -> str:
    """A function that hides neither a keyword nor a builtin."""
    safe = snake(name)
    return f"{safe}_" if keyword.iskeyword(safe) or hasattr(builtins, safe) else safe


def member(value: str) -> str:
    """A member of an enumeration: `in-use` as `IN_USE`."""
    safe = re.sub(r"\W+", "_", value).strip("_").upper() or "EMPTY"
    return f"N{safe}" if safe[0].isdigit() else safe


def all_of(name: str) -> str:
    """The method that goes through all pages: `list_loans` as `all_loans`."""
    return "all_" + name.removeprefix("list_")
