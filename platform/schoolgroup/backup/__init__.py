"""Backup and restore: database and objects of one moment, each named by its hash.

    DIR/objects/ab/abcd…        an object's bytes under their SHA-256, shared by all backups in DIR
    DIR/<moment>/database.dump  PostgreSQL's custom format
    DIR/<moment>/manifest.json  everything there is, with hashes; written last
    DIR/<moment>/manifest.sha256

Why the two stores agree. The dump is taken under a snapshot; the objects are those that rows of
that very snapshot name. An object is written before the row that names it commits, it never
changes, and the nightly collector deletes only what no row names. So everything named is there,
unless the last row that names it went away since: then the whole backup begins again with a newer
snapshot. What was written after the snapshot is in the next backup.

BackupRefused          the backup or restore was not done, and why
├── BrokenBackup       a file is missing, or is not the one the manifest names
├── WrongVersion       made by newer software, or in a form this one does not know
├── WrongSecret        made under another secret: its keys and cursors could not be read
├── TargetNotEmpty     there is a group, or an object, where the backup was to go
└── ProgramFailed      pg_dump or pg_restore said no
"""


class BackupRefused(Exception):
    """The backup or restore was not done, and why."""


class BrokenBackup(BackupRefused):
    """A file of the backup is missing, or is not the one the manifest names."""


class WrongVersion(BackupRefused):
    """The backup was made by newer software, or in a form this one does not know."""


class WrongSecret(BackupRefused):
    """The backup was made under another secret than this installation's."""


class TargetNotEmpty(BackupRefused):
    """There is something already where the backup was to go."""


class ProgramFailed(BackupRefused):
    """One of PostgreSQL's programs ended with an error; the message is what it said."""
