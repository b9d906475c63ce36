// etcd's own Go client, clientv3, told by lines what to do (see ../README.md).
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"
	"google.golang.org/grpc/status"
)

type words struct {
	ID        int      `json:"id"`
	Do        string   `json:"do"`
	Endpoints []string `json:"endpoints"`
	User      string   `json:"user"`
	Password  string   `json:"password"`
	Key       string   `json:"key"`
	Value     string   `json:"value"`
	Prefix    string   `json:"prefix"`
	Name      string   `json:"name"`
	Text      string   `json:"text"`
	TTL       int      `json:"ttl"`
}

var (
	client *clientv3.Client
	out    sync.Mutex
	held   sync.Map
)

func say(said map[string]any) {
	line, err := json.Marshal(said)
	if err != nil {
		panic(err)
	}
	out.Lock()
	defer out.Unlock()
	fmt.Println(string(line))
}

func errorOf(err error) map[string]any {
	kind := fmt.Sprintf("%T", err)
	if state, ok := status.FromError(err); ok {
		kind = state.Code().String()
	}
	return map[string]any{"type": kind, "text": err.Error()}
}

func tell(event string, err error) {
	said := errorOf(err)
	said["event"] = event
	say(said)
}

func connect(w words) (any, error) {
	made, err := clientv3.New(clientv3.Config{
		Endpoints: w.Endpoints,
		Username:  w.User,
		Password:  w.Password,
	})
	client = made
	return nil, err
}

func put(w words) (any, error) {
	_, err := client.Put(context.Background(), w.Key, w.Value)
	return nil, err
}

func get(w words) (any, error) {
	response, err := client.Get(context.Background(), w.Key)
	if err != nil || len(response.Kvs) == 0 {
		return nil, err
	}
	return string(response.Kvs[0].Value), nil
}

func watch(w words) (any, error) {
	go func() {
		for response := range client.Watch(context.Background(), w.Prefix, clientv3.WithPrefix()) {
			if err := response.Err(); err != nil {
				tell("watch-error", err)
			}
			for _, event := range response.Events {
				kind := strings.ToLower(event.Type.String())
				say(map[string]any{"event": kind, "key": string(event.Kv.Key), "value": string(event.Kv.Value)})
			}
		}
		say(map[string]any{"event": "watch-end", "type": "closed", "text": "its channel was closed"})
	}()
	return nil, nil
}

func lease(w words) (any, error) {
	granted, err := client.Grant(context.Background(), int64(w.TTL))
	if err != nil {
		return nil, err
	}
	if _, err := client.Put(context.Background(), w.Key, w.Text, clientv3.WithLease(granted.ID)); err != nil {
		return nil, err
	}
	alive, err := client.KeepAlive(context.Background(), granted.ID)
	if err != nil {
		return nil, err
	}
	go func() {
		for range alive {
		}
		say(map[string]any{"event": "lease-lost", "type": "closed", "text": "its channel was closed"})
	}()
	return fmt.Sprint(int64(granted.ID)), nil
}

func lock(w words) (any, error) {
	session, err := concurrency.NewSession(client, concurrency.WithTTL(w.TTL))
	if err != nil {
		return nil, err
	}
	mutex := concurrency.NewMutex(session, w.Name)
	if err := mutex.Lock(context.Background()); err != nil {
		return nil, err
	}
	held.Store(w.Name, mutex)
	return nil, nil
}

func unlock(w words) (any, error) {
	mutex, _ := held.Load(w.Name)
	return nil, mutex.(*concurrency.Mutex).Unlock(context.Background())
}

var commands = map[string]func(words) (any, error){
	"connect": connect, "put": put, "get": get, "watch": watch,
	"lease": lease, "lock": lock, "unlock": unlock,
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var w words
		if err := json.Unmarshal(lines.Bytes(), &w); err != nil {
			panic(err)
		}
		go func() {
			value, err := commands[w.Do](w)
			if err != nil {
				say(map[string]any{"id": w.ID, "error": errorOf(err)})
				return
			}
			say(map[string]any{"id": w.ID, "value": value})
		}()
	}
}
