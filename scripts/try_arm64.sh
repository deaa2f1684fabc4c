#!/usr/bin/env bash
# Runs the gateway on arm64 for real, instruction by instruction: a Debian tree of that architecture under QEMU's user-mode
# emulation. Builds the wheel, installs it there with requirements/gateway.txt, runs doctor, replays a bundled clip and compares
# its events with those of this machine. As root, on Debian; the first time half an hour, later some minutes. Not part of CI.
#
#   apt-get install qemu-user-static binfmt-support debootstrap
#   scripts/try_arm64.sh                         the tree is made in var/arm64 and kept
#   TREE=/srv/arm64 scripts/try_arm64.sh
set -euo pipefail

case "${1:-}" in
    -h | --help) sed -n '2,9p' "$0" | cut -c3-; exit 0 ;;
esac

root=$(cd "$(dirname "$0")/.." && pwd)
tree=${TREE:-$root/var/arm64}
python=${PYTHON:-$root/.venv/bin/python}
scene=(--scene illegal_parking --zone "0,0 1,0 1,1 0,1" --set dwell=3 --seconds 8 --no-video --no-page)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

for tool in debootstrap qemu-aarch64-static; do
    command -v "$tool" > /dev/null || { echo "$tool is missing: apt-get install qemu-user-static binfmt-support debootstrap"; exit 1; }
done
mountpoint -q /proc/sys/fs/binfmt_misc || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
[ -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ] || update-binfmts --enable qemu-aarch64

if ! [ -x "$tree/usr/bin/python3" ]; then
    mkdir -p "$tree"
    debootstrap --arch=arm64 --variant=minbase --include=python3,python3-venv,ca-certificates bookworm "$tree"
fi
# Packages look there for the kind of processor; unmounted again at the end.
mount -t proc proc "$tree/proc" && mount --rbind --make-rslave /sys "$tree/sys"
trap 'rm -rf "$out"; umount -R "$tree/sys"; umount "$tree/proc"' EXIT
inside() { chroot "$tree" /usr/bin/env -i HOME=/root PATH=/usr/bin:/bin LANG=C.UTF-8 "$@"; }
inside python3 -c 'import platform; print("inside:", platform.machine(), "Python", platform.python_version())'

rm -rf "$tree/root/dist" && mkdir -p "$tree/root/dist"
(cd "$root" && "$python" -m hatchling build --target wheel --directory "$tree/root/dist")
# Name resolution, certificates and the package index of this machine hold inside too.
cp -L /etc/resolv.conf /etc/hosts "$tree/etc/"
cp -L /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/"
cp "$root/requirements/gateway.txt" "$root/media/street.mp4" "$tree/root/dist/"
[ -x "$tree/root/gateway/bin/pip" ] || inside python3 -m venv /root/gateway
wheel=$(cd "$tree/root/dist" && ls sharp_eyes-*.whl)
inside ${PIP_INDEX_URL:+PIP_INDEX_URL="$PIP_INDEX_URL"} /root/gateway/bin/pip install --quiet --disable-pip-version-check \
    --only-binary=:all: --constraint /root/dist/gateway.txt "/root/dist/$wheel[edge]"
inside /root/gateway/bin/pip install --quiet --disable-pip-version-check --no-deps --force-reinstall "/root/dist/$wheel"

inside /root/gateway/bin/sharp-eyes-edge doctor || echo "doctor found something that is not in order (see above)"
inside /root/gateway/bin/sharp-eyes-edge replay /root/dist/street.mp4 "${scene[@]}" --out /root/replayed
"$python" -m sharp_eyes.edge replay "$root/media/street.mp4" "${scene[@]}" --out "$out"

"$python" - "$out/events.jsonl" "$tree/root/replayed/events.jsonl" << 'COMPARE'
import json
import sys

here, there = ([json.loads(line) for line in open(name, encoding="utf-8")] for name in sys.argv[1:])


def said(event):
    """What an event says, without the digits in which two processors may differ."""
    return [event[key] for key in ("event_id", "phase", "scene", "zone", "started_at", "observed_at", "object_class", "grade") if key in event]


if [said(one) for one in here] != [said(one) for one in there]:
    sys.exit(f"the events differ: {len(here)} here, {len(there)} on arm64")
same = sum(one == other for one, other in zip(here, there, strict=True))
print(f"{len(here)} events, the same on both machines; {same} of them to the last digit")
COMPARE
