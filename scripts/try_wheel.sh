#!/usr/bin/env bash
# Builds the sdist and, from it, the wheel, installs the wheel into fresh environments with one extra each, and runs what
# belongs to that extra: what somebody has who installs it without a checkout. Takes some minutes.
#
#   scripts/try_wheel.sh              all three: edge, hub, evaluate
#   scripts/try_wheel.sh hub          one
#   PYTHON=python3.12 scripts/try_wheel.sh
set -euo pipefail

case "${1:-}" in
    -h | --help) sed -n '2,7p' "$0" | cut -c3-; exit 0 ;;
esac

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
extras=("$@")
[ ${#extras[@]} -gt 0 ] || extras=(edge hub evaluate)

"$root/.venv/bin/python" "$root/scripts/build_page.py"
(cd "$root" && "$root/.venv/bin/python" -m hatchling build --target sdist --directory "$work")
mkdir "$work/source"
tar --extract --file "$work"/sharp_eyes-*.tar.gz --directory "$work/source" --strip-components 1
(cd "$work/source" && "$root/.venv/bin/python" -m hatchling build --target wheel --directory "$work")
wheel=$(ls "$work"/*.whl)

for extra in "${extras[@]}"; do
    echo "== [$extra] alone"
    "${PYTHON:-python3}" -m venv "$work/$extra"
    bin=$work/$extra/bin
    "$bin/pip" install --quiet --disable-pip-version-check --constraint "$root/requirements/lock.txt" "$wheel[$extra]"
    cd "$work/$extra"
    case $extra in
        edge)
            "$bin/sharp-eyes-edge" doctor
            "$bin/sharp-eyes-edge" models list
            "$bin/sharp-eyes-edge" replay "$root/media/suite/falling_day.mp4" --scene falling_object \
                --zone "0,0 1,0 1,1 0,1" --seconds 5 --no-video
            ;;
        hub)
            "$bin/sharp-eyes-hub" version
            "$bin/sharp-eyes-hub" --help >/dev/null
            "$bin/python" - <<'PROGRAM'
from sharp_eyes.hub.areas.city_pack import load_city_pack
from sharp_eyes.hub.web import page_routes

assert (page_routes.DIST / "index.html").is_file(), page_routes.DIST
print("city pack", load_city_pack(None).name, "and the page are there")
PROGRAM
            ;;
        evaluate)
            "$bin/sharp-eyes-edge" evaluate events --suite "$root/media/suite" --only falling_day --no-cache --out report
            ls report
            ;;
        *) echo "there is no check for [$extra]" >&2; exit 1 ;;
    esac
    if "$bin/python" -c 'import torch' 2>/dev/null; then echo "torch came along" >&2; exit 1; fi
done
echo "All is there."
