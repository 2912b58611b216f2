"""All routes of marking."""

from schoolgroup.evaluation.marking.completion import routes as completion
from schoolgroup.evaluation.marking.desk import routes as desk
from schoolgroup.evaluation.marking.figures import routes as figures
from schoolgroup.evaluation.marking.lead import routes as lead
from schoolgroup.evaluation.marking.plans import routes as plans
from schoolgroup.evaluation.marking.scripts import routes as scripts

ROUTES = [
    *plans.ROUTES,
    *scripts.ROUTES,
    *desk.ROUTES,
    *lead.ROUTES,
    *figures.ROUTES,
    *completion.ROUTES,
]
