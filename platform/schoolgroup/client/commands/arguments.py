"""The arguments of the user's commands; what carries them out is imported when it is asked for."""

import argparse
from pathlib import Path
from uuid import UUID

from schoolgroup.client.commands.telling import text

ORDERS = frozenset(
    {
        "login", "logout", "whoami", "profiles", "search", "show", "upload", "publish", "borrow",
        "return", "loans", "fetch", "events", "returns", "exam", "inbox", "call",
    }
)  # fmt: skip
THINGS = ("resource", "offer", "loan", "exam", "release", "call", "school", "upload")
CODES = text(
    "Exit codes: 0 done, 2 usage, 3 sign in, 4 not allowed, 5 not there, 6 state or version, "
    "7 not valid, 8 later, 9 bytes differ, 1 else.",
    "退出码：0 完成，2 用法错误，3 需登录，4 无权限，5 不存在，6 状态或版本不符，7 输入无效，"
    "8 稍后再试，9 文件内容不符，1 其他。",
)


def add_orders(orders: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add every command of a user to the parser."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--profile", default="default",
                        help=text("who speaks (see login)", "使用的登录配置"))  # fmt: skip
    shared.add_argument("--json", action="store_true",
                        help=text("JSON, one object a line", "以 JSON 输出，每行一条"))  # fmt: skip

    def order(name: str, en: str, zh: str) -> argparse.ArgumentParser:
        said = text(en, zh)
        return orders.add_parser(name, help=said, description=said, epilog=CODES, parents=[shared])

    login = order("login", "sign in to a server and remember it", "登录服务器并保存")
    login.add_argument("address", help=text("like https://edu.example", "服务器地址"))
    login.add_argument("--username", help=text("asked for if left out", "用户名，省略则询问"))
    login.add_argument("--group", help=text("the group's code", "集团代码"))
    login.add_argument("--appointment", type=UUID, help=text("act in this one", "以此任职登录"))
    login.add_argument("--client-id", help=text("a connected system", "以对接系统身份登录"))

    order("logout", "end the session and forget it", "退出登录")
    order("whoami", "who am I, and what may I do", "查看当前身份与权限")
    order("profiles", "whom this computer remembers", "列出已保存的登录配置")

    search = order("search", "find resources", "检索资源")
    search.add_argument("words", nargs="+", help=text("words to look for", "检索词"))
    search.add_argument("--limit", type=int, default=20, help=text("at most", "最多条数"))

    shown = order("show", "one thing with all that is known of it", "查看详情")
    shown.add_argument("thing", choices=THINGS, help=text("which kind", "类型"))
    shown.add_argument("id", type=UUID)

    upload = order("upload", "hand a file in", "上传文件")
    upload.add_argument("file", type=Path)
    upload.add_argument("--resume", type=UUID, help=text("go on with this one", "续传此上传"))
    upload.add_argument("--media-type", default="", help=text("what it is", "文件类型"))

    publish = order("publish", "publish a draft, or files as a new resource", "发布草稿或新资源")
    publish.add_argument("files", nargs="*", type=Path, help=text("files to hand in", "文件"))
    publish.add_argument("--resource", type=UUID, help=text("a draft that is there", "已有草稿"))
    publish.add_argument(
        "--draft",
        default="{}",
        metavar="JSON",
        help=text("its description: title, kind, …", "资源描述（JSON）"),
    )

    borrow = order("borrow", "borrow what is offered", "借阅")
    borrow.add_argument("offer", type=UUID)
    borrow.add_argument("--dry-run", action="store_true", help=text("only say", "仅预演"))

    give_back = order("return", "give a loan back", "归还")
    give_back.add_argument("loan", type=UUID)

    loans = order("loans", "loans of mine and of my school", "查看借阅")
    loans.add_argument("--mine", action="store_true", help=text("only mine", "仅本人"))
    loans.add_argument("--running", action="store_true", help=text("only running", "仅进行中"))

    fetch = order("fetch", "fetch a file of a loan", "下载借阅的文件")
    fetch.add_argument("loan", type=UUID)
    fetch.add_argument("no", type=int, nargs="?", default=1)
    fetch.add_argument("--output", type=Path, required=True, help=text("where to", "保存到"))

    events = order("events", "follow what happens", "跟踪事件")
    events.add_argument("what", choices=["follow"])
    events.add_argument("--types", help="loan.opened,exam.*")
    where = text("a file that remembers how far one is", "记录进度的文件")
    events.add_argument("--place", type=Path, help=where)
    events.add_argument("--once", action="store_true", help=text("up to now", "仅到当前"))

    returns = order("returns", "fill a return in, hand it in", "填报与提交")
    returns.add_argument("what", choices=["answer", "submit"])
    returns.add_argument("call", type=UUID)
    returns.add_argument("--values", type=Path, metavar="FILE",
                        help=text("the answers as a JSON object", "答案（JSON 文件）"))  # fmt: skip

    exam = order("exam", "releases of exams, and one's results", "联考发布与成绩")
    exam.add_argument("what", choices=["list", "releases", "results"])
    exam.add_argument("release", type=UUID, nargs="?", help=text("for results", "成绩发布编号"))

    inbox = order("inbox", "what waits for me", "我的待办")
    inbox.add_argument("--unread", action="store_true", help=text("only unread", "仅未读"))

    call = order("call", "any operation of the API by its name", "按名称调用任意接口")
    call.add_argument("operation", help="like listSchools")
    call.add_argument("given", nargs="*", metavar="name=value")
    call.add_argument("--body", help=text("JSON, or @file", "JSON 或 @文件"))
    call.add_argument("--output", type=Path, help=text("write what comes here", "保存到文件"))
