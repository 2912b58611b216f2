"""Reads off a plan which tables it joins by their group: as PostgreSQL understood the statement.

`tables_apart` puts two tables together where the plan says that their groups are equal: by a join
condition, by both being equal to the same parameter, through the rows a subquery hands on, or from
what is read into what is written. Only conditions that must hold count: what stands within OR or
NOT joins nothing. What is not understood joins nothing either, so it is told, not passed over.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

Node = dict[str, Any]
SCANS = {"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan", "Tid Scan"}
HANDED_ON = {"Subquery Scan", "CTE Scan"}
CONDITIONS = (
    "Index Cond", "Recheck Cond", "Filter", "Join Filter", "Hash Cond", "Merge Cond",
    "One-Time Filter", "TID Cond",
)  # fmt: skip
GROUP = "education_group"  # its id is the group
OF_A_SUBPLAN = re.compile(r"(?:hashed )?((?:InitPlan|SubPlan) \d+)\)?\.col(\d+)")
GROUP_COLUMN = re.compile(r"\S+\.group_id")


def end_of(text: str) -> int:
    """Where the bracket closes that the text begins with; strings and quoted names are skipped."""
    depth, quote = 0, ""
    for at, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
            if depth == 0:
                return at
    return -1


def bare(text: str) -> str:
    """The text without brackets around all of it, and without the quotes of names."""
    text = text.strip()
    while text.startswith("(") and end_of(text) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def split(text: str, by: str) -> list[str]:
    """Parted by a word outside of brackets and quotes."""
    parts, depth, quote, begin, at = [], 0, "", 0, 0
    while at < len(text):
        letter = text[at]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif depth == 0 and text.startswith(by, at):
            parts.append(text[begin:at])
            at = begin = at + len(by)
            continue
        at += 1
    return [*parts, text[begin:]]


def conjuncts(condition: str) -> Iterator[str]:
    """What must hold for the condition to hold: the arms of its outermost ANDs."""
    condition = bare(condition)
    arms = split(condition, " AND ")
    if len(arms) == 1:
        yield condition
    else:
        for arm in arms:
            yield from conjuncts(arm)


def all_nodes(plan: Node) -> Iterator[Node]:
    """The plan and everything below it."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from all_nodes(below)


def outputs(node: Node) -> Iterator[list[str]]:
    """What a node gives; of an Append, what each of its arms gives."""
    if "Output" in node:
        yield node["Output"]
    else:
        for below in node.get("Plans", ()):
            yield from outputs(below)


class Equal:
    """Terms of one plan, put together where they are equal."""

    def __init__(self, plan: Node, group_columns: dict[str, int]) -> None:
        """`group_columns`: of each table with a group, which column it is, from 1."""
        self._same: dict[str, str] = {}
        self._group_columns = group_columns
        self.nodes = list(all_nodes(plan))
        self._subplans = {n["Subplan Name"]: n for n in self.nodes if "Subplan Name" in n}
        self.tables: dict[str, str] = {}  # by the term of their group
        for node in self.nodes:
            self._read(node)

    def name(self, term: str) -> str:
        """One name for all that is equal to it."""
        while (other := self._same.get(term, term)) != term:
            term = other
        return term

    def _join(self, one: str, other: str) -> None:
        self._same[self.name(one)] = self.name(other)

    def _term(self, text: str) -> str:
        text = bare(text)
        if found := OF_A_SUBPLAN.fullmatch(text.lstrip("(")):
            for given in outputs(self._subplans[found[1]]):
                return self._term(given[int(found[2]) - 1])
        return text.replace('"', "")

    def _equate(self, condition: str) -> None:
        for arm in conjuncts(condition):
            sides = split(arm, " = ")
            if len(sides) == 2:
                self._join(self._term(sides[0]), self._term(sides[1]))

    def _read(self, node: Node) -> None:
        kind, alias = node["Node Type"], node.get("Alias", "")
        known = node.get("Relation Name") in self._group_columns
        if known and kind in SCANS:
            column = "id" if node["Relation Name"] == GROUP else "group_id"
            self.tables[f"{alias}.{column}"] = node["Relation Name"]
        if known and node.get("Operation") == "Insert":
            self._written(node, alias)
        if kind in HANDED_ON:
            (source,) = (
                [self._subplans[f"CTE {node['CTE Name']}"]]
                if kind == "CTE Scan"
                else [n for n in node["Plans"] if n["Parent Relationship"] == "Subquery"]
            )
            self._handed_on(alias, source)
        if kind == "WorkTable Scan":
            self._join(f"{alias}.group_id", f"{node['CTE Name']}.group_id")
        for key in CONDITIONS:
            if key in node:
                self._equate(node[key])
        # x = ANY (subquery), kept as a hashed table: it joins wherever it stands
        for text in (*(node.get(key, "") for key in CONDITIONS), *node.get("Output", ())):
            if "hashed SubPlan" in text:
                for found in re.finditer(r"ANY \(", text):
                    rest = text[found.end() - 1 :]
                    self._equate(rest[: end_of(rest) + 1])

    def _written(self, node: Node, alias: str) -> None:
        """The group a row is inserted with is the one its source gives."""
        table = node["Relation Name"]
        if table == GROUP:
            return
        self.tables[f"{alias}.group_id"] = table
        for source in node["Plans"]:
            if source["Parent Relationship"] == "Outer":
                for given in outputs(source):
                    self._join(
                        f"{alias}.group_id", self._term(given[self._group_columns[table] - 1])
                    )

    def _handed_on(self, alias: str, source: Node) -> None:
        """What a subquery calls group_id is the group of its rows, where it gives just one."""
        for given in outputs(source):
            groups = {self._term(column) for column in given if GROUP_COLUMN.fullmatch(column)}
            if len(groups) == 1:
                self._join(f"{alias}.group_id", groups.pop())


def tables_apart(plan: Node, group_columns: dict[str, int]) -> Sequence[Sequence[str]]:
    """The tables of a plan, parted into those whose groups are equal; one part if it is sound."""
    equal = Equal(plan, group_columns)
    parts: dict[str, list[str]] = {}
    for term, table in equal.tables.items():
        parts.setdefault(equal.name(term), []).append(f"{table} {term}")
    return [sorted(part) for part in parts.values()]
