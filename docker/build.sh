#!/bin/bash
# Builds the API's image and tries it, without docker: docker/build.sh [TAG]
#
# For machines with neither a docker daemon nor a way to a container registry
# (CI among them): the base image comes from debootstrap, the build is buildah's
# with chroot isolation. Must be root. With docker, use compose.yml instead.
#
# Environment:
#   SOURCE                 what to build (default: this repository)
#   PROVGRAPH_IMAGE_STORE  where images are kept (default: .services/images)
#   PYTHON                 whose pip configuration the build uses (default: python3)
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source_dir=$(cd "${SOURCE:-$here/..}" && pwd)
tag=${1:-localhost/provgraph:local}
store=${PROVGRAPH_IMAGE_STORE:-$here/../.services/images}
patience=600  # seconds, for a machine that is busy with other things
suite=bookworm
include=ca-certificates,python3,python3-venv
# The packages are in the name: another list is another base.
base=localhost/provgraph-base:$suite-$(printf '%s' "$include" | sha256sum | cut -c1-8)

fail() { echo "docker/build.sh: $*" >&2; exit 1; }

PATH=$PATH:/usr/sbin:/sbin  # debootstrap is there
for program in buildah debootstrap; do
  command -v "$program" >/dev/null || fail "no $program: run tests/services/install.sh as root"
done
[ "$(id -u)" -eq 0 ] || fail "must be root (debootstrap, chroot)"

mkdir -p "$store"
store=$(cd "$store" && pwd)
printf '*\n' >"$store/.gitignore"
work=$(mktemp -d)
containers=()
cleanup() {
  [ ${#containers[@]} -eq 0 ] || bud rm "${containers[@]}" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT
exec </dev/null

# vfs needs no overlay mounts; storage of our own leaves the machine's alone.
bud() { buildah --storage-driver vfs --root "$store/root" --runroot "$store/run" "$@"; }

# One at a time: two builds would make the base twice and share its name.
exec 9>"$store/lock"
flock 9

if ! bud inspect --type image "$base" >/dev/null 2>&1; then
  echo "making $base with debootstrap"
  # The mirror this machine's own apt uses; empty: debootstrap's default.
  # shellcheck disable=SC2016  # apt's own variable
  mirror=$(apt-get indextargets --format '$(REPO_URI)' \
    "Created-By: Packages" "Codename: $suite" "Component: main" 2>/dev/null | head -n 1 || true)
  debootstrap --variant=minbase --include="$include" "$suite" "$work/root" ${mirror:+"$mirror"} \
    >"$work/log" 2>&1 || { tail -n 30 "$work/log" >&2; fail "debootstrap failed"; }
  rm -rf "$work"/root/var/cache/apt/archives/*.deb "$work"/root/var/lib/apt/lists/*
  container=$(bud from scratch)
  containers+=("$container")
  bud add -q "$container" "$work/root" / >/dev/null
  bud config --cmd /bin/bash "$container"
  bud commit -q "$container" "$base" >/dev/null
  rm -rf "$work/root"
fi

# How this machine's pip reaches its registry, handed in as build secrets.
# Only what works inside: a local folder of wheels (find-links) would not.
{
  echo "[global]"
  names="index-url|extra-index-url|trusted-host|proxy|default-timeout|timeout"
  "${PYTHON:-python3}" -m pip config list 2>/dev/null |
    sed -nE "s/^(global|install|:env:)\.($names)='(.*)'\$/\2 = \3/p" |
    sed 's/^default-timeout/timeout/' | sort -u -t= -k1,1
  echo "cert = /run/secrets/ca.crt"
} >"$work/pip.conf"

echo "building $tag"
# docker format: the OCI one has no health check.
bud bud -q --isolation chroot --format docker --layers=false --pull-never \
  --build-arg BASE="$base" \
  --secret id=pip_conf,src="$work/pip.conf" \
  --secret id=ca,src="${PIP_CERT:-/etc/ssl/certs/ca-certificates.crt}" \
  --ignorefile "$here/../.dockerignore" \
  -f "$here/Dockerfile" -t "$tag" "$source_dir" >"$work/log" 2>&1 ||
  { tail -n 40 "$work/log" >&2; fail "the build failed"; }
bud rmi --prune >/dev/null 2>&1 || true  # what an earlier build left without a name

echo "trying $tag"
container=$(bud from --pull-never "$tag")
containers+=("$container")
run() { bud run --isolation chroot "$@"; }
user=$(run "$container" -- python -c 'import os; print(os.getuid())')
[ "$user" -ne 0 ] || fail "the image runs as root"
run "$container" -- provgraph --version || fail "provgraph --version failed"

# The image's own command and health check, but on a free port of 127.0.0.1:
# with chroot isolation the network is this machine's.
bud inspect --type image "$tag" >"$work/config.json"
python3 - "$work/config.json" >"$work/trial.env" <<'PYTHON'
import json, shlex, socket, sys

config = json.load(open(sys.argv[1]))["Docker"]["config"]
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = str(probe.getsockname()[1])

def words(name, command):
    text = shlex.join(command).replace("8000", port).replace("0.0.0.0", "127.0.0.1")
    print(f"{name}={shlex.quote(text)}")

kind, *health = config["Healthcheck"]["Test"]
assert kind == "CMD", kind
words("serve", config["Entrypoint"] + config["Cmd"])
words("healthz", health)
PYTHON
# shellcheck source=/dev/null
. "$work/trial.env"
# shellcheck disable=SC2154  # serve, healthz: from trial.env
trial="export PROVGRAPH_STORE=sqlite:////tmp/trial.db
echo '[]' | provgraph load -
$serve & server=\$!
trap 'kill \$server; wait \$server' EXIT
until $healthz 2>/dev/null; do
  kill -0 \$server || { trap - EXIT; echo 'the server ended' >&2; exit 1; }
  [ \$SECONDS -lt $patience ] || { echo 'no answer from /healthz' >&2; exit 1; }
  sleep 0.2
done
echo '/healthz answers'"
run "$container" -- bash -c "$trial" 2>"$work/log" ||
  { tail -n 40 "$work/log" >&2; fail "the image does not serve"; }
echo "built and tried: $tag (in $store)"
