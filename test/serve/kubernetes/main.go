// Kubernetes' storage layer, as an API server uses it, does one sequence of operations on an etcd and prints what came
// of them, a line of JSON each. Whatever the etcd is, the lines are the same, revisions and texts included.
//
//	kubernetes ENDPOINT…
//
// At a line {"op":"meanwhile",…} it waits for a line on its standard input: whoever runs it may break something first.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/apiserver/pkg/apis/example"
	examplev1 "k8s.io/apiserver/pkg/apis/example/v1"
	"k8s.io/apiserver/pkg/storage"
	"k8s.io/apiserver/pkg/storage/etcd3"
	"k8s.io/apiserver/pkg/storage/feature"
	"k8s.io/apiserver/pkg/storage/storagebackend"
	"k8s.io/apiserver/pkg/storage/storagebackend/factory"
	"k8s.io/apiserver/pkg/storage/value"
)

// How long anything may take before the program gives up: much longer than an election.
const patience = 90 * time.Second

// What is printed of an answer: nothing that differs from run to run is in it.
type line = map[string]any

func say(op string, more line) {
	told := line{"op": op}
	for name, value := range more {
		told[name] = value
	}
	bytes, err := json.Marshal(told)
	must(err)
	fmt.Println(string(bytes))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func refusal(err error) line {
	var api interface{ Status() metav1.Status }
	var stored *storage.StorageError
	switch {
	case err == nil:
		return line{}
	case errors.As(err, &api):
		s := api.Status()
		told := line{"reason": s.Reason, "code": s.Code, "message": s.Message}
		if s.Continue != "" {
			told["continue"] = s.Continue
		}
		return line{"error": told}
	case errors.As(err, &stored):
		return line{"error": line{"code": stored.Code, "key": stored.Key, "rv": stored.ResourceVersion, "message": stored.Error()}}
	}
	return line{"error": line{"message": err.Error()}}
}

func pod(p *example.Pod) line {
	return line{"name": p.Name, "uid": p.UID, "rv": p.ResourceVersion, "node": p.Spec.NodeName, "labels": p.Labels}
}

func newPod(name string) *example.Pod {
	return &example.Pod{ObjectMeta: metav1.ObjectMeta{
		Name: name, Namespace: "default", UID: types.UID("uid-of-" + name),
		Labels: map[string]string{"parity": []string{"even", "odd"}[len(name)%2]},
	}}
}

func key(name string) string { return "/pods/default/" + name }

var commands = bufio.NewReader(os.Stdin)

func meanwhile(what string) {
	say("meanwhile", line{"what": what})
	_, err := commands.ReadString('\n')
	must(err)
}

// Objects come out of storage as they are; before the first one of a list that is under way, something may happen.
type pausing struct{ before func() }

func (p *pausing) TransformFromStorage(_ context.Context, data []byte, _ value.Context) ([]byte, bool, error) {
	if before := p.before; before != nil {
		p.before = nil
		before()
	}
	return data, false, nil
}

func (p *pausing) TransformToStorage(_ context.Context, data []byte, _ value.Context) ([]byte, error) {
	return data, nil
}

// A store, and who uses it.
type user struct {
	ctx     context.Context
	store   storage.Interface
	etcd    *clientv3.Client
	pausing *pausing
}

func open(ctx context.Context, endpoints []string) (*user, func()) {
	scheme := runtime.NewScheme()
	metav1.AddToGroupVersion(scheme, metav1.SchemeGroupVersion)
	must(example.AddToScheme(scheme))
	must(examplev1.AddToScheme(scheme))
	codecs := serializer.NewCodecFactory(scheme)
	// As an API server stores its own kinds: bytes that are no text.
	protobuf, ok := runtime.SerializerInfoForMediaType(codecs.SupportedMediaTypes(), runtime.ContentTypeProtobuf)
	if !ok {
		must(errors.New("no protobuf"))
	}
	internal := example.SchemeGroupVersion
	codec := codecs.CodecForVersions(protobuf.Serializer, codecs.UniversalDeserializer(), examplev1.SchemeGroupVersion, internal)
	config := storagebackend.NewDefaultConfig("/registry", codec)
	config.Transport.ServerList = endpoints
	// The compactor follows what others compact, and does not by itself in the time that this takes.
	config.CompactionInterval = time.Hour
	between := &pausing{}
	config.Transformer = between
	store, destroy, err := factory.Create(
		*config.ForResource(example.Resource("pods")),
		func() runtime.Object { return &example.Pod{} },
		func() runtime.Object { return &example.PodList{} },
		"/pods",
	)
	must(err)
	etcd, err := clientv3.New(clientv3.Config{Endpoints: endpoints, DialTimeout: patience})
	must(err)
	return &user{ctx, store, etcd, between}, func() { destroy(); etcd.Close() }
}

// ---- one object ----------------------------------------------------------------------------------

func (u *user) create(name string, ttl uint64) *example.Pod {
	out := &example.Pod{}
	err := u.store.Create(u.ctx, key(name), newPod(name), out, ttl)
	told := refusal(err)
	if err == nil {
		told["pod"] = pod(out)
	}
	told["ttl"] = ttl
	say("create", told)
	return out
}

func (u *user) get(name string, options storage.GetOptions) {
	out := &example.Pod{}
	told := refusal(u.store.Get(u.ctx, key(name), options, out))
	told["pod"] = pod(out)
	say("get", told)
}

// Puts it on a node, creates it where it is absent. To do so again changes nothing, as a controller would have it, so
// that it is done until it is answered.
func (u *user) place(name, node string, before func(try int), cached *example.Pod) {
	out := &example.Pod{}
	all, tries := 0, 0
	update := func(input runtime.Object, _ storage.ResponseMeta) (runtime.Object, *uint64, error) {
		all++
		tries++
		before(all)
		p := input.(*example.Pod)
		if p.Name == "" {
			p = newPod(name)
		}
		p.Spec.NodeName = node
		return p, nil, nil
	}
	var existing runtime.Object
	if cached != nil {
		existing = cached
	}
	err, _ := untilAnswered(func() error {
		tries = 0
		return u.store.GuaranteedUpdate(u.ctx, key(name), out, true, nil, update, existing)
	})
	told := refusal(err)
	told["pod"], told["tries"] = pod(out), tries
	say("update", told)
}

func nothing(int) {}

func (u *user) remove(name string, on *storage.Preconditions, validate storage.ValidateObjectFunc, cached *example.Pod) {
	out := &example.Pod{}
	var existing runtime.Object
	if cached != nil {
		existing = cached
	}
	told := refusal(u.store.Delete(u.ctx, key(name), out, on, validate, existing, storage.DeleteOptions{}))
	told["pod"] = pod(out)
	say("delete", told)
}

// Nobody answers while there is no leader, and a crash leaves open whether it was done.
func untilAnswered(op func() error) (err error, again int) {
	for from := time.Now(); ; again++ {
		if err = op(); !passing(err) || time.Since(from) > patience {
			return err, again
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func passing(err error) bool {
	var told rpctypes.EtcdError
	if errors.As(err, &told) {
		return told.Code() == codes.Unavailable
	}
	return status.Code(err) == codes.Unavailable
}

// ---- lists ---------------------------------------------------------------------------------------

func everything() storage.SelectionPredicate {
	return storage.SelectionPredicate{Label: labels.Everything(), Field: fields.Everything(), GetAttrs: storage.DefaultNamespaceScopedAttr}
}

func (u *user) list(what string, options storage.ListOptions) *example.PodList {
	return u.listOf("/pods", what, options)
}

func (u *user) listOf(prefix, what string, options storage.ListOptions) *example.PodList {
	options.Recursive = true
	var out *example.PodList
	err, _ := untilAnswered(func() error {
		out = &example.PodList{}
		return u.store.GetList(u.ctx, prefix, options, out)
	})
	told := refusal(err)
	pods := []string{}
	for _, p := range out.Items {
		pods = append(pods, p.Name+"@"+p.ResourceVersion+" "+p.Spec.NodeName)
	}
	told["what"], told["pods"] = what, pods
	told["rv"], told["continue"], told["remaining"] = out.ResourceVersion, out.Continue, out.RemainingItemCount
	say("list", told)
	return out
}

func page(limit int64, from string) storage.ListOptions {
	predicate := everything()
	predicate.Limit, predicate.Continue = limit, from
	return storage.ListOptions{Predicate: predicate}
}

func at(rv string, match metav1.ResourceVersionMatch) storage.ListOptions {
	return storage.ListOptions{Predicate: everything(), ResourceVersion: rv, ResourceVersionMatch: match}
}

// ---- watches -------------------------------------------------------------------------------------

func (u *user) watch(what string, options storage.ListOptions) watch.Interface {
	options.Recursive = true
	options.Predicate.Label, options.Predicate.Field = labels.Everything(), fields.Everything()
	options.Predicate.GetAttrs = storage.DefaultNamespaceScopedAttr
	w, err := u.store.Watch(u.ctx, "/pods", options)
	told := refusal(err)
	told["what"] = what
	say("watch", told)
	must(err)
	return w
}

// So many events, one after the other.
func seen(w watch.Interface, count int) {
	for ; count > 0; count-- {
		select {
		case event, open := <-w.ResultChan():
			if !open {
				say("event", line{"type": "closed"})
				return
			}
			sayEvent(event)
		case <-time.After(patience):
			say("event", line{"type": "none"})
			return
		}
	}
}

func sayEvent(event watch.Event) {
	told := line{"type": event.Type}
	switch object := event.Object.(type) {
	case *example.Pod:
		told["pod"], told["annotations"] = pod(object), object.Annotations
	case *metav1.Status:
		told["reason"], told["code"], told["message"] = object.Reason, object.Code, object.Message
	}
	say("event", told)
}

// ---- the sequence --------------------------------------------------------------------------------

func (u *user) objects() {
	say("ready", refusal(u.store.ReadinessCheck()))
	u.get("a", storage.GetOptions{})
	u.get("a", storage.GetOptions{IgnoreNotFound: true})
	first := u.create("a", 0)
	u.create("a", 0)
	u.create("bb", 600)
	u.get("a", storage.GetOptions{})
	u.get("a", storage.GetOptions{ResourceVersion: "1"})
	u.get("a", storage.GetOptions{ResourceVersion: "1000"})
	u.place("a", "n1", nothing, nil)
	u.place("a", "n1", nothing, nil)
	// What it remembers of it is old.
	u.place("a", "n2", nothing, first)
	// Somebody else is quicker.
	u.place("a", "n3", func(try int) {
		if try == 1 {
			u.place("a", "n4", nothing, nil)
		}
	}, nil)
	u.place("ccc", "n1", nothing, nil)

	other, uid, old := types.UID("other"), types.UID("uid-of-a"), "2"
	u.remove("a", &storage.Preconditions{UID: &other}, storage.ValidateAllObjectFunc, nil)
	u.remove("a", &storage.Preconditions{ResourceVersion: &old}, storage.ValidateAllObjectFunc, nil)
	u.remove("none", nil, storage.ValidateAllObjectFunc, nil)
	u.remove("a", nil, func(context.Context, runtime.Object) error { return errors.New("not now") }, nil)
	quicker := true
	u.remove("a", &storage.Preconditions{UID: &uid}, func(context.Context, runtime.Object) error {
		if quicker {
			quicker = false
			u.place("a", "n5", nothing, nil)
		}
		return nil
	}, first)
	u.get("a", storage.GetOptions{})

	long := newPod("long")
	long.Annotations = map[string]string{"all": strings.Repeat("x", 3<<20)}
	say("create", refusal(u.store.Create(u.ctx, key("long"), long, nil, 0)))
}

func (u *user) lists() {
	for number := range 9 {
		u.place(strings.Repeat("p", number+1), "n1", nothing, nil)
	}
	whole := u.list("whole", storage.ListOptions{Predicate: everything()})
	u.list("nothing is there", storage.ListOptions{Predicate: everything(), ResourceVersion: "1", ResourceVersionMatch: metav1.ResourceVersionMatchExact})
	u.place("p", "n2", nothing, nil)
	u.list("as it was", at(whole.ResourceVersion, metav1.ResourceVersionMatchExact))
	u.list("not older", at(whole.ResourceVersion, metav1.ResourceVersionMatchNotOlderThan))
	u.list("of the future", at("100000", metav1.ResourceVersionMatchExact))
	u.list("not older than the future", at("100000", metav1.ResourceVersionMatchNotOlderThan))
	u.listOf("/pods/nowhere", "of nobody", storage.ListOptions{Predicate: everything()})

	first := u.list("page 1", page(4, ""))
	u.place("pp", "n2", nothing, nil)
	meanwhile("pages")
	second := u.list("page 2", page(4, first.Continue))
	u.list("page 3", page(4, second.Continue))
	u.list("the first, as it was", func() storage.ListOptions {
		options := page(3, "")
		options.ResourceVersion, options.ResourceVersionMatch = whole.ResourceVersion, metav1.ResourceVersionMatchExact
		return options
	}())
	for from := ""; ; {
		options := page(2, from)
		options.Predicate.Label = labels.SelectorFromSet(labels.Set{"parity": "odd"})
		if from = u.list("odd", options).Continue; from == "" {
			break
		}
	}

	now, err := u.store.GetCurrentResourceVersion(u.ctx)
	say("now", line{"rv": now, "error": refusal(err)})
	stats, err := u.store.Stats(u.ctx)
	say("stats", line{"objects": stats.ObjectCount, "error": refusal(err)})
}

// More than is under way at a time: the stream of a list is cut before its end.
func (u *user) longList() {
	for number := range 24 {
		p := newPod(fmt.Sprintf("long-%02d", number))
		p.Annotations = map[string]string{"all": strings.Repeat("x", 256<<10)}
		must(u.store.Create(u.ctx, "/pods/long/"+p.Name, p, nil, 0))
	}
	u.pausing.before = func() { meanwhile("list") }
	u.listOf("/pods/long", "long", storage.ListOptions{Predicate: everything()})
	for number := range 24 {
		name := fmt.Sprintf("/pods/long/long-%02d", number)
		err, _ := untilAnswered(func() error {
			err := u.store.Delete(u.ctx, name, &example.Pod{}, nil, storage.ValidateAllObjectFunc, nil, storage.DeleteOptions{})
			if storage.IsNotFound(err) {
				return nil
			}
			return err
		})
		must(err)
	}
	say("supports", line{"streams": supports(storage.RangeStream), "progress": supports(storage.RequestWatchProgress)})
}

func (u *user) watches() {
	listed := u.list("to watch from", storage.ListOptions{Predicate: everything()})
	w := u.watch("from the list", storage.ListOptions{ResourceVersion: listed.ResourceVersion})
	u.create("d", 0)
	u.place("d", "n1", nothing, nil)
	u.remove("d", nil, storage.ValidateAllObjectFunc, nil)
	seen(w, 3)
	meanwhile("watch")
	u.place("e", "n1", nothing, nil)
	u.place("e", "n2", func(try int) {
		if try == 1 {
			meanwhile("update")
		}
	}, nil)
	seen(w, 2)
	// Nobody deletes it: its time is over.
	u.create("short", 1)
	seen(w, 2)
	w.Stop()

	w = u.watch("from before", storage.ListOptions{ResourceVersion: listed.ResourceVersion})
	seen(w, 7)
	w.Stop()
	w = u.watch("all, then what comes", storage.ListOptions{ResourceVersion: "0"})
	seen(w, len(listed.Items)+1)
	u.place("e", "n3", nothing, nil)
	seen(w, 1)
	w.Stop()
	yes := true
	w = u.watch("all, a bookmark, what comes", storage.ListOptions{
		ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan, SendInitialEvents: &yes,
		Predicate: storage.SelectionPredicate{AllowWatchBookmarks: true},
	})
	seen(w, len(listed.Items)+2)
	u.place("e", "n4", nothing, nil)
	seen(w, 1)
	w.Stop()

	now, err := u.store.GetCurrentResourceVersion(u.ctx)
	must(err)
	w = u.watch("progress", storage.ListOptions{ResourceVersion: fmt.Sprint(now), ProgressNotify: true})
	u.place("e", "n5", nothing, nil)
	seen(w, 1)
	asked, cancel := context.WithTimeout(u.ctx, patience)
	defer cancel()
	must(u.store.RequestWatchProgress(asked))
	seen(w, 1)
	w.Stop()
}

func (u *user) compactions() {
	u.list("before", storage.ListOptions{Predicate: everything()})
	first := u.list("a page before", page(4, ""))
	// As an API server: once to know what is now, once more to compact what was then.
	version, rev := u.compact(0, 0)
	u.place("e", "n6", nothing, nil)
	version, rev = u.compact(version, rev)
	meanwhile("compaction")
	u.compact(version+5, rev)
	for from := time.Now(); u.store.CompactRevision() == 0 && time.Since(from) < patience; {
		time.Sleep(20 * time.Millisecond)
	}
	say("compacted", line{"rv": u.store.CompactRevision()})
	u.list("the revision is gone", at("5", metav1.ResourceVersionMatchExact))
	u.list("before is gone", at(fmt.Sprint(u.store.CompactRevision()-1), metav1.ResourceVersionMatchExact))
	u.list("the compacted one is not", at(fmt.Sprint(u.store.CompactRevision()), metav1.ResourceVersionMatchExact))
	w := u.watch("from what is gone", storage.ListOptions{ResourceVersion: "5"})
	seen(w, 2)
	w.Stop()

	u.place("e", "n7", nothing, nil)
	version, rev = u.compact(version, rev)
	u.place("e", "n8", nothing, nil)
	out := &example.PodList{}
	options := page(4, first.Continue)
	options.Recursive = true
	err := u.store.GetList(u.ctx, "/pods", options, out)
	say("list", refusal(err))
	var api interface{ Status() metav1.Status }
	if errors.As(err, &api) {
		u.list("the rest, as it is now", page(4, api.Status().Continue))
	}
}

func (u *user) compact(version, rev int64) (int64, int64) {
	var now, current, compacted int64
	err, _ := untilAnswered(func() (err error) {
		now, current, compacted, err = etcd3.Compact(u.ctx, u.etcd, version, rev)
		return err
	})
	say("compact", line{"version": now, "rv": current, "compacted": compacted, "error": refusal(err)})
	return now, current
}

func supports(what storage.Feature) bool {
	return feature.DefaultFeatureSupportChecker.Supports(what)
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	defer cancel()
	u, shut := open(ctx, os.Args[1:])
	defer shut()
	u.objects()
	u.lists()
	u.longList()
	u.watches()
	u.compactions()
	say("end", nil)
}
