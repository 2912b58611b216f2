"""Marking of scripts: plans, tasks, figures (阅卷).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import marking as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncRoom, Room


class Marking(Room):
    """Marking of scripts: plans, tasks, figures (阅卷)."""

    add_markers = Act(asks.add_markers)
    change_marking_plan = Act(asks.change_marking_plan)
    complete_marking = Act(asks.complete_marking)
    cut_scripts = Act(asks.cut_scripts)
    decide_abnormal = Act(asks.decide_abnormal)
    dismiss_marker = Act(asks.dismiss_marker)
    draw_seeds = Act(asks.draw_seeds)
    get_abnormal_image = Act(asks.get_abnormal_image)
    get_blind_codes = Act(asks.get_blind_codes)
    get_marker_figures = Act(asks.get_marker_figures)
    get_marking_plan = Act(asks.get_marking_plan)
    get_marking_progress = Act(asks.get_marking_progress)
    get_own_marker_figures = Act(asks.get_own_marker_figures)
    get_script_batch = Act(asks.get_script_batch)
    get_script_image = Act(asks.get_script_image)
    get_seed_image = Act(asks.get_seed_image)
    get_task = Act(asks.get_task)
    give_script_back = Act(asks.give_script_back)
    key_seed = Act(asks.key_seed)
    list_abnormal = Act(asks.list_abnormal)
    list_disputed = Act(asks.list_disputed)
    list_markers = Act(asks.list_markers)
    list_marking = Act(asks.list_marking)
    list_seeds = Act(asks.list_seeds)
    mark_script = Act(asks.mark_script)
    open_marking = Act(asks.open_marking)
    pause_marker = Act(asks.pause_marker)
    plan_marking = Act(asks.plan_marking)
    remark_scripts = Act(asks.remark_scripts)
    renew_task = Act(asks.renew_task)
    report_script = Act(asks.report_script)
    resume_marker = Act(asks.resume_marker)
    send_scripts = Act(asks.send_scripts)
    set_script_template = Act(asks.set_script_template)
    take_disputed = Act(asks.take_disputed)
    take_script = Act(asks.take_script)


class AsyncMarking(AsyncRoom):
    """Marking of scripts: plans, tasks, figures (阅卷), to be awaited."""

    add_markers = AsyncAct(asks.add_markers)
    change_marking_plan = AsyncAct(asks.change_marking_plan)
    complete_marking = AsyncAct(asks.complete_marking)
    cut_scripts = AsyncAct(asks.cut_scripts)
    decide_abnormal = AsyncAct(asks.decide_abnormal)
    dismiss_marker = AsyncAct(asks.dismiss_marker)
    draw_seeds = AsyncAct(asks.draw_seeds)
    get_abnormal_image = AsyncAct(asks.get_abnormal_image)
    get_blind_codes = AsyncAct(asks.get_blind_codes)
    get_marker_figures = AsyncAct(asks.get_marker_figures)
    get_marking_plan = AsyncAct(asks.get_marking_plan)
    get_marking_progress = AsyncAct(asks.get_marking_progress)
    get_own_marker_figures = AsyncAct(asks.get_own_marker_figures)
    get_script_batch = AsyncAct(asks.get_script_batch)
    get_script_image = AsyncAct(asks.get_script_image)
    get_seed_image = AsyncAct(asks.get_seed_image)
    get_task = AsyncAct(asks.get_task)
    give_script_back = AsyncAct(asks.give_script_back)
    key_seed = AsyncAct(asks.key_seed)
    list_abnormal = AsyncAct(asks.list_abnormal)
    list_disputed = AsyncAct(asks.list_disputed)
    list_markers = AsyncAct(asks.list_markers)
    list_marking = AsyncAct(asks.list_marking)
    list_seeds = AsyncAct(asks.list_seeds)
    mark_script = AsyncAct(asks.mark_script)
    open_marking = AsyncAct(asks.open_marking)
    pause_marker = AsyncAct(asks.pause_marker)
    plan_marking = AsyncAct(asks.plan_marking)
    remark_scripts = AsyncAct(asks.remark_scripts)
    renew_task = AsyncAct(asks.renew_task)
    report_script = AsyncAct(asks.report_script)
    resume_marker = AsyncAct(asks.resume_marker)
    send_scripts = AsyncAct(asks.send_scripts)
    set_script_template = AsyncAct(asks.set_script_template)
    take_disputed = AsyncAct(asks.take_disputed)
    take_script = AsyncAct(asks.take_script)
