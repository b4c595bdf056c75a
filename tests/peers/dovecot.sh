#!/usr/bin/env bash
# A throw-away Dovecot (IMAP, IMAPS, LMTP) on loopback, for tests.
#
#   dovecot.sh run [-u USER:PASS]... [-- CMD ARG...]   temp dir; stops (and cleans up) on exit
#   dovecot.sh start DIR [-u USER:PASS]...             keeps its state in DIR; no-op when it runs
#   dovecot.sh stop DIR                                no-op when it does not run
#
# `run` without CMD prints the settings, then READY, and waits for a signal or for
# end-of-file on stdin. With CMD it exports the settings to CMD and exits with its status.
# Ports, certificate and mail in DIR survive stop/start, so a server restart can be tested.
# Never needs root: started as root, the server runs as `nobody`.
set -euo pipefail

die() { echo "dovecot.sh: $*" >&2; exit 1; }
usage() { sed -n '4,6p' "$0" | cut -c3- >&2; exit 2; }

PATH=$PATH:/usr/sbin:/sbin
need() { command -v "$1" >/dev/null || die "'$1' not found; run: apt-get update && apt-get install -y --no-install-recommends $2"; }
need dovecot "dovecot-imapd dovecot-lmtpd"
need openssl openssl
need python3 python3
for m in imap lmtp; do
  [ -x /usr/lib/dovecot/$m ] || die "Dovecot's $m is missing; run: apt-get update && apt-get install -y --no-install-recommends dovecot-${m}d"
done
case $(dovecot --version) in 2.3.*) ;; *) die "needs Dovecot 2.3 (Debian 12), found $(dovecot --version): its 2.4 has another config syntax" ;; esac

if [ "$(id -u)" = 0 ]; then
  run_user=nobody run_group=$(id -gn nobody)
  as() { setpriv --reuid="$run_user" --regid="$run_group" --clear-groups -- "$@"; }
else
  run_user=$(id -un) run_group=$(id -gn)
  as() { "$@"; }
fi

# a killed server may stay a zombie until init reaps it: that's not running
alive() { grep -Eq '^State:[[:space:]]+[^ZX[:space:]]' "/proc/$1/status" 2>/dev/null; }
running() { [ -s "$1/run/master.pid" ] && alive "$(cat "$1/run/master.pid")"; }

settings() { # DIR
  local imap imaps lmtp; read -r imap imaps lmtp <"$1/ports"
  cat <<SET
PEER_IMAP_HOST=127.0.0.1
PEER_IMAP_PORT=$imap
PEER_IMAPS_PORT=$imaps
PEER_LMTP_PORT=$lmtp
PEER_IMAP_CA=$1/cert.pem
PEER_IMAP_USERS=$(cut -d: -f1 "$1/users" | paste -sd,)
PEER_IMAP_DIR=$1
SET
}

