"""All benchmarks: python -m tests.bench.run"""

from __future__ import annotations

from tests.bench import memory, scoring, startup

if __name__ == "__main__":
    scoring.main()
    memory.main()
    startup.main()
