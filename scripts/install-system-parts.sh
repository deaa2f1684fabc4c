#!/usr/bin/env bash
# Installs the Debian packages that the full test suite uses. The product itself needs none of them.
#   mosquitto, postgresql   the same walk with another broker and another database
#   chromium                the browser tests
#   ffmpeg                  looking at clips by hand
#   nginx                   a reverse proxy that gives the hub a path of its own
#   gstreamer (RTSP)        a real RTSP camera for the tests
#   strace                  the test that nobody is called
#   faketime                the test that sets a gateway's clock
# Usage: sudo scripts/install-system-parts.sh
set -euo pipefail

packages=(
    mosquitto postgresql chromium ffmpeg fonts-noto-cjk nginx-light
    gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-base gstreamer1.0-plugins-good
    gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly strace faketime
)

missing=()
for package in "${packages[@]}"; do
    dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
    echo "All system parts are there."
    exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "These packages are missing: ${missing[*]}" >&2
    echo "Run this script as root (sudo $0), or do without: the tests that need them are skipped." >&2
    exit 1
fi
echo "Installing ${missing[*]} ..."
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
# The servers are started by the tests, each in a folder of its own; the packages' own services are not needed.
# One that was there before is somebody's own and is left alone.
for service in mosquitto postgresql nginx; do
    [[ " ${missing[*]} " == *" $service"* ]] || continue
    if command -v systemctl >/dev/null && systemctl is-active --quiet "$service"; then
        systemctl stop "$service" || true
    fi
done
echo "Done."
