"""The analyst's command: the methods of evaluation on a plain file."""

import argparse

from schoolgroup.commands import say
from schoolgroup.evaluation import analyst


def evaluate(asked: argparse.Namespace) -> int:
    """Evaluate a plain file, or compare our methods with reference results."""
    code, text = analyst.run(asked)
    say(text)
    return code
