"""Reads lines of JSON that say what to do, and says what came of it (see ../README.md)."""

import json
import sys
import threading

_out = threading.Lock()


class Lacking(Exception):
    """The library cannot do that at all."""


class Returned(Exception):
    """No error of the library: it returns what says no."""


def say(**words):
    with _out:
        sys.stdout.write(json.dumps(words) + "\n")
        sys.stdout.flush()


def error_of(error):
    return {"type": type(error).__name__, "text": str(error) or repr(error)}
