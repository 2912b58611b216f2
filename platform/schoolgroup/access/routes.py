"""Every address of the access room."""

from schoolgroup.access.audit import routes as audit
from schoolgroup.access.sessions import routes as sessions

ROUTES = [*sessions.ROUTES, *audit.ROUTES]
