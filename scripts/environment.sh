#!/bin/sh
# Makes the Python environment and installs locked, hashed requirements into it.
#   environment.sh create PYTHON VENV
#   environment.sh install VENV REQUIREMENTS
set -eu

say() { printf '%s\n' "$*"; }
fail() { say "openiop: $*" >&2; exit 1; }

create() {
  python=$1 venv=$2
  if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -c "" 2>/dev/null; then
    command -v "$python" >/dev/null 2>&1 || fail "$python is not here: install Python 3.11 or newer, or name one with PYTHON=…"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
      fail "$("$python" --version) is too old: Python 3.11 or newer is needed; name one with PYTHON=…"
    say "Creating the Python environment in $venv"
    rm -rf "$venv"
    "$python" -m venv "$venv" || fail "the environment could not be made: install Python's venv module (on Debian: apt-get install python3-venv)"
  fi
  "$venv/bin/python" -m uv --version >/dev/null 2>&1 ||
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
}

install() {
  venv=$1 requirements=$2
  say "Installing $requirements"
  export VIRTUAL_ENV="$PWD/$venv"
  # uv is quick; pip is there for machines whose package index only pip is told about.
  "$venv/bin/python" -m uv pip install --quiet --require-hashes -r "$requirements" ||
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$requirements"
  "$venv/bin/python" -m uv pip install --quiet --offline --no-deps --no-build-isolation -e .
}

case ${1:-} in
  create) create "$2" "$3" ;;
  install) install "$2" "$3" ;;
  *) fail "usage: environment.sh create PYTHON VENV | install VENV REQUIREMENTS" ;;
esac
