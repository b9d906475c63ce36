//! etcd-client, told by lines what to do (see ../../README.md).

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use etcd_client::{
    Client, ConnectOptions, Error, EventType, LockOptions, PutOptions, WatchOptions,
};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

#[derive(Clone, Default)]
struct State {
    client: Arc<Mutex<Option<Client>>>,
    locks: Arc<Mutex<HashMap<String, Vec<u8>>>>,
}

fn say(said: Value) {
    println!("{said}");
}

fn error_of(error: &Error) -> Value {
    let debug = format!("{error:?}");
    let name = debug.split(['(', ' ', '{']).next().unwrap_or("Error");
    json!({ "type": name, "text": error.to_string() })
}

fn tell(event: &str, error: &Error) {
    let mut said = error_of(error);
    said["event"] = json!(event);
    say(said);
}

impl State {
    fn client(&self) -> Client {
        self.client.lock().unwrap().clone().expect("it is connected")
    }

    async fn connect(&self, words: &Value) -> Result<Value, Error> {
        let endpoints: Vec<&str> = words["endpoints"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let options = words["user"]
            .as_str()
            .map(|user| ConnectOptions::new().with_user(user, text(words, "password")));
        let made = Client::connect(endpoints, options).await?;
        *self.client.lock().unwrap() = Some(made);
        Ok(Value::Null)
    }

    async fn put(&self, words: &Value) -> Result<Value, Error> {
        self.client().put(text(words, "key"), text(words, "value"), None).await?;
        Ok(Value::Null)
    }

    async fn get(&self, words: &Value) -> Result<Value, Error> {
        let response = self.client().get(text(words, "key"), None).await?;
        let found = response.kvs().first();
        Ok(found.map_or(Value::Null, |kv| json!(String::from_utf8_lossy(kv.value()))))
    }

    async fn watch(&self, words: &Value) -> Result<Value, Error> {
        let options = WatchOptions::new().with_prefix();
        let mut stream = self.client().watch(text(words, "prefix"), Some(options)).await?;
        tokio::spawn(async move {
            loop {
                match stream.message().await {
                    Ok(Some(response)) => {
                        for event in response.events() {
                            let Some(kv) = event.kv() else { continue };
                            let kind = match event.event_type() {
                                EventType::Put => "put",
                                EventType::Delete => "delete",
                            };
                            let key = String::from_utf8_lossy(kv.key());
                            let value = String::from_utf8_lossy(kv.value());
                            say(json!({ "event": kind, "key": key, "value": value }));
                        }
                        if response.canceled() {
                            let text = format!(
                                "canceled, compact_revision {}, reason \"{}\"",
                                response.compact_revision(),
                                response.cancel_reason()
                            );
                            say(json!({ "event": "watch-error", "type": "a message", "text": text }));
                        }
                    }
                    Ok(None) => {
                        say(json!({ "event": "watch-end", "type": "None", "text": "its stream ended" }));
                        return;
                    }
                    Err(error) => {
                        tell("watch-error", &error);
                        return;
                    }
                }
            }
        });
        Ok(Value::Null)
    }

    async fn lease(&self, words: &Value) -> Result<Value, Error> {
        let ttl = words["ttl"].as_i64().expect("seconds");
        let mut client = self.client();
        let id = client.lease_grant(ttl, None).await?.id();
        let options = PutOptions::new().with_lease(id);
        client.put(text(words, "key"), text(words, "text"), Some(options)).await?;
        let (mut keeper, mut stream) = client.lease_keep_alive(id).await?;
        tokio::spawn(async move {
            // It is for the program to ask for it, and to look at what comes back.
            let error = loop {
                if let Err(error) = keeper.keep_alive().await {
                    break error;
                }
                match stream.message().await {
                    Ok(Some(response)) if response.ttl() <= 0 => {
                        let text = "the stream gives a TTL of 0, and no error";
                        say(json!({ "event": "lease-lost", "type": "TTL 0", "text": text }));
                        return;
                    }
                    Ok(Some(_)) => tokio::time::sleep(Duration::from_secs(ttl as u64) / 3).await,
                    Ok(None) => {
                        say(json!({ "event": "lease-lost", "type": "None", "text": "its stream ended" }));
                        return;
                    }
                    Err(error) => break error,
                }
            };
            tell("lease-lost", &error);
        });
        Ok(json!(id.to_string()))
    }

    async fn lock(&self, words: &Value) -> Result<Value, Error> {
        let ttl = words["ttl"].as_i64().expect("seconds");
        let mut client = self.client();
        let lease = client.lease_grant(ttl, None).await?.id();
        let options = LockOptions::new().with_lease(lease);
        let locked = client.lock(text(words, "name"), Some(options)).await?;
        let key = locked.key().to_vec();
        self.locks.lock().unwrap().insert(text(words, "name").to_string(), key);
        Ok(Value::Null)
    }

    async fn unlock(&self, words: &Value) -> Result<Value, Error> {
        let key = self.locks.lock().unwrap().remove(text(words, "name")).expect("it is held");
        self.client().unlock(key).await?;
        Ok(Value::Null)
    }

    async fn carry_out(&self, words: &Value) -> Result<Value, Error> {
        match text(words, "do") {
            "connect" => self.connect(words).await,
            "put" => self.put(words).await,
            "get" => self.get(words).await,
            "watch" => self.watch(words).await,
            "lease" => self.lease(words).await,
            "lock" => self.lock(words).await,
            "unlock" => self.unlock(words).await,
            other => panic!("what is {other}?"),
        }
    }
}

fn text<'a>(words: &'a Value, key: &str) -> &'a str {
    words[key].as_str().unwrap_or("")
}

#[tokio::main]
async fn main() {
    let state = State::default();
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let words: Value = serde_json::from_str(&line).expect("JSON");
        let state = state.clone();
        tokio::spawn(async move {
            let id = &words["id"];
            match state.carry_out(&words).await {
                Ok(value) => say(json!({ "id": id, "value": value })),
                Err(error) => say(json!({ "id": id, "error": error_of(&error) })),
            }
        });
    }
}
