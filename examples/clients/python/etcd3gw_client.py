"""etcd3gw, which asks etcd's JSON gateway, told by lines what to do (see ../README.md)."""

import json
import sys
import threading
import time
from urllib.parse import urlparse

import etcd3gw

from speaker import Lacking, Returned, error_of, say

state = {}
locks = {}


def connect(endpoints, **users):
    # It takes one member; of users it knows nothing.
    if users:
        raise Lacking("has no users")
    member = urlparse(endpoints[0])
    state["client"] = etcd3gw.client(host=member.hostname, port=member.port)


def put(key, value):
    state["client"].put(key, value)


def get(key):
    values = state["client"].get(key)
    return values[0].decode() if values else None


def watch(prefix):
    # A connection of its own, since the client's is one for all its threads.
    events, _cancel = state["client"].watch_prefix(prefix)

    def follow():
        try:
            for event in events:
                pair = event["kv"]
                kind = event.get("type", "PUT").lower()
                value = pair.get("value", b"").decode()
                say(event=kind, key=pair["key"].decode(), value=value)
            say(event="watch-end", type="end", text="its iterator ended")
        except Exception as error:
            say(event="watch-error", **error_of(error))

    threading.Thread(target=follow, daemon=True).start()


def lease(ttl, key, text):
    granted = state["client"].lease(ttl=ttl)
    state["client"].put(key, text, lease=granted)

    def keep_alive():
        # It is for the program to keep it alive, and to look at what comes back.
        while True:
            try:
                left = granted.refresh()
            except Exception as error:
                say(event="lease-lost", **error_of(error))
                return
            if int(left) <= 0:
                text = f"refresh() gives {left}, and no error"
                say(event="lease-lost", type="TTL 0", text=text)
                return
            time.sleep(ttl / 3)

    threading.Thread(target=keep_alive, daemon=True).start()
    return str(granted.id)


def lock(name, ttl):
    made = state["client"].lock(name, ttl)
    if not made.acquire():
        raise Returned("acquire() gives False")
    locks[name] = made


def unlock(name):
    locks[name].release()


COMMANDS = {f.__name__: f for f in (connect, put, get, watch, lease, lock, unlock)}


def carry_out(number, what, words):
    try:
        say(id=number, value=COMMANDS[what](**words))
    except Exception as error:
        say(id=number, error=error_of(error))


for line in sys.stdin:
    asked = json.loads(line)
    number, what = asked.pop("id"), asked.pop("do")
    threading.Thread(target=carry_out, args=(number, what, asked), daemon=True).start()
