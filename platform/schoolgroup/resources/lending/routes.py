"""Lending over HTTP: offers and their terms, the one verb, loans, holds, asks, figures."""

from schoolgroup.resources.lending.asks import routes as asks
from schoolgroup.resources.lending.figures import routes as figures
from schoolgroup.resources.lending.holds import routes as holds
from schoolgroup.resources.lending.loans import downloads
from schoolgroup.resources.lending.loans import routes as loans
from schoolgroup.resources.lending.offers import routes as offers
from schoolgroup.resources.lending.terms import routes as terms

ROUTES = [
    *offers.ROUTES,
    *terms.ROUTES,
    *loans.ROUTES,
    *downloads.ROUTES,
    *holds.ROUTES,
    *asks.ROUTES,
    *figures.ROUTES,
]
