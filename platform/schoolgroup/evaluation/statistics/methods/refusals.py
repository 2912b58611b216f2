"""Why a method gives no number."""

from schoolgroup.kernel.errors import Invalid
from schoolgroup.kernel.texts import Text


class MethodRefused(Invalid):
    """These data cannot carry this figure honestly."""

    code = "method_refused"
    title = Text("The figure is not computed", "不计算该指标")
    remedy = Text(
        "Give more pupils, schools or items, or choose a simpler figure",
        "请增加学生、学校或题目数量，或选择更简单的指标",
    )


class NotUsable(MethodRefused):
    """A file or an option of the command line is not what the method takes."""

    code = "not_usable"
    title = Text("The file or the options cannot be used", "文件或参数不可用")
    remedy = Text("Mend the file or the options.", "请修改文件或参数。")
