"""What can stand in an inbox, in which words. Notices bring their own (notices/defaults.toml)."""

import msgspec

from schoolgroup.kernel.texts import Text


class WaitingKind(msgspec.Struct, frozen=True):
    """Something that waits for somebody: its name, and its line with the thing's title."""

    name: Text
    line: Text


WAITING: dict[str, WaitingKind] = {
    "ask_to_decide": WaitingKind(
        Text("requests to borrow, to be answered", "待答复的借用申请"),
        Text("{school} asks for “{title}”", "{school}申请借用《{title}》"),
    ),
    "ask_agreed": WaitingKind(
        Text("requests that were agreed to, to be used", "已获同意、待办理的借用"),
        Text("{school} lends you “{title}”: borrow it", "{school}同意借出《{title}》，请办理借阅"),
    ),
    "hold_ready": WaitingKind(
        Text("ready for you", "可取的预约"),
        Text("“{title}” of {school} is ready for you", "{school}的《{title}》已为您预留"),
    ),
    "loan_ending": WaitingKind(
        Text("loans that end soon", "即将到期的借阅"),
        Text("“{title}” of {school} ends", "{school}的《{title}》即将到期"),
    ),
    "agreement_to_sign": WaitingKind(
        Text("agreements to be signed", "待签署的协议"),
        Text("Agreement with {school}", "与{school}的协议"),
    ),
    "suggestion_to_decide": WaitingKind(
        Text("suggestions for your lists", "待处理的清单建议"),
        Text("{school} suggests “{title}”", "{school}建议列入《{title}》"),
    ),
    "exam_to_answer": WaitingKind(
        Text("invitations to exams", "待答复的联考邀请"),
        Text("Invitation: {title}", "联考邀请：{title}"),
    ),
    "return_to_answer": WaitingKind(
        Text("returns your school owes", "本校待填报"),
        Text("“{title}” is due", "填报“{title}”"),
    ),
    "return_to_correct": WaitingKind(
        Text("returns that were sent back", "被退回的填报"),
        Text("“{title}” was sent back", "“{title}”被退回，请修改"),
    ),
    "return_to_accept": WaitingKind(
        Text("returns to be looked at", "待审核的填报"),
        Text("{school}: {title}", "{school}：{title}"),
    ),
}
