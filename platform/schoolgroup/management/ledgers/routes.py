"""Every route of ledgers 台账."""

from schoolgroup.management.ledgers.books import routes as books
from schoolgroup.management.ledgers.figures import routes as figures
from schoolgroup.management.ledgers.items import routes as items
from schoolgroup.management.ledgers.sheets import routes as sheets

ROUTES = [*books.ROUTES, *items.ROUTES, *figures.ROUTES, *sheets.ROUTES]
