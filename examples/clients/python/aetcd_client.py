"""aetcd, on asyncio, told by lines what to do (see ../README.md)."""

import asyncio
import json
import sys
from urllib.parse import urlparse

import aetcd

from speaker import Returned, error_of, say

state = {}
locks = {}
tasks = set()


def begin(work):
    task = asyncio.ensure_future(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)


async def connect(endpoints, user=None, password=None):
    # It takes one member.
    member = urlparse(endpoints[0])
    client = aetcd.Client(
        host=member.hostname, port=member.port, username=user, password=password
    )
    await client.connect()
    state["client"] = client


async def put(key, value):
    await state["client"].put(key.encode(), value.encode())


async def get(key):
    found = await state["client"].get(key.encode())
    return found.value.decode() if found else None


async def watch(prefix):
    events = await state["client"].watch_prefix(prefix.encode())

    async def follow():
        try:
            async for event in events:
                kind = str(event.kind).lower()
                say(event=kind, key=event.kv.key.decode(), value=event.kv.value.decode())
            say(event="watch-end", type="end", text="its iterator ended")
        except Exception as error:
            say(event="watch-error", **error_of(error))

    begin(follow())


async def lease(ttl, key, text):
    granted = await state["client"].lease(ttl)
    await state["client"].put(key.encode(), text.encode(), lease=granted)

    async def keep_alive():
        # It is for the program to keep it alive, and to look at what comes back.
        while True:
            try:
                left = (await granted.refresh()).TTL
            except Exception as error:
                say(event="lease-lost", **error_of(error))
                return
            if left <= 0:
                text = f"refresh() gives a TTL of {left}, and no error"
                say(event="lease-lost", type="TTL 0", text=text)
                return
            await asyncio.sleep(ttl / 3)

    begin(keep_alive())
    return str(granted.id)


async def lock(name, ttl):
    made = state["client"].lock(name.encode(), ttl)
    if not await made.acquire():
        raise Returned("acquire() gives False")
    locks[name] = made


async def unlock(name):
    await locks[name].release()


COMMANDS = {f.__name__: f for f in (connect, put, get, watch, lease, lock, unlock)}


async def carry_out(number, what, words):
    try:
        say(id=number, value=await COMMANDS[what](**words))
    except Exception as error:
        say(id=number, error=error_of(error))


async def main():
    lines = asyncio.StreamReader(limit=1 << 22)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        asked = json.loads(line)
        number, what = asked.pop("id"), asked.pop("do")
        begin(carry_out(number, what, asked))


asyncio.run(main())
