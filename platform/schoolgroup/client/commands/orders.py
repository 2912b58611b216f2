"""What each command does."""

import argparse
import getpass
import itertools
import sys
from collections.abc import Callable
from typing import Any

import msgspec

from schoolgroup.client.calling import Client
from schoolgroup.client.commands import exit_code
from schoolgroup.client.commands.generic import call_by_name
from schoolgroup.client.commands.profiles import (
    NotSignedIn,
    Profile,
    SharedProfile,
    keep_profile,
    read_profile,
    read_profiles,
)
from schoolgroup.client.commands.telling import bar, complain, language, say, show, show_all, text
from schoolgroup.client.errors import NotAllowed, NotFound, Refused, SchoolgroupError
from schoolgroup.client.feed import Place
from schoolgroup.client.generated import lending, resources, returns
from schoolgroup.client.generated.codes import Code
from schoolgroup.client.keys import ClientCredentials, Credentials, Password, Tokens

SHOWN = {
    "resource": "getResource", "offer": "getOffer", "loan": "getLoan", "exam": "getExam",
    "release": "getRelease", "call": "getCall", "school": "getSchool", "upload": "getUpload",
}  # fmt: skip


def run(asked: argparse.Namespace) -> int:
    """Carry one command out; its exit code (`schoolgroup.client.commands`)."""
    try:
        if asked.order == "login":
            sign_in(asked)
        elif asked.order == "profiles":
            for name, profile in sorted(read_profiles().items()):
                say(f"{name}  {profile.address}")
        else:
            with _client(asked.profile) as client:
                WORK[asked.order](client, asked)
    except NotSignedIn as missing:
        complain(str(missing))
        return 3
    except SchoolgroupError as error:
        complain(_told(error))
        return exit_code(error)
    except (OSError, msgspec.MsgspecError) as wrong:
        complain(str(wrong))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def sign_in(asked: argparse.Namespace) -> None:
    """Sign in and keep what makes the next command go on; a password is never kept."""
    who: Credentials
    if asked.client_id:
        secret = _secret(text("Secret: ", "密钥："))
        who = machine = ClientCredentials(client_id=asked.client_id, client_secret=secret)
        profile = Profile(address=asked.address, client=machine)
    else:
        username = asked.username or input(text("Username: ", "用户名："))
        who = Password(
            username=username,
            password=_secret(text("Password: ", "密码：")),
            group=asked.group,
            appointment_id=str(asked.appointment) if asked.appointment else None,
        )
        profile = Profile(address=asked.address)
    try:
        _open(asked, profile, who)
    except NotAllowed as refused:
        if refused.code != Code.PASSWORD_CHANGE_REQUIRED or not isinstance(who, Password):
            raise
        complain(refused.title)
        own = _secret(text("New password: ", "新密码："))
        _open(asked, profile, msgspec.structs.replace(who, new_password=own))


def _open(asked: argparse.Namespace, profile: Profile, who: Credentials) -> None:
    with Client(asked.address, who, language=language()) as client:
        tokens = client.sign_in()
        if profile.client is None:
            profile.tokens = tokens
        keep_profile(asked.profile, profile)
        try:
            _whoami(client, asked)
        except NotAllowed:  # a system without the scope to ask who it is
            complain(text("signed in", "已登录"))


def _client(name: str) -> Client:
    profile = read_profile(name)

    def keep(tokens: Tokens) -> None:
        if profile.client is None:
            profile.tokens = tokens
            keep_profile(name, profile)

    credentials = profile.credentials()
    shared = SharedProfile(name) if profile.client is None else None
    return Client(profile.address, credentials, language=language(), on_tokens=keep, shared=shared)


def _logout(client: Client, asked: argparse.Namespace) -> None:
    try:
        client.access.revoke_session(client.access.me().session_id)
    except Refused:  # it is over already, or the system may not end it: it is forgotten here
        pass
    finally:
        keep_profile(asked.profile, None)


def _whoami(client: Client, asked: argparse.Namespace) -> None:
    me = client.access.me()
    if asked.json:
        show(me, as_json=True)
        return
    name = me.person.name if me.person else me.client.name if me.client else "-"
    school = me.school.name if me.school else text("group office", "集团办公室")
    say(f"{name}  {me.role}  {school}  {me.group.name}")


def _search(client: Client, asked: argparse.Namespace) -> None:
    found = client.resources.all_resources(q=" ".join(asked.words), limit=min(asked.limit, 200))
    some = itertools.islice(found, asked.limit)
    show_all(some, ["id", "title", "kind", "school_name"], as_json=asked.json)


def _show(client: Client, asked: argparse.Namespace) -> None:
    one = call_by_name(client, SHOWN[asked.thing], [str(asked.id)], None)
    show(one, as_json=asked.json)


