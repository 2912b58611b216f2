"""Bulletins: editions, receipts, articles (简报).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import bulletins as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncEach, AsyncRoom, Each, Room


class Bulletins(Room):
    """Bulletins: editions, receipts, articles (简报)."""

    change_bulletin = Act(asks.change_bulletin)
    check_bulletin = Act(asks.check_bulletin)
    correct_bulletin = Act(asks.correct_bulletin)
    decline_article = Act(asks.decline_article)
    draft_bulletin = Act(asks.draft_bulletin)
    get_article = Act(asks.get_article)
    get_bulletin = Act(asks.get_bulletin)
    issue_bulletin = Act(asks.issue_bulletin)
    list_articles = Act(asks.list_articles)
    all_articles = Each(asks.list_articles)
    list_bulletin_editions = Act(asks.list_bulletin_editions)
    list_bulletin_receipts = Act(asks.list_bulletin_receipts)
    list_bulletins = Act(asks.list_bulletins)
    all_bulletins = Each(asks.list_bulletins)
    print_bulletin = Act(asks.print_bulletin)
    propose_article = Act(asks.propose_article)
    send_bulletin_back = Act(asks.send_bulletin_back)
    sign_bulletin = Act(asks.sign_bulletin)
    take_article = Act(asks.take_article)


class AsyncBulletins(AsyncRoom):
    """Bulletins: editions, receipts, articles (简报), to be awaited."""

    change_bulletin = AsyncAct(asks.change_bulletin)
    check_bulletin = AsyncAct(asks.check_bulletin)
    correct_bulletin = AsyncAct(asks.correct_bulletin)
    decline_article = AsyncAct(asks.decline_article)
    draft_bulletin = AsyncAct(asks.draft_bulletin)
    get_article = AsyncAct(asks.get_article)
    get_bulletin = AsyncAct(asks.get_bulletin)
    issue_bulletin = AsyncAct(asks.issue_bulletin)
    list_articles = AsyncAct(asks.list_articles)
    all_articles = AsyncEach(asks.list_articles)
    list_bulletin_editions = AsyncAct(asks.list_bulletin_editions)
    list_bulletin_receipts = AsyncAct(asks.list_bulletin_receipts)
    list_bulletins = AsyncAct(asks.list_bulletins)
    all_bulletins = AsyncEach(asks.list_bulletins)
    print_bulletin = AsyncAct(asks.print_bulletin)
    propose_article = AsyncAct(asks.propose_article)
    send_bulletin_back = AsyncAct(asks.send_bulletin_back)
    sign_bulletin = AsyncAct(asks.sign_bulletin)
    take_article = AsyncAct(asks.take_article)
