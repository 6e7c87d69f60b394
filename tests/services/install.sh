#!/bin/bash
# Installs what the tests need beyond Python: Java and Maven (Neo4j), PostgreSQL,
# buildah and debootstrap (the image), Node.js and Chromium (the page), Slurm (jobs).
# Skips what is there; says what it does. Arguments: more of the kind of the list below.
set -euo pipefail

# package -> what shows that it is there: a program, or an extension of PostgreSQL
packages=(
  "openjdk-17-jre-headless:java"
  "maven:mvn"
  "postgresql:initdb"
  "buildah:buildah"
  "debootstrap:debootstrap"
  "nodejs:node"
  "npm:npm"
  "chromium:chromium"
  "slurmctld:slurmctld"
  "slurmd:slurmd"
  "slurm-client:sbatch"
  "munge:munged"
  "make:make"
  "git:git"
  "$@"
)

have() {
  # /usr/sbin is not in every PATH; Debian keeps PostgreSQL's programs in a folder per version.
  PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null ||
    compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null ||
    compgen -G "/usr/share/postgresql/*/extension/$1.control" >/dev/null
}

missing=()
for entry in "${packages[@]}"; do
  have "${entry#*:}" || missing+=("${entry%%:*}")
done
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "missing: ${missing[*]}" >&2
  echo "install them as root (Debian 12: apt-get install ${missing[*]}), then try again" >&2
  exit 1
fi

echo "installing with apt-get: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
# buildah alone "recommends" a user-namespace helper set; this project builds with chroot.
# Another apt-get, as of an environment that is made meanwhile, is waited for.
if ! { apt-get update && apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends \
  "${missing[@]}"; } \
  </dev/null >"$log" 2>&1; then
  tail -n 30 "$log" >&2
  echo "apt-get failed" >&2
  exit 1
fi
# Debian starts a PostgreSQL of its own on installation; the tests start theirs.
