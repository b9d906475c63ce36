// Each example is a test file, as its reader would write it.
import "../examples/config-watcher.test.ts";
import "../examples/etcd3-client.test.ts";
import "../examples/grpc-js-client.test.ts";
import "../examples/leader-election.test.ts";
import "../examples/list-and-watch.test.ts";
import "../examples/lock.test.ts";
