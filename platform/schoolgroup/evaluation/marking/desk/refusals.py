"""Why the desk says no, in words a marker can act on."""

from schoolgroup.kernel.errors import Conflict, Gone, NotFound, refuse_by_constraint
from schoolgroup.kernel.texts import Text


class NothingToTake(Conflict):
    """There is no script for this marker at the moment."""

    code = "nothing_to_take"
    title = Text("No script for you at the moment", "暂无可领取的答卷")
    remedy = Text(
        "Ask again in a while: scripts in other hands may come back.",
        "请稍后再试：他人领取的答卷可能退回。",
    )


class ShareDone(Conflict):
    """The markers of this school have done what was allotted to them."""

    code = "share_done"
    title = Text("Your school's share is done", "本校份额已完成")
    remedy = Text(
        "The organiser may change the shares if others fall behind.",
        "如他校进度落后，可请考务评价员调整份额。",
    )


class MarkerPaused(Conflict):
    """This marker is paused."""

    code = "marker_paused"
    title = Text("You are paused", "已暂停评阅")
    remedy = Text("Ask the item's team leader to resume you.", "请联系题组长恢复评阅。")


class NoKnownScripts(Conflict):
    """Calibration needs known scripts, and there are none left for this marker."""

    code = "no_known_scripts"
    title = Text("No known scripts for calibration", "缺少定标标准卷")
    remedy = Text("Ask the team leader to set known scripts.", "请联系题组长补充标准卷。")


class NotForYou(Conflict):
    """The script with this code is not for this marker."""

    code = "not_for_you"
    title = Text("This sheet is not for you", "该答卷不由你评阅")
    remedy = Text(
        "Put it back: another marker takes it, or it is marked already.",
        "请放回：应由其他阅卷员评阅，或已评阅完毕。",
    )


class CodeMissing(Conflict):
    """Items marked on paper are taken by the blind code on the sheet."""

    code = "code_missing"
    title = Text("Which sheet have you in hand?", "请输入答卷密号")
    remedy = Text("Send the blind_code printed on the sheet.", "请提交答卷上的密号 blind_code。")


class LeaseOver(Gone):
    """The lease has run out: the script may be in another marker's hands."""

    code = "lease_over"
    title = Text("The time for this script is over", "领取已超时")
    remedy = Text("Take a script anew; your mark was not kept.", "请重新领取答卷，本次评分未保存。")


class AlreadyMarked(Conflict):
    """This script has its mark from this turn, and another one was sent."""

    code = "already_marked"
    title = Text("It is marked already", "该答卷已评分")
    remedy = Text(
        "A mark given stays: tell the team leader.", "已提交的评分不可更改，请联系题组长。"
    )


class NoImage(NotFound):
    """The script is marked on paper."""

    code = "no_image"


class OwnSchool(Conflict):
    """Nobody marks a script of the own school."""

    code = "own_school"
    title = Text("Not a script of your own school", "不得评阅本校答卷")
    remedy = Text("Leave it to another school's leader.", "请由其他学校的题组长处理。")


class MarkedBefore(Conflict):
    """Nobody has two roles on one script."""

    code = "marked_before"
    title = Text("You have marked this script", "你已评阅过该答卷")
    remedy = Text("Leave it to another leader or arbiter.", "请由其他题组长或仲裁员处理。")


class DecidedByReporter(Conflict):
    """Who reported a script does not decide on it."""

    code = "decided_by_reporter"
    title = Text("Another leader decides", "须由他人裁定")
    remedy = Text("Leave it to another leader or arbiter.", "请由其他题组长或仲裁员处理。")


class MarkingNotOpen(Conflict):
    """The item's marking is not open."""

    code = "marking_not_open"
    title = Text("Marking is not open", "阅卷未开放")
    remedy = Text("Wait until the organiser opens it.", "请等待考务评价员开放阅卷。")


refuse_by_constraint("never_the_own_school", OwnSchool)
refuse_by_constraint("never_twice_to_one_marker", MarkedBefore)
refuse_by_constraint("decided_by_another", DecidedByReporter)
refuse_by_constraint("marks_only_while_open", MarkingNotOpen)
