"""``yidi corpus``: generate, check and put together corpora.

Exit codes: 0 done, 1 expectations differ, 2 input that can't be read. Heavy imports wait until
the command runs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from services.cli import exit_codes

LONGEST_TAG = 20
MOST_SETTLEMENTS = 5_000_000


def generate_command(
    seed: int, settlements: int, out: Path, *, tag: str = "", rules: Path | None = None
) -> int:
    """Generate a corpus of so many visits; ``tag`` begins its keys (``s<seed>`` by default)."""

    def run() -> int:
        from adapters.files.rule_books import RuleBooks
        from services.harness.generation.generate import generate
        from services.harness.generation.settings import Settings
        from services.harness.progress import progress_bar

        if not 1 <= settlements <= MOST_SETTLEMENTS:
            raise _bad_option("--settlements", f"from 1 to {MOST_SETTLEMENTS}")
        if seed < 0:
            raise _bad_option("--seed", "0 or more")
        if not (len(tag) <= LONGEST_TAG and (not tag or (tag.isascii() and tag.isalnum()))):
            raise _bad_option("--tag", f"at most {LONGEST_TAG} letters and digits")
        with progress_bar() as progress:
            progress.stage("visits", settlements)
            stories = generate(Settings(seed, settlements, tag), out, RuleBooks(rules), progress.at)
        told = ", ".join(f"{story} {count}" for story, count in sorted(stories.items()))
        print(f"{out}: {settlements} visits ({told})")
        return exit_codes.OK

    return _reporting(run)


def check_command(folder: Path, *, rules: Path | None = None) -> int:
    """Compare a corpus's expectations with a fresh sequential pass."""

    def run() -> int:
        from adapters.files.rule_books import RuleBooks
        from services.harness.assembling import check_expectations
        from services.harness.folder import CorpusFolder

        corpus = CorpusFolder(folder)
        corpus.manifest()
        count = check_expectations(corpus, RuleBooks(rules))
        print(f"{folder}: {count} expectations and all balances are as a fresh pass has them")
        return exit_codes.OK

    return _reporting(run)


def merge_command(
    folders: Sequence[Path], out: Path, *, name: str = "", rules: Path | None = None
) -> int:
    """Put corpora together into one, with its expectations; also one alone, to expect anew."""

    def run() -> int:
        from adapters.files.rule_books import RuleBooks
        from services.harness.assembling import merge_corpora
        from services.harness.folder import CorpusFolder

        corpora = [CorpusFolder(folder) for folder in folders]
        merge_corpora(corpora, out, name or out.name, RuleBooks(rules))
        print(f"{out}: made of {', '.join(str(folder) for folder in folders)}")
        return exit_codes.OK

    return _reporting(run)


def _bad_option(option: str, allowed: str) -> Exception:
    from clearing.errors import Malformed

    return Malformed("option", f"{option}: {allowed}", f"{option}: {allowed}", field=option)


def _reporting(run: Callable[[], int]) -> int:
    from clearing.errors import Malformed, RuleError, YidiError
    from services.harness.difference import DifferenceError

    try:
        return run()
    except DifferenceError as error:
        print(f"difference: {error.message_en}", file=sys.stderr)
        return exit_codes.DIFFERENCE
    except (Malformed, RuleError) as error:
        print(f"error: {error.message_en}", file=sys.stderr)
        return exit_codes.BAD_INPUT
    except YidiError as error:
        print(f"error: {error}", file=sys.stderr)
        return exit_codes.FAULT
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return exit_codes.BAD_INPUT
