#!/usr/bin/env python3
"""A receiver of keysieve's rotation events, to begin with.

    pip install standardwebhooks
    HOOK_KEY=whsec_… python3 receiver.py --port 8080 --store events.sqlite

It checks the signature, remembers ids so that an event that comes twice is acted on once, and answers what became of the secret.
`rotate` is where your own rotation goes. Only the standard library and the package `standardwebhooks` are used.
"""

import argparse
import json
import os
import random
import sqlite3
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

LARGEST = 20_000


def rotate(event):
    """Does what the event asks for, and says what became of the secret: acknowledged, rotated or rejected.

    Here nothing is rotated. Look at event["data"]["rule"]["id"] and event["data"]["identity"], make a new credential, deploy it, revoke the
    old one, check that it is refused, and answer {"state": "rotated", "rotated_at": …, "replacement": "name of the new one"}.
    """
    return {"state": "acknowledged"}


class Store:
    """Ids of events that were acted on, in a file, so that a restart does not act again."""

    def __init__(self, path):
        self.lock = threading.Lock()
        self.connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = NORMAL")
        self.connection.execute("CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, body TEXT, answer TEXT, times INTEGER)")

    def once(self, event_id, body, act):
        """Answers as the first time if the id is known; else acts."""
        with self.lock:
            row = self.connection.execute("UPDATE events SET times = times + 1 WHERE id = ? RETURNING answer", (event_id,)).fetchone()
            if row:
                return json.loads(row[0])
            answer = act()
            self.connection.execute("INSERT INTO events VALUES (?, ?, ?, 1)", (event_id, body, json.dumps(answer)))
            return answer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_POST(self):
        length = int(self.headers.get("content-length") or 0)
        if not 0 < length <= LARGEST:
            self.close_connection = True
            return self.answer(413, {"error": "too long, or no length"})
        body = self.rfile.read(length)
        try:
            self.server.webhook.verify(body, {name.lower(): value for name, value in self.headers.items()})
        except WebhookVerificationError as error:
            return self.answer(401, {"error": str(error)})
        if random.random() < self.server.fail_rate:
            return self.answer(500, {"error": "failing, as asked to"})
        event = json.loads(body)
        if event["id"] != self.headers["webhook-id"]:
            return self.answer(400, {"error": "the id of the event is not that of the request"})
        try:
            answer = self.server.store.once(event["id"], body.decode(), lambda: self.server.act(event))
        except Exception as error:
            # Nothing is remembered, and the event comes again.
            print(f"receiver: {event['id']}: {error}", file=sys.stderr)
            return self.answer(500, {"error": "this could not be done now"})
        self.answer(200, answer)

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address, key, store, fail_rate=0.0, act=rotate):
        super().__init__(address, Handler)
        self.act = act
        self.webhook = Webhook(key)
        self.store = store
        self.fail_rate = fail_rate

    def handle_error(self, request, client_address):
        """A sender that goes away while it sends will come again."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--store", default="events.sqlite", help="file of the ids that were acted on")
    return parser


def serve(given, **more):
    """Listens until it is interrupted, with the key in HOOK_KEY."""
    key = os.environ.get("HOOK_KEY")
    if not key:
        sys.exit("receiver: set HOOK_KEY to the whsec_ key that the sender signs with")
    server = Server((given.host, given.port), key, Store(given.store), **more)
    print(f"listening on http://{given.host}:{server.server_address[1]}/", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


def main():
    parser = arguments("A receiver of keysieve's rotation events")
    parser.add_argument("--fail-rate", type=float, default=0.0, help="part of the requests to fail, for tests")
    given = parser.parse_args()
    serve(given, fail_rate=given.fail_rate)


if __name__ == "__main__":
    main()
