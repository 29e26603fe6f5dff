"""How much work is taken on at once; more is refused in words before anything runs.

The ceilings stop slips of the keyboard, not patience: how long a run of the most draws takes was never measured, and
for one text of fifteen issues it is likely to be hours. Nothing here grows in memory with draws; packages near a text
do.
"""

from __future__ import annotations

MOST_DRAWS = 100_000_000
#: The sampling error of Sobol' indices falls with the square root of the sample; this many leave 0.001.
MOST_SAMPLE = 1_000_000
MOST_WORKERS = 64
#: Whole numbers up to here survive every program that reads JSON.
MOST_SEED = 2**53 - 1
#: Draws of a page, which holds them all, if nothing else is said (2.2 points of half-width at one half), and at most.
PAGE_DRAWS, MOST_PAGE_DRAWS = 2048, 20_000
#: Numbers in a page, a draw's times draws, that leave it under 5 MB.
PAGE_NUMBERS = 1_300_000
#: Draws times texts, all together.
MOST_WORK = 10_000_000_000
#: Boxes of packages that a proof may open; each takes some ten milliseconds.
MOST_EFFORT = 1_000_000
#: Rows that a table may be asked for.
MOST_ROWS = 10_000


def page_draws(parties: int, options: int, issues: int) -> int:
    """Draws of a page if nothing else is said: fewer than usual where parties, issues and options are many.

    >>> page_draws(7, 66, 15), page_draws(7, 90, 21)
    (2048, 1600)
    """
    most = PAGE_NUMBERS // max(parties * (options + issues), 1)
    return PAGE_DRAWS if most >= PAGE_DRAWS else max(most // 100, 1) * 100


def check_draws(draws: int, texts: int) -> None:
    """Raises InvalidArgument where so many texts on so many draws are more than is taken on at once."""
    if draws * texts > MOST_WORK:
        from sim.files.arguments import InvalidArgument  # brings what reads files, for which sim --help does not wait

        raise InvalidArgument(
            f"{texts:,} texts on {draws:,} draws are more than is taken on at once ({MOST_WORK:,} draws of a text); "
            f"take at most --draws {max(MOST_WORK // texts, 1)}"
        )


def check_workers(workers: int) -> None:
    """Raises InvalidArgument for fewer workers than one, or more than :data:`MOST_WORKERS`."""
    if not 1 <= workers <= MOST_WORKERS:
        from sim.files.arguments import InvalidArgument

        raise InvalidArgument(f"there may be 1 to {MOST_WORKERS} workers, not {workers}")
