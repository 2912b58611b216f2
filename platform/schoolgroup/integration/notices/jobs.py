"""What workers do so that people are told without anybody's hand."""

from datetime import timedelta

from schoolgroup.integration.notices.sending import send_for
from schoolgroup.integration.notices.smtp import Post
from schoolgroup.kernel.jobs import Work, kind

LETTERS_AT_ONCE = 200  # so many at the patience of a slow server stay within the job's time


@kind("send_notices", every=timedelta(minutes=2), seconds_max=600)
async def send_notices(work: Work) -> None:
    """One group's turn: tell what is due, send what is to be mailed; the next turn goes on."""
    post = Post(work.means.settings)
    await send_for(work.means.db, post, work.group_id, letters_max=LETTERS_AT_ONCE)


KINDS = [send_notices]
