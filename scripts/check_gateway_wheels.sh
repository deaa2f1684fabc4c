#!/usr/bin/env bash
# Asks the package index whether every release in requirements/gateway.txt has a wheel for arm64 machines: a Jetson with
# JetPack 6 (Python 3.10, glibc 2.35) or JetPack 7 (Python 3.12), and what Debian has (3.11, 3.13). Nothing is installed.
# Needs uv (pip install uv): pip itself reads the markers of another Python as if it were its own.
#
#   scripts/check_gateway_wheels.sh              all of them
#   scripts/check_gateway_wheels.sh 3.10         one
set -euo pipefail

case "${1:-}" in
    -h | --help) sed -n '2,7p' "$0" | cut -c3-; exit 0 ;;
esac

root=$(cd "$(dirname "$0")/.." && pwd)
uv=${UV:-uv}
command -v "$uv" > /dev/null || { echo "uv is missing: pip install uv, or UV=path/to/uv"; exit 1; }
versions=("$@")
[ ${#versions[@]} -gt 0 ] || versions=(3.10 3.11 3.12 3.13)

for version in "${versions[@]}"; do
    found=$("$uv" pip compile "$root/pyproject.toml" --extra edge --constraint "$root/requirements/gateway.txt" \
        --python-version "$version" --python-platform aarch64-manylinux_2_35 --only-binary :all: --no-header --no-annotate --quiet)
    echo "Python $version on arm64: $(grep -c == <<< "$found") releases, each with a wheel"
done
