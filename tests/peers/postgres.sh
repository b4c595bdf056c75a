#!/usr/bin/env bash
# A throw-away PostgreSQL cluster on loopback, for tests.
#
#   postgres.sh run [-- CMD ARG...]   temp dir; stops (and cleans up) on exit
#   postgres.sh start DIR             keeps its data and port in DIR; no-op when it runs
#   postgres.sh stop DIR              no-op when it does not run
#
# `run` without CMD prints the settings, then READY, and waits for a signal or for
# end-of-file on stdin. With CMD it exports the settings to CMD and exits with its status.
# Never needs root: started as root, the server runs as `postgres` (or `nobody`).
# Durability is off (fsync and friends): for tests only.
set -euo pipefail

die() { echo "postgres.sh: $*" >&2; exit 1; }
usage() { sed -n '4,6p' "$0" | cut -c3- >&2; exit 2; }

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1) || true
[ -n "$bin" ] && [ -x "$bin/initdb" ] \
  || die "no PostgreSQL server; run: apt-get update && apt-get install -y --no-install-recommends postgresql"
command -v python3 >/dev/null || die "'python3' not found"

if [ "$(id -u)" = 0 ]; then
  run_user=postgres; id postgres >/dev/null 2>&1 || run_user=nobody
  run_group=$(id -gn "$run_user")
  as() { (cd / && setpriv --reuid="$run_user" --regid="$run_group" --clear-groups -- "$@"); }
else
  as() { "$@"; }
fi

running() { as "$bin/pg_ctl" status -D "$1/data" >/dev/null 2>&1; }

settings() { # DIR
  local port; port=$(cat "$1/port")
  cat <<SET
PEER_PG_HOST=127.0.0.1
PEER_PG_PORT=$port
PEER_PG_URL=postgresql+asyncpg://test:test@127.0.0.1:$port/test
PEER_PG_DIR=$1
SET
}

start() { # DIR
  local dir=$1
  running "$dir" && return
  mkdir -p "$dir/sock"
  [ -s "$dir/port" ] || python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' >"$dir/port"
  echo test >"$dir/pw"
  [ "$(id -u)" != 0 ] || chown -R "$run_user:$run_group" "$dir"
  [ -s "$dir/data/PG_VERSION" ] || as "$bin/initdb" -D "$dir/data" -U test --pwfile="$dir/pw" -A scram-sha-256 \
    -E UTF8 --locale=C.UTF-8 --no-sync --no-instructions >"$dir/initdb.log" 2>&1 || die "initdb: $(tail -5 "$dir/initdb.log")"
  as "$bin/pg_ctl" start -D "$dir/data" -w -t 30 -l "$dir/data/server.log" \
    -o "-p $(cat "$dir/port") -h 127.0.0.1 -k $dir/sock -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=50 -c shared_buffers=32MB" \
    >"$dir/start.log" 2>&1 || die "did not start: $(cat "$dir/start.log"; tail -5 "$dir/data/server.log" 2>/dev/null)"
  PGPASSWORD=test "$bin/psql" -qAtX -h 127.0.0.1 -p "$(cat "$dir/port")" -U test -d postgres >/dev/null <<'SQL' || die "cannot create the database 'test'"
SELECT 'CREATE DATABASE test' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'test')
\gexec
SQL
}

stop() { # DIR
  running "$1" || return 0
  as "$bin/pg_ctl" stop -D "$1/data" -m immediate -w -t 30 >/dev/null || die "did not stop"
}

cmd=${1:-run}; [ $# = 0 ] || shift
case $cmd in
  run) dir=$(mktemp -d "${TMPDIR:-/tmp}/peer-pg.XXXXXX"); chmod 755 "$dir" ;;
  start) [ $# = 1 ] || usage; mkdir -p "$1"; dir=$(cd "$1" && pwd); shift ;;
  stop) [ $# = 1 ] || usage; dir=$(cd "$1" 2>/dev/null && pwd) || exit 0; shift ;;
  *) usage ;;
esac
[ "${1:-}" != -- ] || shift

case $cmd in
  start) start "$dir"; settings "$dir" ;;
  stop) stop "$dir" ;;
  run)
    trap 'stop "$dir"; rm -rf "$dir"' EXIT
    trap 'exit 143' TERM; trap 'exit 130' INT; trap 'exit 129' HUP
    start "$dir"
    if [ $# -gt 0 ]; then
      rc=0; env $(settings "$dir") "$@" || rc=$?
      exit $rc
    fi
    settings "$dir"; echo READY
    exec 3<&0   # a background command's own stdin would be /dev/null
    cat <&3 >/dev/null & wait $! || true   # until stdin ends or a signal comes
    ;;
esac
