#!/bin/sh
# Makes sure that the libraries which draw PDF letters can be loaded; on Debian as root it installs them.
#   pdf-libraries.sh PYTHON
set -eu

works() { "$1" -c 'import weasyprint' >/dev/null 2>&1; }
has_font() { ! command -v fc-list >/dev/null 2>&1 || [ -n "$(fc-list 2>/dev/null | head -n 1)" ]; }

works "$1" && has_font && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Pango and a font for PDF letters"
  apt-get update -qq >/dev/null &&
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
      libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core fontconfig >/dev/null || true
  works "$1" && has_font && exit 0
fi
echo "openiop: PDF letters need Pango and a font: install them (on Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core; on macOS: brew install pango)" >&2
exit 1
