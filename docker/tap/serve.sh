#!/bin/bash
# Serves the tables of `provgraph sync --provtap` by TAP, through GAVO DaCHS. It waits until they
# are there, makes DaCHS's own tables and roles in the same database, describes ours, and serves.
# Nothing of it has to be kept but the database.
#
# Environment:
#   PGHOST, PGPORT, PGDATABASE, PGUSER  the mirror's database, as a superuser of PostgreSQL
#   PGPASSWORD or PGPASSWORD_FILE       the password, or a file that holds it
#   TAP_DESCRIPTION  what `provgraph schema --dachs` prints
#   TAP_ROOT         a folder for the files of DaCHS (default: /var/gavo)
#   TAP_BIND         the address to listen on (default: 127.0.0.1)
#   TAP_PORT         the port (default: 8080)
#   TAP_URL          how clients reach the service (default: http://localhost:PORT)
set -euo pipefail

root=${TAP_ROOT:-/var/gavo}
port=${TAP_PORT:-8080}
if [ -n "${PGPASSWORD_FILE:-}" ]; then
  PGPASSWORD=$(cat "$PGPASSWORD_FILE")
fi
export PGPASSWORD GAVOSETTINGS=$root/gavo.rc

query() { psql -XqAtc "$1"; }

waits=0
until [ "$(query "SELECT to_regclass('provenance.ancestry') IS NOT NULL" || true)" = t ]; do
  [ $((waits++ % 60)) -gt 0 ] ||
    echo "waiting for schema provenance: provgraph sync --provtap makes it" >&2
  sleep 1
done

cat >"$GAVOSETTINGS" <<SETTINGS
[general]
rootDir: $root
group: $(id -gn)
[web]
bindAddress: ${TAP_BIND:-127.0.0.1}
serverPort: $port
serverURL: ${TAP_URL:-http://localhost:$port}
user:
SETTINGS
dsn="host=$PGHOST port=$PGPORT dbname=$PGDATABASE user=$PGUSER"
mark='complete: docker/tap/serve.sh'
if [ "$(query "SELECT obj_description(to_regnamespace('dc'), 'pg_namespace')")" = "$mark" ]; then
  # DaCHS's tables are there, but the passwords of its roles may be another container's.
  dachs init --nodb -d "$dsn"
  for profile in feed trustedquery untrustedquery; do
    said() { sed -n "s/^$1 = //p" "$root/etc/$profile"; }
    query "ALTER ROLE $(said user) PASSWORD '$(said password)'"
  done
  dachs upgrade
else
  # DaCHS would make them in the schema that is named as the user, where its roles don't look.
  for extension in pg_sphere q3c; do
    query "CREATE EXTENSION IF NOT EXISTS $extension SCHEMA public"
  done
  dachs init -d "$dsn"
  query "COMMENT ON SCHEMA dc IS '$mark'"
fi
for what in 'USAGE ON SCHEMA' 'SELECT ON ALL TABLES IN SCHEMA'; do
  query "GRANT $what provenance TO gavo, untrusted, gavoadmin"
done
mkdir -p "$root/inputs/provenance"
cp "$TAP_DESCRIPTION" "$root/inputs/provenance/q.rd"
dachs imp -m provenance/q import

unset PGPASSWORD
exec dachs serve start -f
