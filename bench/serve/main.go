// Load of puts and gets on a cluster: what bench/serve/main.ts runs on detcd and on a real etcd in turn.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

func main() {
	endpoints := flag.String("endpoints", "http://127.0.0.1:2379", "of all members, by commas")
	clients := flag.Int("clients", 64, "connections, each with one call at a time")
	seconds := flag.Float64("seconds", 5, "how long")
	what := flag.String("what", "put", "put or get")
	flag.Parse()

	all := strings.Split(*endpoints, ",")
	value := strings.Repeat("x", 256)
	var count, failed atomic.Int64
	var group sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ready := make(chan struct{})
	for i := range *clients {
		// As a client that was given one member: no balancer between.
		client, err := clientv3.New(clientv3.Config{Endpoints: all[i%len(all) : i%len(all)+1]})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if _, err := client.Put(ctx, fmt.Sprintf("key%06d", i), value); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		group.Add(1)
		go func() {
			defer group.Done()
			<-ready
			for n := 0; ctx.Err() == nil; n++ {
				var err error
				if *what == "put" {
					_, err = client.Put(ctx, fmt.Sprintf("key%06d", (n**clients+i)%10000), value)
				} else {
					_, err = client.Get(ctx, fmt.Sprintf("key%06d", i))
				}
				if err == nil {
					count.Add(1)
				} else if ctx.Err() == nil {
					failed.Add(1)
				}
			}
		}()
	}
	began := time.Now()
	close(ready)
	time.Sleep(time.Duration(*seconds * float64(time.Second)))
	done := count.Load()
	took := time.Since(began).Seconds()
	cancel()
	group.Wait()
	fmt.Printf("%.0f %d\n", float64(done)/took, failed.Load())
}
