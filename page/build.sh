#!/bin/bash
# Builds the page into provgraph/web/bundle; with --check into another folder, and compares.
set -euo pipefail
cd "$(dirname "$0")"

bundle=../provgraph/web/bundle
if [ "${1:-}" = --check ]; then
  bundle=$(mktemp -d)
  trap 'rm -rf "$bundle"' EXIT
fi
npx tsc --noEmit
npx vite build --logLevel warn --emptyOutDir --outDir "$bundle"

# The bundle contains these packages, whose licences ask to be handed on with them.
for package in $(node -p 'Object.keys(require("./package.json").dependencies).join(" ")'); do
  folder=node_modules/$package
  node -p "const { name, version, license, repository } = require('./$folder/package.json');
    name + ' ' + version + ' (' + license + '), made from ' + (repository.url || repository)"
  echo
  cat "$folder"/LICENSE*
  echo
done | tr -d '\r' >"$bundle/LICENSES.txt"

if [ "${1:-}" = --check ] && ! diff -rq ../provgraph/web/bundle "$bundle" >&2; then
  echo "provgraph/web/bundle is not what page/ builds: run make page, and commit the folder" >&2
  exit 1
fi
