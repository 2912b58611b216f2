"""Every route of appraisals."""

from schoolgroup.evaluation.appraisals.cases import routes as case_routes
from schoolgroup.evaluation.appraisals.objections import routes as objection_routes
from schoolgroup.evaluation.appraisals.outcomes import routes as outcome_routes
from schoolgroup.evaluation.appraisals.rounds import routes as round_routes
from schoolgroup.evaluation.appraisals.schemes import routes as scheme_routes

ROUTES = [
    *scheme_routes.ROUTES,
    *round_routes.ROUTES,
    *case_routes.ROUTES,
    *outcome_routes.ROUTES,
    *objection_routes.ROUTES,
]
