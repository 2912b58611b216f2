"""Every route of data returns 填报."""

from schoolgroup.management.returns.answers import routes as answers
from schoolgroup.management.returns.burden import routes as burden
from schoolgroup.management.returns.calls import routes as calls
from schoolgroup.management.returns.figures import routes as figures
from schoolgroup.management.returns.forms import routes as forms
from schoolgroup.management.returns.sheets import routes as sheets

ROUTES = [
    *forms.ROUTES,
    *calls.ROUTES,
    *burden.ROUTES,
    *answers.ROUTES,
    *sheets.ROUTES,
    *figures.ROUTES,
]
