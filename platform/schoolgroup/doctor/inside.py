"""Checks of what is in the database: policies, and the jobs workers do."""

from collections.abc import Sequence
from datetime import timedelta

from schoolgroup.directory.queries import GroupCode
from schoolgroup.directory.service import list_groups
from schoolgroup.doctor.models import Finding, fail, warn, well
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.errors import Refusal
from schoolgroup.kernel.observe import queries
from schoolgroup.kernel.observe.vitals import VitalSigns
from schoolgroup.kernel.texts import Text
from schoolgroup.services import Services

LATE_WARN_S, LATE_FAIL_S = 120.0, 900.0
SILENT = timedelta(hours=7)  # every group's schedules write a job at least every six


async def check_inside(services: Services) -> list[Finding]:
    """Everything that is asked through the application's own doors."""
    try:
        groups = await list_groups(services.db)
        return [
            await _policies(services, groups),
            await _queue(services),
            await _workers(services, groups),
        ]
    except Refusal as refused:
        return [
            fail(
                "services",
                Text(
                    f"the database does not let us begin: {refused.code}",
                    f"无法开始事务：{refused.code}",
                ),
                Text(
                    "Is the schema migrated, and the secret the one it was sealed with?",
                    "请确认迁移已全部应用，且 secret 与封存时一致。",
                ),
            )
        ]


async def _policies(services: Services, groups: Sequence[GroupCode]) -> Finding:
    wrong = []
    for group in groups:
        try:
            await services.policies.reload(group.id)
        except Refusal:
            wrong.append(group.code)
    if wrong:
        return fail(
            "policies",
            Text(
                f"this software cannot judge by the policy of {', '.join(wrong[:5])}",
                f"以下集团的策略无法使用：{'、'.join(wrong[:5])}",
            ),
            Text(
                "Publish a policy made for this version (`schoolgroup policy lint`).",
                "请发布适用于本版本的策略（`schoolgroup policy lint`）。",
            ),
        )
    return well("policies", f"in force for {len(groups)} groups", f"{len(groups)} 个集团的策略有效")


async def _queue(services: Services) -> Finding:
    vitals = await VitalSigns(services.db).read()
    late_s = max((state.oldest_due_s for state in vitals.queue), default=0.0)
    given_up = sum(state.given_up for state in vitals.queue)
    told = Text(
        f"oldest due for {late_s:.0f} s, {given_up} given up",
        f"最早到期任务已等待 {late_s:.0f} 秒，{given_up} 个最终失败",
    )
    if late_s > LATE_FAIL_S:
        remedy = Text("Start workers, or more of them.", "请启动或增加后台任务进程。")
        return fail("jobs", told, remedy)
    if late_s > LATE_WARN_S or given_up:
        remedy = Text(
            "`schoolgroup jobs list` says why, `jobs retry` asks again.",
            "`schoolgroup jobs list` 查看原因，`jobs retry` 重试。",
        )
        return warn("jobs", told, remedy)
    return well("jobs", told.en, told.zh)


async def _workers(services: Services, groups: Sequence[GroupCode]) -> Finding:
    if not groups:
        return well("workers", "no group yet, nothing to do", "尚无集团，无任务")
    newest = await services.db.run(system_actor(None), queries.newest_job_at)
    if newest is None or services.clock.now() - newest > SILENT:
        return fail(
            "workers",
            Text(
                "no worker has written a scheduled job for seven hours",
                "已有七小时没有后台任务进程写入定时任务",
            ),
            Text("Start `schoolgroup work`.", "请启动 `schoolgroup work`。"),
        )
    return well(
        "workers", f"last seen {newest:%Y-%m-%d %H:%M} UTC", f"最近活动 {newest:%Y-%m-%d %H:%M} UTC"
    )
