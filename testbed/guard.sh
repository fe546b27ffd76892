#!/bin/sh
# guard.sh GRACE COMMAND…: runs COMMAND so that it cannot outlive whoever started it.
# File descriptor 3 is a pipe held by the starter. When it closes, because the starter let go or was killed, the
# command's whole process group gets SIGTERM and, GRACE seconds later, SIGKILL; what was frozen goes on, so that it hears of
# it. The command replaces this shell, so its pid, exit code and signals are its own. It has to be started as the leader
# of a process group.
grace=$1
shift
(
  trap '' TERM INT HUP
  read -r _ <&3
  kill -s TERM -- "-$$"
  kill -s CONT -- "-$$"
  tenths=0
  while [ "$tenths" -lt $((grace * 10)) ] && kill -s 0 "$$" 2>/dev/null; do
    sleep 0.1
    tenths=$((tenths + 1))
  done
  kill -s KILL -- "-$$"
) </dev/null >/dev/null 2>&1 &
exec 3<&-
exec "$@"
