#!/bin/sh
# Chromium for the console's tests. Installs it where nobody has to be asked (root, with apt-get); elsewhere says how.
set -eu
for name in chromium chromium-browser google-chrome google-chrome-stable; do
  if command -v "$name" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing Chromium for the console's tests (once on this machine) …" >&2
  apt-get update -q >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium >&2
else
  echo "Chromium is missing: the console's tests in a browser are skipped. To get it: apt-get install chromium, brew install chromium, or https://www.chromium.org/getting-involved/download-chromium" >&2
fi
