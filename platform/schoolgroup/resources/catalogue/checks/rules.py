"""What each check looks for: pure, and the same for a draft, a publication and a whole sheet.

Resident identity numbers are known by GB 11643-1999 (ISO/IEC 7064:2003 MOD 11-2), mobile numbers by
the national numbering plan (eleven digits, 13 to 19 first).
"""

import re
import unicodedata
from datetime import date

from schoolgroup.kernel.texts import Text
from schoolgroup.resources.catalogue.checks.models import Check, CheckResult, Facts
from schoolgroup.resources.catalogue.models import Description, Kind
from schoolgroup.resources.catalogue.needs.models import Standing

TITLE_LETTERS_MIN = 2
# What is not tied to a lesson of a stage and a subject.
WITHOUT_SUBJECT = frozenset({Kind.PLACE, Kind.BOOK, Kind.OTHER})
# What an office program calls a file nobody has named.
PLACEHOLDER = re.compile(
    r"(未命名|无标题|新建|新文件|文档|演示文稿|幻灯片|工作簿|课件|教案|试卷|副本|复制|标题|测试"
    r"|untitled|new|copy|of|document|presentation|slides?|workbook|powerpoint|microsoft|office"
    r"|word|excel|docx?|pptx?|xlsx?|pdf|test|title|ppt|演示|\d+|[^\w]|_)+",
    re.IGNORECASE,
)
FILE_ENDING = re.compile(r"\.(docx?|pptx?|xlsx?|pdf|mp4|zip|wps|jpe?g|png)\s*$", re.IGNORECASE)
# In one run, or in the groups people write them in; a row of small numbers is neither.
IDENTITY = re.compile(r"(?<![0-9])[1-9][0-9]{5}[\s-]?[0-9]{8}[\s-]?[0-9]{3}[0-9Xx](?![0-9A-Za-z])")
MOBILE = re.compile(r"(?<![0-9])(?:86[\s-]?)?1[3-9][0-9][\s-]?[0-9]{4}[\s-]?[0-9]{4}(?![0-9])")
BREAKS = re.compile(r"[\s-]")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
OFFICE = "application/vnd.openxmlformats-officedocument."
# What is expected among the files of a kind, by the beginning of the media type.
EXPECTED: dict[Kind, tuple[str, ...]] = {
    Kind.VIDEO: ("video/",),
    Kind.COURSEWARE: (
        f"{OFFICE}presentationml", "application/vnd.ms-powerpoint", "application/pdf",
        "application/zip", "text/html", "video/", "application/vnd.oasis.opendocument.presentation",
        "application/x-ole-storage", "application/CDFV2",
    ),
}  # fmt: skip

TITLE_PRESENT = Check(
    "title_too_short",
    "/title",
    Text("The title says too little.", "标题过短。"),
    Text("Give it a title of at least two letters or characters.", "请填写至少两个字的标题。"),
)
TITLE_SPEAKS = Check(
    "title_is_placeholder",
    "/title",
    Text("The title is a file's name, not the resource's.", "标题是默认文件名，不是资源名称。"),
    Text("Say what it is about, for example 分数的意义.", "请写明内容，例如“分数的意义”。"),
)
NO_PERSONAL_DATA = Check(
    "personal_data",
    "/title",
    Text("The text holds an identity or mobile number.", "文字中含有身份证号或手机号等个人信息。"),
    Text(
        "Take it out of title, summary, keywords and chapter.",
        "请从标题、简介、关键词、章节中删除。",
    ),
)
FILE_PRESENT = Check(
    "file_missing",
    "/files",
    Text("There is no file.", "没有文件。"),
    Text("Upload a file and add it to the draft.", "请上传文件并加入草稿。"),
)
FILE_VERIFIED = Check(
    "file_not_verified",
    "/files",
    Text("A file was not verified by the server.", "有文件未通过服务器校验。"),
    Text("Upload it again.", "请重新上传该文件。"),
)
STAGE_NAMED = Check(
    "stage_missing",
    "/stage",
    Text("The stage is not named.", "未填写学段。"),
    Text("Choose the stage it is for.", "请选择适用学段。"),
)
SUBJECT_NAMED = Check(
    "subject_missing",
    "/subject",
    Text("The subject is not named.", "未填写学科。"),
    Text("Name the subject it is for.", "请填写所属学科。"),
)
LICENCE_NAMED = Check(
    "licence_missing",
    "/licence",
    Text("It does not say what others may do with it.", "未注明使用许可。"),
    Text(
        "Choose a licence; `group_only` keeps it within the group.",
        "请选择许可；group_only 表示仅限集团内使用。",
    ),
)
NEEDS_STAND = Check(
    "prerequisite_broken",
    "/prerequisites",
    Text("A prerequisite was withdrawn or is out of reach.", "有先修资源已撤回或不可见。"),
    Text("Replace it or take it out.", "请更换或移除。"),
)
NEEDS_OPEN = Check(
    "prerequisite_circular",
    "/prerequisites",
    Text("A prerequisite itself needs this resource.", "先修资源又以本资源为先修。"),
    Text("Take one of the two out.", "请移除其中一个先修关系。"),
)
COORDINATE_NAMED = Check(
    "coordinate_missing",
    "/curriculum_node_id",
    Text("Its place in the curriculum is not named.", "未填写课程坐标。"),
    Text(
        "Choose a place in the curriculum, or name edition and grade: so it is found.",
        "请选择课程目录节点，或填写版本与年级，便于检索。",
    ),
    blocks=False,
)
SUMMARY_PRESENT = Check(
    "summary_missing",
    "/summary",
    Text("There is no summary.", "没有简介。"),
    Text("Say in two sentences what it is and how to use it.", "请用两句话说明内容与用法。"),
    blocks=False,
)
KEYWORDS_PRESENT = Check(
    "keywords_missing",
    "/keywords",
    Text("There are no keywords.", "没有关键词。"),
    Text("Name two or three words a colleague would search for.", "请填写两三个检索用词。"),
    blocks=False,
)
FILE_SCANNED = Check(
    "file_not_scanned",
    "/files",
    Text("A file was not looked at by a virus scanner.", "有文件未经病毒扫描。"),
    Text(
        "Ask the operator to connect a scanner, or hand in a smaller file.",
        "请联系运维接入扫描服务，或上传较小的文件。",
    ),
    blocks=False,
)
MEDIA_FITS = Check(
    "media_type_unexpected",
    "/kind",
    Text("None of the files is of the type this kind has.", "文件类型与资源类型不符。"),
    Text("Choose another kind or add the right file.", "请更换资源类型或添加相应文件。"),
    blocks=False,
)
NO_TWIN = Check(
    "same_files_as_another",
    "/files",
    Text("Another resource of your school has the same files.", "本校另一资源的文件完全相同。"),
    Text("Revise that one instead of publishing it twice.", "请修订该资源，不要重复发布。"),
    blocks=False,
)


