"""Every route of rounds of guidance 巡回指导."""

from schoolgroup.management.rounds.draws import routes as draws
from schoolgroup.management.rounds.plans import routes as plans
from schoolgroup.management.rounds.visits import routes as visits

ROUTES = [*plans.ROUTES, *draws.ROUTES, *visits.ROUTES]
