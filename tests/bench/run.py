"""All benchmarks: python -m tests.bench.run"""

from __future__ import annotations

from tests.bench import analyses, desk, frontier, memory, offers, scoring, search, sobol, startup

if __name__ == "__main__":
    scoring.main()
    offers.main()
    analyses.main()
    sobol.main()
    frontier.main()
    search.main()
    desk.main()
    memory.main()
    startup.main()
