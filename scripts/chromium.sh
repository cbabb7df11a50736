#!/bin/sh
# Finds the Chromium that the browser tests drive; on Debian as root it installs one.
#   chromium.sh           find or install, or say in one line what is missing
#   chromium.sh --print   print its path
set -eu

find_chromium() {
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [ -n "$name" ] && path=$(command -v "$name" 2>/dev/null); then
      printf '%s\n' "$path"
      return 0
    fi
  done
  return 1
}

if find_chromium >/dev/null; then
  [ "${1:-}" != "--print" ] || find_chromium
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium for the browser tests" >&2
  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium >/dev/null || true
  if find_chromium >/dev/null; then
    [ "${1:-}" != "--print" ] || find_chromium
    exit 0
  fi
fi
echo "openiop: the browser tests need Chromium: install it (on Debian: apt-get install chromium) or set CHROMIUM=/path/to/it" >&2
exit 1