def examine(description: Description, facts: Facts) -> list[CheckResult]:
    """Every check with what it found, those that keep it from being published first."""
    d, files = description, facts.files
    lesson = d.kind not in WITHOUT_SUBJECT
    letters = sum(letter.isalnum() for letter in d.title)
    expected = EXPECTED.get(d.kind)
    broken = [str(n.resource_id) for n in facts.prerequisites if n.standing is not Standing.OK]
    unverified = [file.file_name for file in files if not file.verified]
    unscanned = [file.file_name for file in files if not file.clean]
    placed = d.curriculum_node_id is not None or (d.edition is not None and d.grade is not None)
    fits = expected is None or not files or any(f.media_type.startswith(expected) for f in files)
    where = [name for name, text in texts(d) if personal(text)]
    results: tuple[tuple[Check, bool, list[str]], ...] = (
        (TITLE_PRESENT, letters >= TITLE_LETTERS_MIN, []),
        (TITLE_SPEAKS, letters < TITLE_LETTERS_MIN or d.kind is Kind.BOOK or speaks(d.title), []),
        (NO_PERSONAL_DATA, not where, where),
        (FILE_PRESENT, bool(files), []),
        (FILE_VERIFIED, not unverified, unverified),
        (STAGE_NAMED, not lesson or d.stage is not None, []),
        (SUBJECT_NAMED, not lesson or bool((d.subject or "").strip()), []),
        (LICENCE_NAMED, d.licence is not None, []),
        (NEEDS_STAND, not broken, broken),
        (NEEDS_OPEN, not facts.circular, facts.circular),
        (COORDINATE_NAMED, not lesson or placed, []),
        (SUMMARY_PRESENT, bool(d.summary.strip()), []),
        (KEYWORDS_PRESENT, bool(d.keywords), []),
        (FILE_SCANNED, not unscanned, unscanned),
        (MEDIA_FITS, fits, []),
        (NO_TWIN, not facts.twins, facts.twins),
    )
    return [
        CheckResult(c.code, c.pointer, c.what, c.fix, c.blocks, passed, found)
        for c, passed, found in results
    ]


def unmet(results: list[CheckResult]) -> list[Check]:
    """What keeps the draft from being published; empty when nothing does."""
    return [Check(r.code, r.pointer, r.what, r.fix) for r in results if r.blocks and not r.passed]


def texts(description: Description) -> list[tuple[str, str]]:
    """The free texts of a description by their field."""
    d = description
    return [
        ("title", d.title), ("summary", d.summary), ("keywords", "\n".join(d.keywords)),
        ("chapter", "\n".join(d.chapter)),
    ]  # fmt: skip


def speaks(title: str) -> bool:
    """Whether a title says something: no file ending, more than the words programs make up."""
    text = unicodedata.normalize("NFKC", title).strip()
    if FILE_ENDING.search(text):
        return False
    return PLACEHOLDER.fullmatch(text) is None and len(set(text.replace(" ", ""))) > 1


def personal(text: str) -> bool:
    """Whether a text holds a resident identity number or a mobile number, however written."""
    plain = unicodedata.normalize("NFKC", text)
    if MOBILE.search(plain):
        return True
    return any(is_identity_number(BREAKS.sub("", hit[0])) for hit in IDENTITY.finditer(plain))


def is_identity_number(text: str) -> bool:
    """Whether eighteen characters are a resident identity number: birthday and check digit fit."""
    total = sum(int(digit) * weight for digit, weight in zip(text, WEIGHTS, strict=False))
    if CHECK_DIGITS[total % 11] != text[-1].upper():
        return False
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    return date(1900, 1, 1) <= born
