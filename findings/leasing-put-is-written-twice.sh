#!/usr/bin/env bash
# etcd's clientv3 leasing 3.7.3: a Put of a key that the client does not own is written twice.
#
# With leasing.NewKV a key belongs to a client once it has read it. A Put of a key that nobody owns succeeds in
# its first transaction; the client then behaves as after a refusal, revokes a lease that does not exist, and
# puts once more. So the key's version goes up by two, its history holds the value twice and every watcher gets
# two events for one Put, while a Put of a key that the client owns is written once. Code that takes the version
# for the number of writes, or compares on a mod_revision that it took from an event, sees a write of its own
# as somebody else's.
#
# Seen: not owned version 2, two events; owned 1 more, one event. Needs Go; builds etcd 3.7.3 in a temporary
# folder (a few minutes). Exits 0 if it is still so.
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
export GOFLAGS=-mod=mod
printf 'module finding\n\ngo 1.25\n' >go.mod
go mod edit -require "go.etcd.io/etcd/server/v3@v$VERSION" -require "go.etcd.io/etcd/client/v3@v$VERSION"
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/leasing"
	_ "go.etcd.io/etcd/server/v3/embed"
)

func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	plain, err := clientv3.New(clientv3.Config{Endpoints: []string{os.Args[1]}})
	must(err)
	kv, closeKV, err := leasing.NewKV(plain, "leases/")
	must(err)
	defer closeKV()
	// What one Put comes to: how far the version went up.
	put := func(key, value string) int64 {
		before, err := plain.Get(ctx, key)
		must(err)
		var old int64
		if len(before.Kvs) > 0 {
			old = before.Kvs[0].Version
		}
		_, err = kv.Put(ctx, key, value)
		must(err)
		after, err := plain.Get(ctx, key)
		must(err)
		return after.Kvs[0].Version - old
	}
	unowned := put("a", "1")
	_, err = kv.Get(ctx, "b")
	must(err)
	owned := put("b", "1")
	events := 0
	for response := range plain.Watch(ctx, "a", clientv3.WithRev(1)) {
		must(response.Err())
		events += len(response.Events)
		break
	}
	fmt.Printf("not owned: written %d times, %d events; owned: written %d times\n", unowned, events, owned)
	if unowned != 2 || events != 2 || owned != 1 {
		os.Exit(1)
	}
}
GO
go mod tidy >tidy.log 2>&1
go build -o etcd go.etcd.io/etcd/server/v3
go build -o finding .

client=http://127.0.0.1:33811
peer=http://127.0.0.1:33812
./etcd --data-dir data --listen-client-urls $client --advertise-client-urls $client \
  --listen-peer-urls $peer --initial-advertise-peer-urls $peer \
  --initial-cluster default=$peer >etcd.log 2>&1 &
server=$!
for _ in $(seq 50); do curl -fs "$client/health" >/dev/null 2>&1 && break; sleep 0.2; done
./finding $client
