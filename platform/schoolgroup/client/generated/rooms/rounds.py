"""Rounds of guidance, visits, draws (巡回指导).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import rounds as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncEach, AsyncRoom, Each, Room


class Rounds(Room):
    """Rounds of guidance, visits, draws (巡回指导)."""

    add_team = Act(asks.add_team)
    assign_teams = Act(asks.assign_teams)
    cancel_visit = Act(asks.cancel_visit)
    carry_out_visit = Act(asks.carry_out_visit)
    close_round = Act(asks.close_round)
    commit_spot_draw = Act(asks.commit_spot_draw)
    confirm_visit = Act(asks.confirm_visit)
    excuse_school = Act(asks.excuse_school)
    find_on_visit = Act(asks.find_on_visit)
    get_round = Act(asks.get_round)
    get_round_coverage = Act(asks.get_round_coverage)
    get_spot_draw = Act(asks.get_spot_draw)
    get_visit = Act(asks.get_visit)
    list_rounds = Act(asks.list_rounds)
    all_rounds = Each(asks.list_rounds)
    list_spot_draws = Act(asks.list_spot_draws)
    all_spot_draws = Each(asks.list_spot_draws)
    list_visits = Act(asks.list_visits)
    all_visits = Each(asks.list_visits)
    make_round = Act(asks.make_round)
    move_visit = Act(asks.move_visit)
    observe_visit = Act(asks.observe_visit)
    open_round = Act(asks.open_round)
    open_visit_evidence = Act(asks.open_visit_evidence)
    plan_spot_draw = Act(asks.plan_spot_draw)
    reply_to_visit = Act(asks.reply_to_visit)
    report_visit = Act(asks.report_visit)
    reveal_spot_draw = Act(asks.reveal_spot_draw)


class AsyncRounds(AsyncRoom):
    """Rounds of guidance, visits, draws (巡回指导), to be awaited."""

    add_team = AsyncAct(asks.add_team)
    assign_teams = AsyncAct(asks.assign_teams)
    cancel_visit = AsyncAct(asks.cancel_visit)
    carry_out_visit = AsyncAct(asks.carry_out_visit)
    close_round = AsyncAct(asks.close_round)
    commit_spot_draw = AsyncAct(asks.commit_spot_draw)
    confirm_visit = AsyncAct(asks.confirm_visit)
    excuse_school = AsyncAct(asks.excuse_school)
    find_on_visit = AsyncAct(asks.find_on_visit)
    get_round = AsyncAct(asks.get_round)
    get_round_coverage = AsyncAct(asks.get_round_coverage)
    get_spot_draw = AsyncAct(asks.get_spot_draw)
    get_visit = AsyncAct(asks.get_visit)
    list_rounds = AsyncAct(asks.list_rounds)
    all_rounds = AsyncEach(asks.list_rounds)
    list_spot_draws = AsyncAct(asks.list_spot_draws)
    all_spot_draws = AsyncEach(asks.list_spot_draws)
    list_visits = AsyncAct(asks.list_visits)
    all_visits = AsyncEach(asks.list_visits)
    make_round = AsyncAct(asks.make_round)
    move_visit = AsyncAct(asks.move_visit)
    observe_visit = AsyncAct(asks.observe_visit)
    open_round = AsyncAct(asks.open_round)
    open_visit_evidence = AsyncAct(asks.open_visit_evidence)
    plan_spot_draw = AsyncAct(asks.plan_spot_draw)
    reply_to_visit = AsyncAct(asks.reply_to_visit)
    report_visit = AsyncAct(asks.report_visit)
    reveal_spot_draw = AsyncAct(asks.reveal_spot_draw)
