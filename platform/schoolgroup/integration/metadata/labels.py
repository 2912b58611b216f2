"""The words of the formats, in English and Chinese, and what ours become in theirs.

Vocabularies: IEEE 1484.12.1 (LOMv1.0) for LOM; Creative Commons' own addresses for licences. Ages
are those of the school system (六三 and 五四 together), so ranges overlap by a year.
"""

from schoolgroup.kernel.texts import Text
from schoolgroup.resources.catalogue.models import Kind, Licence, Stage

# LOM 5.2: the nearest value of LOMv1.0; ours is always said beside it.
LOM_TYPES = {
    Kind.LESSON_PLAN: "narrative text",
    Kind.COURSEWARE: "slide",
    Kind.VIDEO: "lecture",
    Kind.EXERCISE: "exercise",
    Kind.PAPER: "exam",
    Kind.EXPERIMENT: "experiment",
    Kind.BOOK: "narrative text",
}
DCMI_TYPES = {
    Kind.VIDEO: "MovingImage",
    Kind.PLACE: "PhysicalObject",
    Kind.BOOK: "Text",
    Kind.LESSON_PLAN: "Text",
    Kind.PAPER: "Text",
    Kind.EXERCISE: "Text",
}
AGES = {
    Stage.KINDERGARTEN: "3-6",
    Stage.PRIMARY: "6-12",
    Stage.JUNIOR: "11-15",
    Stage.SENIOR: "15-18",
}
LICENCE_ADDRESSES = {
    Licence.CC_BY: "https://creativecommons.org/licenses/by/4.0/",
    Licence.CC_BY_SA: "https://creativecommons.org/licenses/by-sa/4.0/",
    Licence.CC_BY_NC: "https://creativecommons.org/licenses/by-nc/4.0/",
    Licence.CC_BY_NC_SA: "https://creativecommons.org/licenses/by-nc-sa/4.0/",
    Licence.PUBLIC_DOMAIN: "https://creativecommons.org/publicdomain/mark/1.0/",
}
# 义务教育课程方案（2022年版）与普通高中课程方案（2017年版2020年修订）的科目;
# others stay as they are.
SUBJECTS = {
    "语文": "Chinese",
    "数学": "Mathematics",
    "英语": "English",
    "日语": "Japanese",
    "俄语": "Russian",
    "道德与法治": "Morality and the rule of law",
    "思想政治": "Ideology and politics",
    "历史": "History",
    "地理": "Geography",
    "科学": "Science",
    "物理": "Physics",
    "化学": "Chemistry",
    "生物": "Biology",
    "生物学": "Biology",
    "信息科技": "Information technology",
    "信息技术": "Information technology",
    "通用技术": "General technology",
    "音乐": "Music",
    "美术": "Fine arts",
    "艺术": "Arts",
    "体育与健康": "Physical education and health",
    "劳动": "Labour",
    "综合实践活动": "Integrated practice",
}


def subject(name: str) -> Text:
    """A subject in both languages; one without a known translation is called the same in both."""
    return Text(SUBJECTS.get(name, name), name)
