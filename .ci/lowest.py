"""Print pip constraints for the oldest versions that pyproject.toml allows: numpy>=1.26 becomes numpy==1.26."""

import re
import sys
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
needs = [*project["dependencies"], *(need for name in sys.argv[1:] for need in project["optional-dependencies"][name])]
for need in needs:
    if need.startswith(project["name"]):
        continue
    bound = re.fullmatch(r"([\w.-]+)>=([\d.]+)(,<[\d.]+)?", need)
    if bound is None:
        sys.exit(f"{need}: no lower bound that can be tested")
    print(f"{bound[1]}=={bound[2]}")
