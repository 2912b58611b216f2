"""The routes of what other systems speak, and of what is told to people."""

from schoolgroup.integration.dashboard import routes as dashboard
from schoolgroup.integration.events import routes as events
from schoolgroup.integration.exports import routes as exports
from schoolgroup.integration.inbox import routes as inbox
from schoolgroup.integration.jobs import routes as jobs
from schoolgroup.integration.metadata import routes as metadata
from schoolgroup.integration.notices import routes as notices
from schoolgroup.integration.oai import routes as oai
from schoolgroup.integration.webhooks import routes as webhooks

ROUTES = [
    *exports.ROUTES,
    *jobs.ROUTES,
    *metadata.ROUTES,
    *oai.ROUTES,
    *events.ROUTES,
    *webhooks.ROUTES,
    *inbox.ROUTES,
    *dashboard.ROUTES,
    *notices.ROUTES,
]
