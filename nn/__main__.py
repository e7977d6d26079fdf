"""``python -m nn``: the same command line as ``chalkgrad``."""

import sys

from autograd.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
