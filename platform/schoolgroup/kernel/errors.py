"""Refusals: why the answer is no, in words a school can act on. Transport-free.

Refusal
├── Unauthenticated      401  who are you
├── Forbidden            403  you know it exists, and may not
├── NotFound             404  there is no such thing, or you may not know it exists
├── Conflict             409  the thing's state does not allow it now
├── Gone                 410  it was here and is over
├── StaleVersion         412  somebody changed it since you read it
├── TooLarge             413  more than the limit
├── Invalid              422  what was sent does not fit the contract
├── VersionRequired      428  say which version you are changing
├── TooMany              429  slow down
└── Unavailable          503  not now, try again

A feature declares its own refusals beside its service as subclasses with `code`, `title` and
`remedy`; the docstring is the English explanation. One handler renders them (kernel.problems).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import msgspec

from schoolgroup.kernel.texts import Text


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing wrong with an input: where (JSON pointer or row/column), which rule, why."""

    pointer: str
    code: str
    detail: str
    remedy: str = ""


class Denial(msgspec.Struct, frozen=True):
    """What the audit trail keeps of a decision that denied."""

    act: str
    thing: str
    relations: tuple[str, ...]
    policy_line: str


class Refusal(Exception):
    """The request was understood and is refused."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"
    title: ClassVar[Text] = Text("Refused", "请求被拒绝")
    remedy: ClassVar[Text] = Text("", "")

    def __init__(
        self,
        detail: Text | str = "",
        *,
        remedy: Text | None = None,
        until_at: datetime | None = None,
        retry_after_s: int | None = None,
        problems: list[Problem] | None = None,
        denial: Denial | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        """`facts` are further members of the problem document: public, never personal data."""
        super().__init__(detail.en if isinstance(detail, Text) else detail)
        self.detail = detail
        self.remedy_now = remedy if remedy is not None else self.remedy
        self.until_at = until_at
        self.retry_after_s = retry_after_s
        self.problems = problems or []
        self.denial = denial
        self.facts = dict(facts or {})


class Unauthenticated(Refusal):
    """Nobody is signed in, or the token no longer stands."""

    status = 401
    code = "unauthenticated"
    title = Text("Sign in first", "请先登录")
    remedy = Text("Sign in and send the access token.", "请登录后携带访问令牌重试。")


class Forbidden(Refusal):
    """The caller may know this exists and may not do this with it."""

    status = 403
    code = "forbidden"
    title = Text("Not allowed", "没有权限")


class NotFound(Refusal):
    """There is no such thing for this caller."""

    status = 404
    code = "not_found"
    title = Text("Not found", "未找到")
    remedy = Text(
        "Check the address; what your school may not see answers the same.",
        "请核对地址；本校无权查看的内容也会得到同样的回答。",
    )


class Conflict(Refusal):
    """The state of the thing does not allow this now."""

    status = 409
    code = "conflict"
    title = Text("Not possible in this state", "当前状态不允许此操作")


class Gone(Refusal):
    """It was here, and it is over."""

    status = 410
    code = "gone"
    title = Text("It is over", "已结束")


class StaleVersion(Refusal):
    """Somebody changed it since it was read."""

    status = 412
    code = "stale_version"
    title = Text("The version is stale", "版本已过期")
    remedy = Text("Read it again and repeat your change.", "请重新读取后再修改。")


class TooLarge(Refusal):
    """More than the limit."""

    status = 413
    code = "too_large"
    title = Text("Too large", "超出大小限制")


class Invalid(Refusal):
    """What was sent does not fit the contract."""

    status = 422
    code = "invalid"
    title = Text("The input is not valid", "输入无效")
    remedy = Text("Mend the fields named in errors.", "请按 errors 中列出的字段修改。")


class VersionRequired(Refusal):
    """A change must say which version it changes."""

    status = 428
    code = "version_required"
    title = Text("Say which version you are changing", "请注明所修改的版本")
    remedy = Text("Send If-Match with the ETag you read.", "请在 If-Match 中带上读取时的 ETag。")


class TooMany(Refusal):
    """Too many requests."""

    status = 429
    code = "too_many"
    title = Text("Too many requests", "请求过于频繁")


class Unavailable(Refusal):
    """It cannot be answered now."""

    status = 503
    code = "unavailable"
    title = Text("Not available at the moment", "暂时不可用")
    remedy = Text("Try again in a moment.", "请稍后再试。")


class ConstraintRefused(Conflict):
    """A rule of the stored data refuses this."""

    code = "rule_of_the_data"
    title = Text("A rule of the data refuses this", "数据规则不允许此操作")


_BY_CONSTRAINT: dict[str, type[Refusal]] = {}


def refuse_by_constraint(name: str, refusal: type[Refusal]) -> None:
    """Answer `refusal` when the database constraint `name` is violated."""
    _BY_CONSTRAINT[name] = refusal


def refusal_of_constraint(name: str | None) -> Refusal:
    """The refusal a violated constraint stands for; its database message never reaches anyone."""
    return _BY_CONSTRAINT.get(name or "", ConstraintRefused)()
