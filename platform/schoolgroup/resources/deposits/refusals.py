"""Why an upload is refused, in words a school can act on."""

from schoolgroup.kernel.errors import (
    Conflict,
    Gone,
    Invalid,
    Refusal,
    TooLarge,
    TooMany,
    Unavailable,
)
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.deposits.models import Rejection


class FileTooLarge(TooLarge):
    """The file is larger than this installation takes."""

    code = "file_too_large"
    title = Text("The file is too large", "文件过大")
    remedy = Text("Make it smaller or split it.", "请压缩或拆分文件。")


class TooManyOpen(TooMany):
    """Too many uploads were begun and not finished."""

    code = "too_many_open_uploads"
    title = Text("Too many unfinished uploads", "未完成的上传过多")
    remedy = Text("Finish or give up some of them first.", "请先完成或放弃部分上传。")


class BadFileName(Invalid):
    """A file name is one name: no path, no control characters, not too long."""

    code = "bad_file_name"
    title = Text("The file name cannot be used", "文件名不可用")
    remedy = Text(
        "Send the plain name of the file, without folders or invisible characters.",
        "请只提交文件名本身，不含路径或不可见字符。",
    )


class PartsMissing(Conflict):
    """Not all parts have arrived in the store."""

    code = "parts_missing"
    title = Text("Parts of the file are missing", "文件分片不完整")
    remedy = Text(
        "Upload the parts listed in `missing`, with new links, and complete again.",
        "请为 missing 中的分片重新取得链接并上传，然后再次完成。",
    )


class PartsDiffer(Conflict):
    """The ETags sent are not those of the parts in the store."""

    code = "parts_differ"
    title = Text("The parts are not those in the store", "分片与存储中的不一致")
    remedy = Text(
        "Read the upload again and send the ETags under `received`.",
        "请重新读取上传状态，并提交 received 中的 ETag。",
    )


class UploadExpired(Gone):
    """The upload was not finished in time."""

    code = "upload_expired"
    title = Text("The upload has expired", "上传已过期")
    remedy = Text("Begin a new upload of the same file.", "请重新上传该文件。")


class UploadAborted(Conflict):
    """The upload was given up."""

    code = "upload_aborted"
    title = Text("The upload was given up", "上传已放弃")
    remedy = Text("Begin a new upload of the same file.", "请重新上传该文件。")


class StillAssembling(Conflict):
    """Another request is having the store put the parts together."""

    code = "still_assembling"
    title = Text("The file is still being put together", "文件正在合并")
    remedy = Text("Complete again in a moment.", "请稍后再次完成。")


class SizeMismatch(Invalid):
    """As many bytes as were announced did not come; what came was deleted."""

    code = "size_mismatch"
    title = Text("The size is not what was announced", "文件大小与声明不符")
    remedy = Text("Begin a new upload of the file.", "请重新上传该文件。")


class Sha256Mismatch(Invalid):
    """The bytes in the store are not those whose SHA-256 was announced; they were deleted."""

    code = "sha256_mismatch"
    title = Text("The content is not what was announced", "文件内容与声明的校验值不符")
    remedy = Text(
        "Something changed the file on its way: begin a new upload.",
        "文件在传输中被改变，请重新上传。",
    )


class KindTooLarge(TooLarge):
    """A file of this kind is not taken in this size."""

    code = "kind_too_large"
    title = Text("The file is too large for its kind", "此类文件过大")
    remedy = Text(
        "Make it smaller: compress pictures and sound, or split it.", "请压缩图片、音频或拆分文件。"
    )


class ArchiveBomb(Invalid):
    """The archive holds far more than its size, or more entries than anyone unpacks."""

    code = "archive_bomb"
    title = Text("The archive would unpack too large", "压缩包解压后过大")
    remedy = Text(
        "Hand in the files themselves, or an archive of fewer and smaller ones.",
        "请直接上传文件，或减少压缩包内文件的数量与大小。",
    )


class ArchiveUnsafePaths(Invalid):
    """An entry of the archive would be written outside its folder."""

    code = "archive_unsafe_paths"
    title = Text("The archive holds unsafe paths", "压缩包含有不安全的路径")
    remedy = Text(
        "Make the archive anew from a folder, without links.", "请从普通文件夹重新制作压缩包。"
    )


class ArchiveEncrypted(Invalid):
    """The file or an entry of it is locked with a password."""

    code = "archive_encrypted"
    title = Text("The file is locked with a password", "文件已加密")
    remedy = Text("Save it without a password.", "请取消密码后重新保存。")


class ArchiveDamaged(Invalid):
    """The file begins like an archive or office file and cannot be read as one."""

    code = "archive_damaged"
    title = Text("The file is damaged", "文件已损坏")
    remedy = Text("Open it, save it anew and upload it again.", "请打开文件重新保存后上传。")


class Infected(Invalid):
    """The virus scanner knows the content as harmful; it was deleted."""

    code = "infected"
    title = Text("The file is infected", "文件含有病毒")
    remedy = Text("Clean the computer it comes from first.", "请先对来源计算机进行杀毒。")


class ScannerUnavailable(Unavailable):
    """The virus scanner does not answer, and nothing is taken unscanned."""

    code = "scanner_unavailable"
    title = Text("The virus scanner does not answer", "病毒扫描暂不可用")
    remedy = Text("Complete again in a moment.", "请稍后再次完成上传。")


class QuotaExceeded(TooLarge):
    """The school's share of the store would be exceeded."""

    code = "quota_exceeded"
    title = Text("The school's share of the store is used up", "本校存储配额不足")
    remedy = Text(
        "Take files out of drafts, give up unfinished uploads, or ask the group office for more.",
        "请移除草稿中的文件、放弃未完成的上传，或向集团办公室申请扩容。",
    )


REJECTIONS: dict[Rejection, type[Refusal]] = {
    Rejection.SIZE: SizeMismatch,
    Rejection.SHA256: Sha256Mismatch,
    Rejection.KIND_TOO_LARGE: KindTooLarge,
    Rejection.ARCHIVE_BOMB: ArchiveBomb,
    Rejection.ARCHIVE_PATHS: ArchiveUnsafePaths,
    Rejection.ARCHIVE_ENCRYPTED: ArchiveEncrypted,
    Rejection.ARCHIVE_DAMAGED: ArchiveDamaged,
    Rejection.INFECTED: Infected,
}