configure() { # DIR USER:PASS...
  local dir=$1 up; shift
  rm -rf "$dir/run"   # sockets left by a killed server would be waited for
  mkdir -p "$dir"/{run,state,mail}
  [ $# -gt 0 ] || [ -s "$dir/users" ] || set -- alice:secret
  if [ $# -gt 0 ]; then
    : >"$dir/users"
    for up in "$@"; do
      [[ $up == ?*:?* ]] || die "bad user '$up': want USER:PASS"
      printf '%s:{PLAIN}%s\n' "${up%%:*}" "${up#*:}" >>"$dir/users"
    done
  fi
  [ -s "$dir/ports" ] || python3 - >"$dir/ports" <<'PY'
import socket
socks = [socket.socket() for _ in range(3)]
for s in socks:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in socks))
PY
  [ -s "$dir/cert.pem" ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
    -keyout "$dir/key.pem" -out "$dir/cert.pem" 2>"$dir/openssl.log" || die "openssl: $(cat "$dir/openssl.log")"
  local imap imaps lmtp; read -r imap imaps lmtp <"$dir/ports"
  cat >"$dir/dovecot.conf" <<CONF
base_dir = $dir/run
state_dir = $dir/state
log_path = $dir/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = $run_user
default_internal_group = $run_group
default_login_user = $run_user
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $imap
  }
  inet_listener imaps {
    port = $imaps
    ssl = yes
  }
}
service imap {
  process_limit = 200
}
service lmtp {
  user = $run_user
  inet_listener lmtp {
    address = 127.0.0.1
    port = $lmtp
  }
}
service stats {
  chroot =
}
ssl = yes
ssl_cert = <$dir/cert.pem
ssl_key = <$dir/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_max_userip_connections = 200
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u $dir/users
}
userdb {
  driver = static
  args = uid=$run_user gid=$run_group home=$dir/mail/%u
}
first_valid_uid = 1
mail_location = maildir:$dir/mail/%u/Maildir
namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    auto = create
    special_use = \\Sent
  }
}
protocol lmtp {
  postmaster_address = postmaster@localhost
}
CONF
  [ "$(id -u)" != 0 ] || chown -R "$run_user:$run_group" "$dir"
}

start() { # DIR USER:PASS...
  local dir=$1 i
  running "$dir" && return
  configure "$@"
  as dovecot -c "$dir/dovecot.conf" >"$dir/start.log" 2>&1 \
    || die "did not start: $(cat "$dir/start.log"; tail -5 "$dir/dovecot.log" 2>/dev/null)"
  for i in $(seq 100); do
    running "$dir" && python3 - "$(cut -d' ' -f1 "$dir/ports")" 2>/dev/null <<'PY' && return
import socket, sys
sys.exit(not socket.create_connection(("127.0.0.1", int(sys.argv[1])), 2).recv(5) == b"* OK ")
PY
    sleep 0.05
  done
  die "did not answer: $(tail -5 "$dir/dovecot.log" 2>/dev/null)"
}

stop() { # DIR
  local i pid kids
  running "$1" || return 0
  pid=$(cat "$1/run/master.pid")
  kids=$(cat "/proc/$pid/task/$pid/children" 2>/dev/null || true)
  # at once and hard: open IMAP sessions would outlive the master, and a clean stop takes seconds
  kill -KILL "$pid" $kids 2>/dev/null || true
  for i in $(seq 100); do alive "$pid" || return 0; sleep 0.02; done
  die "process $pid did not stop"
}

cmd=${1:-run}; [ $# = 0 ] || shift
dir=
case $cmd in
  run) dir=$(mktemp -d "${TMPDIR:-/tmp}/peer-dovecot.XXXXXX"); chmod 755 "$dir" ;;
  start) [ $# -gt 0 ] || usage; mkdir -p "$1"; dir=$(cd "$1" && pwd); shift ;;
  stop) [ $# -gt 0 ] || usage; dir=$(cd "$1" 2>/dev/null && pwd) || exit 0; shift ;;
  *) usage ;;
esac
users=()
while [ $# -gt 0 ]; do
  case $1 in
    -u) [ $# -gt 1 ] || usage; users+=("$2"); shift 2 ;;
    --) shift; break ;;
    *) usage ;;
  esac
done

case $cmd in
  start) start "$dir" "${users[@]}"; settings "$dir" ;;
  stop) stop "$dir" ;;
  run)
    trap 'stop "$dir"; rm -rf "$dir"' EXIT
    trap 'exit 143' TERM; trap 'exit 130' INT; trap 'exit 129' HUP
    start "$dir" "${users[@]}"
    if [ $# -gt 0 ]; then
      rc=0; env $(settings "$dir") "$@" || rc=$?
      exit $rc
    fi
    settings "$dir"; echo READY
    exec 3<&0   # a background command's own stdin would be /dev/null
    cat <&3 >/dev/null & wait $! || true   # until stdin ends or a signal comes
    ;;
esac
