# shellcheck shell=bash
# Long-lived processes without a service manager. Each has a pid file, a log, and a mark in its environment made of its name
# and a digest of its command and configuration: so a pid that another process got after a reboot is never taken for ours,
# and `start` restarts just what must run differently from how it runs.

# daemon NAME [FILE...] -- COMMAND...: makes sure that this command runs, with these configuration files.
daemon() {
  local name=$1 files=() mark
  shift
  while [[ $1 != -- ]]; do
    files+=("$1")
    shift
  done
  shift
  mark=$name:$({ printf '%s\n' "$@" && cat /dev/null "${files[@]}"; } | sha256sum | cut -c 1-16)
  if daemon_running "$name"; then
    daemon_marked "$(<"$NODE_DIR/run/$name.pid")" "$mark" && return
    say "· $name runs with other settings: restarting it"
    stop_daemon "$name"
  fi
  rotate_log "$NODE_DIR/logs/$name.log"
  # setsid: a session of its own, so that it survives the shell that started it. 9 is the lock that `start` holds.
  FLINK_SESSION_NODE_DAEMON=$mark setsid nohup "$@" </dev/null >>"$NODE_DIR/logs/$name.log" 2>&1 9>&- &
  local pid=$! tries
  echo "$pid" >"$NODE_DIR/run/$name.pid"
  # Until it has become the command, it does not carry the mark, and would count as ended.
  for ((tries = 0; tries < 100; tries++)); do
    if daemon_marked "$pid" "$mark"; then return; fi
    sleep 0.02
  done
}

rotate_log() {
  [[ ! -e $1 ]] || (($(stat -c %s "$1") < 20000000)) || mv "$1" "$1.1"
}

daemon_marked() { grep -qzs "^FLINK_SESSION_NODE_DAEMON=$2" "/proc/$1/environ"; }

daemon_running() {
  local pid
  pid=$(cat "$NODE_DIR/run/$1.pid" 2>/dev/null) && [[ -n $pid ]] && daemon_marked "$pid" "$1:"
}

# daemon_ready NAME SECONDS CHECK...: waits until the check succeeds; ends the script if the daemon ends, or is too slow.
daemon_ready() {
  local name=$1 limit=$2
  shift 2
  wait_for "$limit" "$name" ready_or_dead "$name" "$@" || daemon_failed "$name" "not ready within ${limit}s"
  daemon_running "$name" || daemon_failed "$name" "it ended"
}

ready_or_dead() {
  local name=$1
  shift
  ! daemon_running "$name" || "$@"
}

daemon_failed() {
  say "  the last lines of $NODE_DIR/logs/$1.log:"
  tail -n 25 "$NODE_DIR/logs/$1.log" 2>/dev/null | cut -c 1-400 | sed 's/^/  | /' >&2
  die "$1: $2"
}

# stop_daemon NAME: asks it to end, and kills it when it has not after ten seconds.
stop_daemon() {
  local pid
  if daemon_running "$1"; then
    pid=$(<"$NODE_DIR/run/$1.pid")
    kill "$pid" 2>/dev/null || true
    wait_for 10 "$1 to end" daemon_gone "$1" || kill -KILL "$pid" 2>/dev/null || true
  fi
  rm -f "$NODE_DIR/run/$1.pid"
}

daemon_gone() { ! daemon_running "$1"; }

# marked_processes: every process that carries our mark, pid file or not; containerd's shims inherit it.
marked_processes() {
  local file pid
  for file in /proc/[0-9]*/environ; do
    pid=${file//[^0-9]/}
    if daemon_marked "$pid" ''; then echo "$pid"; fi
  done
}

kill_marked() {
  local pid
  for pid in $(marked_processes); do kill -KILL "$pid" 2>/dev/null || true; done
}
