"""Every address of the access room."""

from schoolgroup.access.audit import routes as audit
from schoolgroup.access.clients import oauth_routes
from schoolgroup.access.clients import routes as clients
from schoolgroup.access.explanations import routes as explanations
from schoolgroup.access.identity import routes as identity
from schoolgroup.access.publishing import routes as publishing
from schoolgroup.access.sessions import routes as sessions

ROUTES = [
    *sessions.ROUTES,
    *clients.ROUTES,
    *oauth_routes.ROUTES,
    *identity.ROUTES,
    *explanations.ROUTES,
    *publishing.ROUTES,
    *audit.ROUTES,
]
