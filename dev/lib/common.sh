# shellcheck shell=bash
# What every script here needs: where things are, what is said on stderr, and how long steps show that they are alive.
# stdout stays free for results.

DEV_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE_DIR=${FLINK_SESSION_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/flink-session}
# shellcheck source=../versions.env
source "$DEV_DIR/versions.env"

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $*"
  exit 1
}

# What no check has foreseen is at least not silent.
set -E
trap 'say "error: ${BASH_SOURCE[0]}, line $LINENO: \"$BASH_COMMAND\" failed"' ERR

# seconds N: N seconds as a person writes them.
seconds() {
  if (($1 < 60)); then printf '%ds' "$1"; else printf '%dm%02ds' $(($1 / 60)) $(($1 % 60)); fi
}

# has COMMAND...: whether all of these commands are there.
has() {
  local command
  for command; do type -P "$command" >/dev/null || return 1; done
}

# step TEXT COMMAND...: runs the command with its output in a log, shows that it is alive and the last thing it said,
# and how long it took. When it fails, the end of that log follows, and the script ends.
step() {
  local text=$1 started=$SECONDS said=0 log pid status=0
  shift
  log=$(mktemp)
  say "· $text"
  # With job control it is a process group of its own, which an interrupt can end as a whole.
  set -m
  "$@" </dev/null >"$log" 2>&1 &
  pid=$!
  set +m
  # shellcheck disable=SC2064  # this pid
  trap "kill -- -$pid 2>/dev/null; exit 130" INT TERM HUP
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    if ((SECONDS - started - said >= 15)); then
      said=$((SECONDS - started))
      say "  $(seconds "$said"), $(wc -l <"$log") lines: $(tail -n 1 "$log" | tr -d '\r\033' | cut -c 1-100)"
    fi
  done
  wait "$pid" || status=$?
  trap - INT TERM HUP
  if ((status != 0)); then
    say "  failed after $(seconds $((SECONDS - started))); its last lines:"
    tail -n 25 "$log" | sed 's/^/  | /' >&2
    rm -f "$log"
    die "$text: exit status $status"
  fi
  rm -f "$log"
  ((SECONDS - started < 2)) || say "  done in $(seconds $((SECONDS - started)))"
}

# wait_for SECONDS TEXT COMMAND...: repeats a quick check until it succeeds. Returns 1 when the time is over.
wait_for() {
  local limit=$1 text=$2 started=$SECONDS said=0
  shift 2
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS - started >= limit)); then return 1; fi
    if ((SECONDS - started - said >= 5)); then
      said=$((SECONDS - started))
      say "  waiting for $text, $(seconds "$said")"
    fi
    sleep 0.2
  done
}
