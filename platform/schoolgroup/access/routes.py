"""Every address of the access room."""

from schoolgroup.access.audit import routes as audit
from schoolgroup.access.clients import oauth_routes
from schoolgroup.access.clients import routes as clients
from schoolgroup.access.sessions import routes as sessions

ROUTES = [*sessions.ROUTES, *clients.ROUTES, *oauth_routes.ROUTES, *audit.ROUTES]
