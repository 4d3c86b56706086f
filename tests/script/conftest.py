"""The scripts' modules are no package: they are found where they stand."""

import sys
from pathlib import Path

SCRIPTS = Path(__file__).parent.parent.parent / "script" / "lib"

sys.path.insert(0, str(SCRIPTS))
