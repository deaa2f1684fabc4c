"""Lets schemathesis try the hub's whole HTTP interface against what its OpenAPI document says.

Starts a hub with its broker in a folder, with an administrator and some cases, and hands the document, the hub's
address and the administrator's session to ``schemathesis run``. What would end the session or change its rights is left
out, and tried by itself with ``--left-out``; the live stream, which never ends, never is. schemathesis is no dependency
of ours, but lives by itself:

    python -m venv .venv-fuzz && .venv-fuzz/bin/pip install 'schemathesis>=4.32,<5'
"""

import argparse
import os
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import httpx
from tests.browser.many_cases import fill
from tests.e2e.stand import Stand

EXAMPLES = """examples:
  .venv/bin/python scripts/bench/fuzz_api.py --schemathesis .venv-fuzz/bin/schemathesis
  .venv/bin/python scripts/bench/fuzz_api.py --schemathesis .venv-fuzz/bin/schemathesis --examples 200 --seed 7
  .venv/bin/python scripts/bench/fuzz_api.py --schemathesis .venv-fuzz/bin/schemathesis --only '^/api/cases'
  .venv/bin/python scripts/bench/fuzz_api.py --schemathesis .venv-fuzz/bin/schemathesis --left-out
"""
DOCUMENT = Path(__file__).parents[2] / "hub" / "page" / "src" / "api" / "openapi.json"
AREA = "demo/first-street"
_CASES = 20
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
LEFT_OUT = r"^/api/(session|account|users/\{|rules$)"
"""Paths whose calls would end this session, take its rights, or change the rules."""
ENDLESS = "^/api/stream$"
SESSION_ENDS = ("log_out", "sign_out_everywhere")
"""Operations after which every answer would be 401."""


def main() -> int:
    """Start a hub, let schemathesis try it, and return what it returns: 0 where nothing was found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], epilog=EXAMPLES)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--schemathesis", default="schemathesis", help="the program")
    parser.add_argument("--examples", type=int, default=25, help="requests of each kind for each operation")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="regular expression of paths; all where empty")
    parser.add_argument("--left-out", action="store_true", help="try what is left out otherwise")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # The brake on guessing would answer all the rest, where wrong passwords are tried.
        sessions = {"attempts": 10**6, "attempts_per_address": 10**6}
        stand = Stand(Path(folder), sessions=sessions, open311={"enabled": True, "reports_per_address": 10**6})
        try:
            return run(stand, given)
        finally:
            stand.close()


def run(stand: Stand, given: argparse.Namespace) -> int:
    """Prepare the hub and let schemathesis try it."""
    stand.add_user("boss", "administrator")
    stand.hub.register_gateway("gate-1", AREA)
    fill(stand.folder / "hub.yaml", "gate-1", AREA, _CASES)
    stand.hub.start()
    stand.hub.wait_until_healthy()
    with closing(stand.client("boss")) as page:
        cookie = "; ".join(f"{one.name}={one.value}" for one in page.cookies.jar)
    command = [
        given.schemathesis, "run", str(DOCUMENT), "--url", stand.hub.url,
        "-H", f"Cookie: {cookie}", "-H", "X-Requested-With: sharp-eyes",
        "--exclude-path-regex", ENDLESS if given.left_out else f"{LEFT_OUT}|{ENDLESS}", "--checks", CHECKS,
        "--phases", "examples,coverage,fuzzing",
        "--max-examples", str(given.examples), "--seed", str(given.seed), "--no-shrink", "--continue-on-failure",
        "--generation-database", "none", "--request-timeout", "30",
        # Tokens of its own making would take the session's place, and some operations would only ever be refused.
        "--generation-with-security-parameters", "false",
    ]  # fmt: skip
    if given.left_out:
        command += ["--include-path-regex", LEFT_OUT]
        command += [part for one in SESSION_ENDS for part in ("--exclude-operation-id", one)]
    elif given.only:
        command += ["--include-path-regex", given.only]
    done = subprocess.run(command, cwd=stand.folder, env={**os.environ, "PYTHONPATH": ""}, check=False)
    if not stand.hub.is_healthy:
        print(f"the hub does not answer any more:\n{stand.hub.tail()}", file=sys.stderr)
        return 1
    if not given.left_out and httpx.get(f"{stand.hub.url}/api/session", headers={"Cookie": cookie}).status_code != 200:
        print("the session ended meanwhile, and what came after it was only refused", file=sys.stderr)
        return 1
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
