import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.grpc.stub.StreamObserver;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** jetcd, told by lines what to do (see ../README.md). */
public final class Speaker {
  private Client client;
  private final Map<String, ByteSequence> locks = new ConcurrentHashMap<>();

  private static synchronized void say(JsonObject said) {
    System.out.println(said.encode());
    System.out.flush();
  }

  private static ByteSequence bytes(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }

  private static JsonObject errorOf(Throwable thrown) {
    Throwable error = thrown;
    while ((error instanceof ExecutionException || error instanceof CompletionException)
        && error.getCause() != null) {
      error = error.getCause();
    }
    return new JsonObject()
        .put("type", error.getClass().getSimpleName())
        .put("text", String.valueOf(error.getMessage()));
  }

  private Object connect(JsonObject words) {
    JsonArray endpoints = words.getJsonArray("endpoints");
    var builder = Client.builder().endpoints(endpoints.stream().map(String::valueOf).toArray(String[]::new));
    if (words.containsKey("user")) {
      builder.user(bytes(words.getString("user"))).password(bytes(words.getString("password")));
    }
    client = builder.build();
    return null;
  }

  private Object put(JsonObject words) throws Exception {
    client.getKVClient().put(bytes(words.getString("key")), bytes(words.getString("value"))).get();
    return null;
  }

  private Object get(JsonObject words) throws Exception {
    var found = client.getKVClient().get(bytes(words.getString("key"))).get().getKvs();
    return found.isEmpty() ? null : found.get(0).getValue().toString(StandardCharsets.UTF_8);
  }

  private Object watch(JsonObject words) {
    ByteSequence prefix = bytes(words.getString("prefix"));
    client
        .getWatchClient()
        .watch(
            prefix,
            WatchOption.builder().isPrefix(true).build(),
            new Watch.Listener() {
              @Override
              public void onNext(WatchResponse response) {
                for (WatchEvent event : response.getEvents()) {
                  var pair = event.getKeyValue();
                  say(
                      new JsonObject()
                          .put("event", event.getEventType().name().toLowerCase())
                          .put("key", pair.getKey().toString(StandardCharsets.UTF_8))
                          .put("value", pair.getValue().toString(StandardCharsets.UTF_8)));
                }
              }

              @Override
              public void onError(Throwable error) {
                say(errorOf(error).put("event", "watch-error"));
              }

              @Override
              public void onCompleted() {
                say(
                    new JsonObject()
                        .put("event", "watch-end")
                        .put("type", "onCompleted")
                        .put("text", "its listener is told that it is over"));
              }
            });
    return null;
  }

  private Object lease(JsonObject words) throws Exception {
    long id = client.getLeaseClient().grant(words.getInteger("ttl")).get().getID();
    PutOption held = PutOption.builder().withLeaseId(id).build();
    client.getKVClient().put(bytes(words.getString("key")), bytes(words.getString("text")), held).get();
    client
        .getLeaseClient()
        .keepAlive(
            id,
            new StreamObserver<LeaseKeepAliveResponse>() {
              @Override
              public void onNext(LeaseKeepAliveResponse response) {
                if (response.getTTL() > 0) return;
                say(
                    new JsonObject()
                        .put("event", "lease-lost")
                        .put("type", "TTL 0")
                        .put("text", "its observer is given a TTL of 0"));
              }

              @Override
              public void onError(Throwable error) {
                say(errorOf(error).put("event", "lease-lost"));
              }

              @Override
              public void onCompleted() {
                say(
                    new JsonObject()
                        .put("event", "lease-lost")
                        .put("type", "onCompleted")
                        .put("text", "its observer is told that it is over"));
              }
            });
    return Long.toString(id);
  }

  private Object lock(JsonObject words) throws Exception {
    long lease = client.getLeaseClient().grant(words.getInteger("ttl")).get().getID();
    String name = words.getString("name");
    locks.put(name, client.getLockClient().lock(bytes(name), lease).get().getKey());
    return null;
  }

  private Object unlock(JsonObject words) throws Exception {
    client.getLockClient().unlock(locks.remove(words.getString("name"))).get();
    return null;
  }

  private Object carryOut(JsonObject words) throws Exception {
    switch (words.getString("do")) {
      case "connect":
        return connect(words);
      case "put":
        return put(words);
      case "get":
        return get(words);
      case "watch":
        return watch(words);
      case "lease":
        return lease(words);
      case "lock":
        return lock(words);
      case "unlock":
        return unlock(words);
      default:
        throw new IllegalArgumentException(words.encode());
    }
  }

  public static void main(String[] args) throws Exception {
    Speaker speaker = new Speaker();
    ExecutorService threads = Executors.newCachedThreadPool();
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = lines.readLine()) != null; ) {
      JsonObject words = new JsonObject(line);
      threads.submit(
          () -> {
            JsonObject said = new JsonObject().put("id", words.getInteger("id"));
            try {
              say(said.put("value", speaker.carryOut(words)));
            } catch (Throwable error) {
              say(said.put("error", errorOf(error)));
            }
          });
    }
    System.exit(0);
  }
}
