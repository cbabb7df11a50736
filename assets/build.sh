#!/bin/sh
# Rebuilds everything under src/openiop/ui that is made from other sources: the style sheet, the icons, htmx.
# Needs Node 20 or later and Python 3.11; the output is committed, so running OpenIOP needs neither Node nor this script.
set -eu
cd "$(dirname "$0")"
npm ci --silent
"${PYTHON:-python3}" vendor.py
"${PYTHON:-python3}" icons.py
node_modules/.bin/sass --style=compressed --no-source-map --no-charset --load-path=node_modules --quiet-deps \
  --silence-deprecation=import,global-builtin,color-functions,if-function \
  scss/openiop.scss ../src/openiop/ui/static/ui/openiop.css
size=$(gzip -9c ../src/openiop/ui/static/ui/openiop.css | wc -c)
echo "openiop.css: $size bytes compressed (limit 25600)"
test "$size" -le 25600
