#!/usr/bin/env bash
# etcd 3.7.3: two hashes of the same data at the same revision and the same compact_revision.
#
# With no key left in the store, HashKV at a revision counts rows that a compaction there will remove. Once
# that compaction has run, HashKV at the same revision answers the hash that the compaction kept, which does
# not count them, and names the same compact_revision. The checks of --corrupt-check-time and
# --compact-hash-check-time compare such hashes of different members: one that has just compacted looks corrupt
# to one that has not.
#
# Seen on 3.7.3: hash 1405952939 before, 2962135447 after, compact_revision 2 both times.
# Needs Go; builds etcd and etcdctl 3.7.3 in a temporary folder (a few minutes). Exits 0 if it is still so.
set -euo pipefail
VERSION=3.7.3
work=$(mktemp -d)
server=
finish() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
  chmod -R u+w "$work" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
cd "$work"
printf 'module finding\n\ngo 1.25\n' >go.mod
printf '//go:build tools\n\npackage finding\n\nimport (\n\t_ "go.etcd.io/etcd/etcdctl/v3"\n\t_ "go.etcd.io/etcd/server/v3"\n)\n' >tools.go
export GOFLAGS=-mod=mod
go mod edit -require "go.etcd.io/etcd/server/v3@v$VERSION" -require "go.etcd.io/etcd/etcdctl/v3@v$VERSION"
go mod tidy >tidy.log 2>&1
go build -o etcd go.etcd.io/etcd/server/v3
go build -o etcdctl go.etcd.io/etcd/etcdctl/v3

client=http://127.0.0.1:33791
peer=http://127.0.0.1:33792
./etcd --data-dir data --listen-client-urls $client --advertise-client-urls $client \
  --listen-peer-urls $peer --initial-advertise-peer-urls $peer \
  --initial-cluster default=$peer >etcd.log 2>&1 &
server=$!
ctl() { ./etcdctl --endpoints $client "$@"; }
for _ in $(seq 50); do ctl endpoint health >/dev/null 2>&1 && break; sleep 0.2; done

hash_at_3() { ctl endpoint hashkv --rev 3 -w json | sed -E 's/.*"hash":([0-9]+),"compact_revision":([0-9-]+).*/\1 \2/'; }
ctl put k v >/dev/null
ctl compact 2 >/dev/null
ctl del k >/dev/null
before=$(hash_at_3)
ctl compact 3 --physical >/dev/null
after=$(hash_at_3)
echo "etcd $VERSION, revision 3: hash and compact_revision before: $before, after: $after"
[ "$before" = "1405952939 2" ] && [ "$after" = "2962135447 2" ]
