"""Checks of the database: reachable, of our version, with its walls up, in time, with room."""

import asyncio
from datetime import UTC, datetime

import asyncpg

from schoolgroup.doctor import queries
from schoolgroup.doctor.models import Finding, fail, warn, well
from schoolgroup.kernel.bootstrap import EXTENSIONS, migrations_folder
from schoolgroup.kernel.settings import Settings
from schoolgroup.kernel.texts import Text

CONNECT_S = 5.0
VERSION_MIN = 160000
SKEW_WARN_S, SKEW_FAIL_S = 2.0, 30.0
LOST = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


async def check_database(settings: Settings) -> list[Finding]:
    """Everything that can be said by connecting as the application."""
    try:
        connection = await asyncpg.connect(settings.database_url, timeout=CONNECT_S)
    except (*LOST, ValueError) as failed:
        why = Text(
            f"the database cannot be reached ({type(failed).__name__})",
            f"无法连接数据库（{type(failed).__name__}）",
        )
        remedy = Text(
            "Is it running; are host, port, role and password in database_url right?",
            "请检查数据库是否运行，以及 database_url 中的主机、端口、角色与密码。",
        )
        return [fail("database", why, remedy)]
    try:
        server = await queries.get_server(connection)
        return [
            _version(server.version),
            _role(server),
            _room(server, settings.database_pool_max),
            skew("database clock", server.now, datetime.now(UTC)),
            await _walls(connection),
            await _extensions(connection),
            await _migrations(connection, settings.database_migrate_url),
        ]
    finally:
        await connection.close()


def _version(version: int) -> Finding:
    if version < VERSION_MIN:
        return fail(
            "database version",
            Text(
                f"PostgreSQL {version // 10000} is too old", f"PostgreSQL {version // 10000} 过旧"
            ),
            Text(
                "Use PostgreSQL 16 or newer; 18 is what we test.",
                "请使用 PostgreSQL 16 及以上（推荐 18）。",
            ),
        )
    return well(
        "database version", f"PostgreSQL {version // 10000}", f"PostgreSQL {version // 10000}"
    )


def _role(server: queries.Server) -> Finding:
    if server.above_walls or server.owned:
        return fail(
            "database role",
            Text(
                "the application's role owns tables or stands above row-level security",
                "应用角色拥有数据表或可绕过行级安全",
            ),
            Text(
                "Put schoolgroup_app into database_url; `schoolgroup migrate` makes it.",
                "database_url 请使用 schoolgroup_app 角色，可由 `schoolgroup migrate` 创建。",
            ),
        )
    return well("database role", "an ordinary role", "普通角色")


def _room(server: queries.Server, pool_max: int) -> Finding:
    free = server.connections_max - server.connections
    told = f"{server.connections} of {server.connections_max} connections used, pool {pool_max}"
    told_zh = f"已用 {server.connections}/{server.connections_max} 个连接，连接池 {pool_max}"
    if pool_max > server.connections_max or free < min(pool_max, 3):
        return fail(
            "connections",
            Text(told, told_zh),
            Text(
                "Raise max_connections, lower database_pool_max, or use PgBouncer.",
                "请提高 max_connections、降低 database_pool_max，或使用 PgBouncer。",
            ),
        )
    if free < pool_max:
        return warn(
            "connections",
            Text(told, told_zh),
            Text(
                "One more process will not get all of its pool.", "再增加进程将无法获得完整连接池。"
            ),
        )
    return well("connections", told, told_zh)


def skew(check: str, theirs: datetime, ours: datetime) -> Finding:
    """How far another clock is from this machine's."""
    off_s = abs((theirs - ours).total_seconds())
    told = Text(f"{off_s:.1f} s apart from this machine", f"与本机相差 {off_s:.1f} 秒")
    remedy = Text("Run NTP (chrony) on every machine.", "请在所有机器上启用 NTP（chrony）。")
    if off_s > SKEW_FAIL_S:
        return fail(check, told, remedy)
    if off_s > SKEW_WARN_S:
        return warn(check, told, remedy)
    return well(check, told.en, told.zh)


async def _walls(connection: "asyncpg.Connection") -> Finding:
    open_ones = await queries.list_unwalled(connection)
    if open_ones:
        names = ", ".join(open_ones[:5])
        return fail(
            "walls",
            Text(
                f"no row-level security in force on {names}", f"以下数据表未强制行级安全：{names}"
            ),
            Text(
                "Was it switched off by hand? Restore it from migrations/schema.sql.",
                "是否被手动关闭？请按 migrations/schema.sql 恢复。",
            ),
        )
    return well("walls", "row-level security in force everywhere", "行级安全已全部强制启用")


async def _extensions(connection: "asyncpg.Connection") -> Finding:
    missing = sorted(set(EXTENSIONS) - await queries.list_extensions(connection))
    if missing:
        return fail(
            "extensions",
            Text(f"missing: {', '.join(missing)}", f"缺少扩展：{', '.join(missing)}"),
            Text(
                "Run `schoolgroup migrate` with database_admin_url.",
                "请在提供 database_admin_url 的情况下运行 `schoolgroup migrate`。",
            ),
        )
    return well("extensions", "all there", "齐全")


async def _migrations(connection: "asyncpg.Connection", migrate_url: str) -> Finding:
    wanted = [path.name.partition("_")[0] for path in migrations_folder().glob("[0-9]*.sql")]
    applied = await queries.list_migrations(connection)
    if applied is None and migrate_url:
        try:
            async with asyncio.timeout(CONNECT_S):
                migrator = await asyncpg.connect(migrate_url)
            try:
                applied = await queries.list_migrations(migrator)
            finally:
                await migrator.close()
        except LOST:
            applied = None
    if applied is None:
        return warn(
            "migrations",
            Text("which are applied may not be read", "无权读取已应用的迁移"),
            Text(
                "Give database_migrate_url to this command.",
                "请为此命令提供 database_migrate_url。",
            ),
        )
    missing, newer = sorted(set(wanted) - set(applied)), sorted(set(applied) - set(wanted))
    if missing:
        return fail(
            "migrations",
            Text(f"not applied: {', '.join(missing)}", f"未应用：{', '.join(missing)}"),
            Text("Run `schoolgroup migrate`.", "请运行 `schoolgroup migrate`。"),
        )
    if newer:
        return warn(
            "migrations",
            Text(
                f"newer than this software: {', '.join(newer)}",
                f"数据库比软件更新：{', '.join(newer)}",
            ),
            Text("Bring every process to the same version.", "请将所有进程升级到同一版本。"),
        )
    newest = max(applied, default="none")
    return well("migrations", f"newest: {newest}", f"最新：{newest}")
