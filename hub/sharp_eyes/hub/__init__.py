"""The command centre: intake → dispatch → handle → feedback → closed case."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the distribution is for 3.10 too, because a gateway is
    raise ImportError(
        f"the command centre needs Python 3.11 or newer, this is {sys.version.split()[0]}; only a gateway runs on 3.10"
    )
