"""The routes of what other systems speak."""

from schoolgroup.integration.exports import routes as exports
from schoolgroup.integration.jobs import routes as jobs
from schoolgroup.integration.metadata import routes as metadata
from schoolgroup.integration.oai import routes as oai

ROUTES = [*exports.ROUTES, *jobs.ROUTES, *metadata.ROUTES, *oai.ROUTES]
