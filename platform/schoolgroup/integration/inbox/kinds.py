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
    "receipt_to_sign": WaitingKind(
        Text("things to sign for", "待签收的实物"),
        Text("“{title}” of {school} was handed to you", "{school}的《{title}》已交付，请签收"),
    ),
    "thing_overdue": WaitingKind(
        Text("things that should be back", "逾期未还的实物"),
        Text("“{title}” should be back at {school}", "{school}的《{title}》已逾期，请归还"),
    ),
    "booking_to_decide": WaitingKind(
        Text("bookings to be answered", "待答复的场地预订"),
        Text("{school} asks for {title}", "{school}申请使用{title}"),
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
    "appeal_to_decide": WaitingKind(
        Text("doubts about marks to be decided", "待处理的成绩复核"),
        Text("{title}: {school} doubts a mark", "{title}：{school}申请复核"),
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
    "item_to_do": WaitingKind(
        Text("ledger items to see to", "待办结的台账事项"),
        Text("“{title}” is to be done", "台账事项“{title}”待办结"),
    ),
    "item_refused": WaitingKind(
        Text("ledger items that were refused", "不予销号的台账事项"),
        Text("“{title}” was not closed: see why", "“{title}”未予销号，请查看原因"),
    ),
    "item_to_close": WaitingKind(
        Text("reported items to be closed", "待销号的台账事项"),
        Text("{school} reports “{title}” done", "{school}报告“{title}”已办结，请核实销号"),
    ),
    "visit_to_confirm": WaitingKind(
        Text("visits to be confirmed", "待确认的巡回指导"),
        Text("{title}: {school} is coming", "{title}：{school}将到校，请确认时间"),
    ),
    "visit_to_report": WaitingKind(
        Text("visits to be recorded", "待填写的巡回指导记录"),
        Text("{title}: {school}", "{title}：{school}"),
    ),
    "visit_to_reply": WaitingKind(
        Text("reports of visits to reply to", "待回复的巡回指导报告"),
        Text("{title}: reply to the report of {school}", "{title}：请回复{school}的报告"),
    ),
    "round_to_assign": WaitingKind(
        Text("rounds with schools nobody visits yet", "待安排到校的巡回指导轮次"),
        Text("{title}: schools have no visit yet", "{title}：尚有学校未安排"),
    ),
    "draw_to_reveal": WaitingKind(
        Text("draws to be revealed", "待公开的抽签"),
        Text(
            "{title}: the public value is there, reveal the draw",
            "{title}：公共数值已公布，请公开抽签",
        ),
    ),
    "draw_to_plan": WaitingKind(
        Text("draws whose schools have no visit yet", "待安排的抽查"),
        Text("{title}: plan the spot checks that were drawn", "{title}：请安排抽中学校的抽查"),
    ),
    "node_to_reach": WaitingKind(
        Text("time nodes to reach", "待完成的时间节点"),
        Text("{school}: “{title}”", "{school}：“{title}”"),
    ),
    "item_to_hand_over": WaitingKind(
        Text("items of people who have left", "责任人已离任的台账事项"),
        Text("“{title}” of {school}: name somebody else", "{school}的“{title}”：请另行指定责任人"),
    ),
    "measure_to_hand_over": WaitingKind(
        Text("measures of people who have left", "负责人已离任的举措"),
        Text("“{title}”: name somebody else to answer for it", "“{title}”：请另行指定负责人"),
    ),
    "visit_to_hand_over": WaitingKind(
        Text("visits with an inspector who has left", "有成员离任的巡回指导"),
        Text(
            "{title}: who was to visit {school} has left; cancel and assign anew",
            "{title}：前往{school}的成员已离任，请取消后重新安排",
        ),
    ),
    "activity_to_report": WaitingKind(
        Text("activities to be recorded", "待登记结果的活动"),
        Text("“{title}”: held, or called off?", "“{title}”：请登记已举办或取消"),
    ),
    "bulletin_to_check": WaitingKind(
        Text("bulletins to be checked", "待校核的简报"),
        Text("“{title}” is to be checked", "简报《{title}》待校核"),
    ),
    "bulletin_to_issue": WaitingKind(
        Text("bulletins to be issued", "待签发的简报"),
        Text("“{title}” is to be issued", "简报《{title}》待签发"),
    ),
    "bulletin_to_sign": WaitingKind(
        Text("bulletins to sign for", "待签收的简报"),
        Text("“{title}” is to be signed for", "请签收简报《{title}》"),
    ),
    "article_to_decide": WaitingKind(
        Text("articles to be decided on", "待处理的供稿"),
        Text("{school} offers “{title}”", "{school}供稿《{title}》"),
    ),
    "appraisal_to_answer": WaitingKind(
        Text("self-assessments your school owes", "待完成的自评"),
        Text("{title}: your school's own word", "{title}：请完成自评"),
    ),
    "evidence_to_review": WaitingKind(
        Text("evidence to be reviewed", "待审核的证明材料"),
        Text("{title}: evidence waits for a look", "{title}：证明材料待审核"),
    ),
    "appraisal_to_assess": WaitingKind(
        Text("cases to assess", "待评审"),
        Text("{title}: assess {school}", "{title}：请评审{school}"),
    ),
    "appraisal_result": WaitingKind(
        Text("results you may object to", "异议期内的评价结果"),
        Text("{title}: results; objections end", "{title}：结果已公布，可在异议期内提出异议"),
    ),
    "objection_to_decide": WaitingKind(
        Text("objections to be answered", "待答复的评价异议"),
        Text("{title}: {school} objects", "{title}：{school}提出异议"),
    ),
}
