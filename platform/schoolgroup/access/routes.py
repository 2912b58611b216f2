"""Every address of the access room."""

from schoolgroup.access.sessions import routes as sessions

ROUTES = [*sessions.ROUTES]
