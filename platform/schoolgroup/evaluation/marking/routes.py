"""All routes of marking."""

from schoolgroup.evaluation.marking.desk import routes as desk
from schoolgroup.evaluation.marking.lead import routes as lead
from schoolgroup.evaluation.marking.plans import routes as plans

ROUTES = [*plans.ROUTES, *desk.ROUTES, *lead.ROUTES]