def _upload(client: Client, asked: argparse.Namespace) -> None:
    with bar(asked.file.name, quiet=asked.json) as progress:
        done = client.upload(
            asked.file, media_type=asked.media_type, resume=asked.resume, progress=progress
        )
    show(done, as_json=True) if asked.json else say(f"{done.id}  {done.sha256}")


def _publish(client: Client, asked: argparse.Namespace) -> None:
    resource_id = asked.resource
    if resource_id is None:
        told = msgspec.json.decode(asked.draft)
        if asked.files:
            told["files"] = []
            for file in asked.files:
                with bar(file.name, quiet=asked.json) as progress:
                    told["files"].append({"upload_id": client.upload(file, progress=progress).id})
        draft = msgspec.convert(told, resources.ResourceDraft)
        resource_id = client.resources.create_resource(draft).id
        complain(text(f"the draft is resource {resource_id}", f"草稿资源 {resource_id}"))
    published = client.resources.publish_resource(resource_id)
    show(published, as_json=True) if asked.json else say(f"{published.id}  {published.status}")


def _borrow(client: Client, asked: argparse.Namespace) -> None:
    wish = lending.BorrowWish(dry_run=asked.dry_run)
    borrowed = client.lending.borrow(asked.offer, wish)
    got: Any = borrowed.loan or borrowed.hold or borrowed.ask
    if asked.json or got is None:
        show(borrowed, as_json=asked.json)
    else:
        say(f"{borrowed.outcome}  {got.id}")


def _return(client: Client, asked: argparse.Namespace) -> None:
    loan = client.lending.return_loan(asked.loan)
    show(loan, as_json=True) if asked.json else say(f"{loan.id}  {loan.status}")


def _loans(client: Client, asked: argparse.Namespace) -> None:
    found = client.lending.all_loans(mine=asked.mine or None, running=asked.running or None)
    columns = ["id", "title", "status", "borrower_school_name", "ends_at"]
    show_all(found, columns, as_json=asked.json)


def _fetch(client: Client, asked: argparse.Namespace) -> None:
    with bar(asked.output.name, quiet=asked.json) as progress:
        wanted = lending.download_loan_file(asked.loan, asked.no)
        say(str(client.download(wanted, asked.output, progress=progress)))


def _events(client: Client, asked: argparse.Namespace) -> None:
    place = Place(file=asked.place)
    for event in client.follow(place, types=asked.types, stay=not asked.once):
        if asked.json:
            show(event, as_json=True)
        else:
            say(f"{event.at.isoformat(timespec='seconds')}  {event.type}  {event.subject}")


def _returns(client: Client, asked: argparse.Namespace) -> None:
    try:
        version = client.returns.get_own_return(asked.call).version
    except NotFound:
        version = None
    if asked.what == "answer":
        values = msgspec.json.decode(asked.values.read_bytes() if asked.values else b"{}")
        answers = returns.AnswersAnswers(values=values)
        done = client.returns.save_return(asked.call, answers, version=version)
    else:
        done = client.returns.submit_return(asked.call, version=version)
    show(done, as_json=True) if asked.json else say(f"{done.id}  {done.status}")


def _exam(client: Client, asked: argparse.Namespace) -> None:
    if asked.what == "list":
        show_all(client.exams.all_exams(), ["id", "title", "status"], as_json=asked.json)
    elif asked.what == "releases" or asked.release is None:
        columns = ["id", "title", "status", "released_at"]
        show_all(client.exams.all_releases(), columns, as_json=asked.json)
    else:
        show(client.exams.get_release(asked.release), as_json=asked.json)


def _inbox(client: Client, asked: argparse.Namespace) -> None:
    waiting = client.inbox.all_inbox(unread=asked.unread or None)
    show_all(waiting, ["name", "text", "due_at", "link"], as_json=asked.json)


def _call(client: Client, asked: argparse.Namespace) -> None:
    answer = call_by_name(client, asked.operation, asked.given, asked.body)
    content = getattr(answer, "body", None)
    if isinstance(content, bytes):
        if asked.output:
            asked.output.write_bytes(content)
        else:
            sys.stdout.buffer.write(content)
    elif asked.output:
        asked.output.write_bytes(msgspec.json.encode(answer))
    elif answer is not None:
        say(msgspec.json.format(msgspec.json.encode(answer), indent=2).decode())


WORK: dict[str, Callable[[Client, argparse.Namespace], None]] = {
    "logout": _logout, "whoami": _whoami, "search": _search, "show": _show, "upload": _upload,
    "publish": _publish, "borrow": _borrow, "return": _return, "loans": _loans, "fetch": _fetch,
    "events": _events, "returns": _returns, "exam": _exam, "inbox": _inbox, "call": _call,
}  # fmt: skip


def _secret(prompt: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    return sys.stdin.readline().rstrip("\n")


def _told(error: SchoolgroupError) -> str:
    notes = "".join(f" [{note}]" for note in getattr(error, "__notes__", []))
    quoted = f" [request {error.request_id}]" if isinstance(error, Refused) else ""
    return f"{error}{quoted}{notes}"
