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
