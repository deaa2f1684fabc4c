#!/usr/bin/env bash
# Brings a gateway or hub that runs under systemd to another version, and back, each by one command.
#
#   deploy/upgrade.sh gateway sharp_eyes-0.2.0-py3-none-any.whl     a wheel, a checkout, or a requirement as pip takes it
#   deploy/upgrade.sh gateway --back                                to the version before
#   deploy/upgrade.sh gateway --list                                what there is
#   deploy/upgrade.sh hub sharp_eyes-0.2.0-py3-none-any.whl
#
# The new version gets an environment of its own in ROOT/sharp-eyes-releases; ROOT/sharp-eyes is a link to the one in use.
# Before anything is switched the new program must read the settings, and a backup is written (gateway: its identity; hub:
# everything). Then the service is stopped, what waits in the gateway's outbox is copied, the link is switched, the service
# is started; one that does not come up is switched back at once. Data stay where they are.
#
# Options, with what they are otherwise: --root /opt  --config /etc/sharp-eyes/gateway.yaml (hub: hub.yaml)
#   --data /var/lib/sharp-eyes-edge (hub: sharp-eyes-hub)  --service sharp-eyes-edge (hub: sharp-eyes-hub)
#   --extras edge (hub: hub; more: edge,openvino)  --pip 'options for pip install'  --python python3
set -euo pipefail

say() { echo "upgrade: $*"; }
fail() { echo "upgrade: $*" >&2; exit 1; }
usage() { sed -n '2,18p' "$0" | cut -c3-; }

role=${1:-}
case $role in
    gateway) program=sharp-eyes-edge config=/etc/sharp-eyes/gateway.yaml data=/var/lib/sharp-eyes-edge extras=edge ;;
    hub) program=sharp-eyes-hub config=/etc/sharp-eyes/hub.yaml data=/var/lib/sharp-eyes-hub extras=hub ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
esac
shift
service=$program root=/opt pip= python=${PYTHON:-python3} what=
while [ $# -gt 0 ]; do
    case $1 in
        --root | --config | --data | --service | --extras | --pip | --python)
            [ $# -ge 2 ] || fail "$1 needs a value"
            declare "${1#--}=$2"; shift ;;
        --back | --list) what=$1 ;;
        -h | --help) usage; exit 0 ;;
        -*) fail "unknown option $1; see --help" ;;
        *) what=$1 ;;
    esac
    shift
done
[ -n "$what" ] || { usage >&2; exit 2; }
systemctl=${SYSTEMCTL:-systemctl}
link=$root/sharp-eyes releases=$root/sharp-eyes-releases
umask 022

in_use() { readlink -f "$link"; }
switch_to() {
    ln -sfn "$1" "$link.new"
    mv -T "$link.new" "$link"
}
version_of() { "$1/bin/python" -c 'from importlib.metadata import version; print(version("sharp-eyes"))'; }
comes_up() {
    # With Type=notify this returns once the program says that it is ready, or has failed.
    "$systemctl" start "$service" && sleep "${SETTLE:-5}" && "$systemctl" is-active --quiet "$service"
}

mkdir -p "$releases"
exec 9>"$releases/.lock"
flock -n 9 || fail "another upgrade is running"

if [ "$what" = --list ]; then
    for one in "$releases"/*/; do
        one=${one%/}
        [ -x "$one/bin/$program" ] || continue
        mark=" "
        [ "$one" = "$(in_use)" ] && mark="*"
        [ -e "$releases/.before" ] && [ "$one" = "$(cat "$releases/.before")" ] && mark="<"
        echo "$mark $(version_of "$one")  $one"
    done
    exit 0
fi

if [ "$what" = --back ]; then
    [ -s "$releases/.before" ] || fail "there is no version before; --list shows what there is"
    before=$(cat "$releases/.before") now=$(in_use)
    [ -x "$before/bin/$program" ] || fail "$before is gone"
    "$systemctl" stop "$service"
    switch_to "$before"
    echo "$now" >"$releases/.before"
    if ! comes_up; then
        if [ "$role" = hub ]; then
            say "a database that a newer version has brought up to date is not read by an older one. To go back to the data as"
            say "they were before the upgrade: move $data aside, then $before/bin/$program restore BACKUP --config $config, with"
            say "the newest of $releases/*.backup.tar; what came since is lost"
        fi
        fail "$service does not come up with $(version_of "$before"); see: journalctl -u $service"
    fi
    say "$service runs $(version_of "$before") again; --back once more goes to $(version_of "$now")"
    exit 0
fi

# -- a new version ----------------------------------------------------------------------------------------------------
stamp=$(date -u +%Y%m%dT%H%M%SZ)
new=$releases/$stamp
say "making the environment $new"
"$python" -m venv "$new"
trap 'rm -rf "$new"' EXIT
[ -e "$what" ] && what=$(readlink -f "$what")
# shellcheck disable=SC2086 - options are to be split
"$new/bin/python" -m pip install --quiet --disable-pip-version-check $pip "${what}[$extras]"

if [ -e "$link" ] && [ ! -L "$link" ]; then
    # Installed by hand: its programs name this path, so it moves as it is and the link takes its place.
    say "$link becomes a link; what is there moves to $releases/first"
    mv "$link" "$releases/first"
    ln -s "$releases/first" "$link"
fi
old=$(in_use || true)
say "$(version_of "$new"): does it read $config? A backup is written"
if [ "$role" = gateway ]; then
    "$new/bin/$program" backup "$releases/$stamp.backup" --config "$config" || fail "nothing was changed"
else
    backup_with=$new
    [ -x "$old/bin/$program" ] && backup_with=$old # the database is still the old version's
    "$backup_with/bin/$program" backup "$releases/$stamp.backup.tar" --config "$config" --data "$data"
    "$new/bin/python" - "$config" <<'PY' || fail "$(version_of "$new") cannot use $config; nothing was changed"
import sys
from pathlib import Path
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.settings import load_settings
Hub(load_settings(Path(sys.argv[1])))
PY
fi

"$systemctl" stop "$service"
if [ "$role" = gateway ] && [ -d "$data/outbox" ]; then
    mkdir -p "$releases/$stamp.outbox"
    cp -p "$data"/outbox/*.sqlite3* "$releases/$stamp.outbox/"
    chmod -R go= "$releases/$stamp.outbox"
fi
trap - EXIT
switch_to "$new"
if comes_up; then
    [ -n "$old" ] && echo "$old" >"$releases/.before"
    say "$service runs $(version_of "$new"); back: $0 $role --back"
    exit 0
fi
say "$service does not come up with $(version_of "$new"); switching back"
"$systemctl" stop "$service" || true
[ -n "$old" ] || fail "there is no version before"
switch_to "$old"
rm -rf "$new"
comes_up || fail "$service does not come up with the version before either; see: journalctl -u $service"
fail "$service runs $(version_of "$old") as before; see: journalctl -u $service"
