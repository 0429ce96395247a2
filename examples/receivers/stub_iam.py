#!/usr/bin/env python3
"""Stands in for AWS IAM on this machine, to try out `disable_aws_key.py` without an account.

    AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… python3 stub_iam.py --port 8090 --keys keys.json

`keys.json` names users and the ids of their keys: {"ann": ["AKIA…"]}. It knows ListUsers, ListAccessKeys and UpdateAccessKey, and checks the
Signature Version 4 of each request against the credentials in the environment. `GET /` says which key has which status.
"""

import argparse
import datetime
import hashlib
import hmac
import json
import os
import re
import sys
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})"
)
LARGEST = 10_000


class Refused(Exception):
    def __init__(self, status, code):
        self.status, self.code = status, code


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self):
        self.answer(200, "application/json", json.dumps(self.server.keys))

    def do_POST(self):
        length = int(self.headers.get("content-length") or 0)
        if not 0 < length <= LARGEST:
            self.close_connection = True
            return self.answer(413, "text/plain", "too long")
        body = self.rfile.read(length)
        try:
            self.check_signature(body)
            parameters = dict(urllib.parse.parse_qsl(body.decode(), strict_parsing=True))
            action = parameters.get("Action", "")
            inner = {"ListUsers": self.users, "ListAccessKeys": self.listed, "UpdateAccessKey": self.update}.get(action)
            if inner is None:
                raise Refused(400, "InvalidAction")
            result = inner(parameters)
        except Refused as refused:
            text = f"<ErrorResponse><Error><Code>{refused.code}</Code></Error></ErrorResponse>"
            return self.answer(refused.status, "text/xml", text)
        namespace = "https://iam.amazonaws.com/doc/2010-05-08/"
        self.answer(200, "text/xml", f'<{action}Response xmlns="{namespace}"><{action}Result>{result}</{action}Result></{action}Response>')

    def check_signature(self, body):
        """Signature Version 4, over the headers that the sender names."""
        match = AUTHORIZATION.fullmatch(self.headers.get("authorization") or "")
        if not match:
            raise Refused(403, "IncompleteSignature")
        key_id, day, region, service, names, signature = match.groups()
        stamp = self.headers.get("x-amz-date") or ""
        try:
            at = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        except ValueError:
            raise Refused(403, "IncompleteSignature") from None
        age = abs((datetime.datetime.now(datetime.timezone.utc) - at).total_seconds())
        if key_id != self.server.key_id or age > 300 or not stamp.startswith(day) or "host" not in names.split(";"):
            raise Refused(403, "SignatureDoesNotMatch")
        lines = [f"{name}:{' '.join((self.headers.get(name) or '').split())}" for name in names.split(";")]
        request = "\n".join(["POST", self.path, "", *lines, "", names, hashlib.sha256(body).hexdigest()])
        signed = "\n".join(["AWS4-HMAC-SHA256", stamp, f"{day}/{region}/{service}/aws4_request", hashlib.sha256(request.encode()).hexdigest()])
        key = b"AWS4" + self.server.secret.encode()
        for part in [day, region, service, "aws4_request", signed]:
            key = hmac.digest(key, part.encode(), "sha256")
        if not hmac.compare_digest(key.hex(), signature) or (region, service) != ("us-east-1", "iam"):
            raise Refused(403, "SignatureDoesNotMatch")

    def users(self, _):
        members = "".join(f"<member><UserName>{escape(user)}</UserName></member>" for user in self.server.keys)
        return f"<Users>{members}</Users><IsTruncated>false</IsTruncated>"

    def of(self, parameters):
        keys = self.server.keys.get(parameters.get("UserName"))
        if keys is None:
            raise Refused(404, "NoSuchEntity")
        return keys

    def listed(self, parameters):
        member = lambda key, status: f"<member><AccessKeyId>{escape(key)}</AccessKeyId><Status>{status}</Status></member>"
        members = "".join(member(*entry) for entry in self.of(parameters).items())
        return f"<AccessKeyMetadata>{members}</AccessKeyMetadata><IsTruncated>false</IsTruncated>"

    def update(self, parameters):
        keys, key_id, status = self.of(parameters), parameters.get("AccessKeyId"), parameters.get("Status")
        if key_id not in keys:
            raise Refused(404, "NoSuchEntity")
        if status not in ("Active", "Inactive"):
            raise Refused(400, "ValidationError")
        keys[key_id] = status
        return ""

    def answer(self, status, kind, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser(description="Stands in for AWS IAM on this machine")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--keys", required=True, help='JSON: {"user": ["id of a key", …]}')
    given = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", given.port), Handler)
    server.daemon_threads = True
    with open(given.keys, encoding="utf-8") as file:
        server.keys = {user: dict.fromkeys(keys, "Active") for user, keys in json.load(file).items()}
    server.key_id, server.secret = (os.environ.get(name) for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))
    if not server.key_id or not server.secret:
        sys.exit("stub_iam: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to what requests are signed with")
    print(f"listening on http://127.0.0.1:{server.server_address[1]}/", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
