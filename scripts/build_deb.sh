#!/usr/bin/env bash
# Builds a Debian package of the gateway for this machine's architecture and Python: the program with all it needs, the systemd
# unit, an example of its settings. It installs without a network. Needs dpkg-deb and a checkout with its environment.
#
#   scripts/build_deb.sh                         var/sharp-eyes-edge_VERSION_ARCH.deb
#   scripts/build_deb.sh /tmp/packages           there
#   PYTHON=/usr/bin/python3 scripts/build_deb.sh the system's Python that it is to run with (default)
set -euo pipefail

case "${1:-}" in
    -h | --help) sed -n '2,7p' "$0" | cut -c3-; exit 0 ;;
esac

root=$(cd "$(dirname "$0")/.." && pwd)
target=${1:-$root/var}
builder=${BUILDER:-$root/.venv/bin/python}
python=${PYTHON:-/usr/bin/python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$target"

(cd "$root" && "$builder" -m hatchling build --target wheel --directory "$work")
wheel=$(ls "$work"/*.whl)
version=$(basename "$wheel" | cut -d- -f2)
python_version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
next=${python_version%.*}.$((${python_version#*.} + 1))
architecture=$(dpkg --print-architecture)
tree=$work/tree
wheels=$tree/usr/share/sharp-eyes-edge/wheels

mkdir -p "$tree/DEBIAN" "$wheels" "$tree/usr/lib/systemd/system" "$tree/usr/share/doc/sharp-eyes-edge"
"$python" -m venv "$work/pip"
"$work/pip/bin/pip" download --quiet --disable-pip-version-check --only-binary=:all: --dest "$wheels" \
    --constraint "$root/requirements/gateway.txt" "$wheel[edge]"
install -m 644 "$root/deploy/systemd/sharp-eyes-edge.service" "$tree/usr/lib/systemd/system/"
install -m 644 "$root/configs/gateway.example.yaml" "$root/docs/deployer.md" "$root/LICENSE" "$tree/usr/share/doc/sharp-eyes-edge/"

cat > "$tree/DEBIAN/control" << CONTROL
Package: sharp-eyes-edge
Version: $version
Architecture: $architecture
Maintainer: Sharp Eyes contributors
Depends: python3 (>= $python_version), python3 (<< $next), python3-venv, adduser
Section: video
Priority: optional
Description: Sharp Eyes camera gateway
 Watches street cameras and sends events with their evidence to the command centre.
CONTROL

cat > "$tree/DEBIAN/postinst" << 'POSTINST'
#!/bin/sh
set -e
[ "$1" = configure ] || exit 0
adduser --quiet --system --group --home /var/lib/sharp-eyes-edge --no-create-home --shell /usr/sbin/nologin sharp-eyes
python3 -m venv --clear /opt/sharp-eyes
/opt/sharp-eyes/bin/pip install --quiet --disable-pip-version-check --no-index --find-links /usr/share/sharp-eyes-edge/wheels 'sharp-eyes[edge]'
install -d -m 0755 /etc/sharp-eyes
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    # Running with the version before: go on with this one.
    systemctl try-restart sharp-eyes-edge.service
fi
if [ ! -e /etc/sharp-eyes/gateway.yaml ]; then
    echo "Write /etc/sharp-eyes/gateway.yaml (/usr/share/doc/sharp-eyes-edge/gateway.example.yaml), then:"
    echo "  /opt/sharp-eyes/bin/sharp-eyes-edge doctor /etc/sharp-eyes/gateway.yaml"
    echo "  systemctl enable --now sharp-eyes-edge"
fi
POSTINST

cat > "$tree/DEBIAN/prerm" << 'PRERM'
#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then systemctl disable --now sharp-eyes-edge.service || true; fi
PRERM

cat > "$tree/DEBIAN/postrm" << 'POSTRM'
#!/bin/sh
set -e
case "$1" in
    remove) rm -rf /opt/sharp-eyes ;;
    # What waits for the hub, and the settings with their passwords, go only when the package is purged.
    purge) rm -rf /opt/sharp-eyes /var/lib/sharp-eyes-edge /etc/sharp-eyes ;;
esac
POSTRM
chmod 755 "$tree/DEBIAN/postinst" "$tree/DEBIAN/prerm" "$tree/DEBIAN/postrm"

package=$target/sharp-eyes-edge_${version}_$architecture.deb
# Wheels are compressed already.
dpkg-deb --root-owner-group --build -Zgzip -z1 "$tree" "$work/package.deb"
mv "$work/package.deb" "$package"
echo "$package"
