#!/usr/bin/env python3
"""A receiver that disables the AWS access key an event is about.

    pip install standardwebhooks
    HOOK_KEY=whsec_… AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… python3 disable_aws_key.py --port 8080

An event does not hold the key's id, and need not: its fingerprint is a keyed hash of it, and the ids of an account's keys can be listed. The
one that has this fingerprint is set inactive, which can be undone, and `rotated` is answered only when AWS lists it as inactive. The
credentials need iam:ListUsers, iam:ListAccessKeys and iam:UpdateAccessKey. `stub_iam.py` stands in for AWS to try it out: --endpoint.
Nothing is made in its place: creating and deploying a new key is yours.
"""

import datetime
import hashlib
import hmac
import os
import sys
import urllib.parse
import urllib.request
import xml.etree.ElementTree

import receiver

NAMESPACE = "{https://iam.amazonaws.com/doc/2010-05-08/}"
# IAM is one for all regions, and is signed for this one.
REGION, SERVICE = "us-east-1", "iam"


def digest(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A signed request goes where it was signed for."""

    def redirect_request(self, *_):
        return None


class Iam:
    """The calls of AWS IAM that are needed, signed with Signature Version 4."""

    def __init__(self, endpoint, key_id, secret, token=None):
        self.endpoint, self.key_id, self.secret, self.token = endpoint, key_id, secret, token
        self.opener = urllib.request.build_opener(NoRedirect)

    def headers(self, body, now):
        """Headers of a POST of `body` to `/`, with its signature."""
        stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
        headers = {
            "content-type": "application/x-www-form-urlencoded; charset=utf-8",
            "host": urllib.parse.urlsplit(self.endpoint).netloc,
            "x-amz-date": stamp,
        }
        if self.token:
            headers["x-amz-security-token"] = self.token
        names = ";".join(sorted(headers))
        lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
        scope = f"{day}/{REGION}/{SERVICE}/aws4_request"
        signed = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        key = f"AWS4{self.secret}".encode()
        for part in (day, REGION, SERVICE, "aws4_request"):
            key = digest(key, part)
        signature = digest(key, signed).hex()
        headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={self.key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
        return headers

    def call(self, action, **parameters):
        body = urllib.parse.urlencode({"Action": action, "Version": "2010-05-08", **parameters}).encode()
        headers = self.headers(body, datetime.datetime.now(datetime.timezone.utc))
        request = urllib.request.Request(f"{self.endpoint.rstrip('/')}/", data=body, headers=headers, method="POST")
        with self.opener.open(request, timeout=10) as answer:
            return xml.etree.ElementTree.fromstring(answer.read(1 << 20))

    def listed(self, action, **parameters):
        """All members of a list, whatever number of pages it has."""
        while True:
            root = self.call(action, **parameters)
            yield from root.iter(f"{NAMESPACE}member")
            if root.findtext(f".//{NAMESPACE}IsTruncated") != "true":
                return
            parameters["Marker"] = root.findtext(f".//{NAMESPACE}Marker")

    def users(self):
        return [user.findtext(f"{NAMESPACE}UserName") for user in self.listed("ListUsers")]

    def keys(self, user):
        """Ids of the keys of a user, each with its status."""
        keys = self.listed("ListAccessKeys", UserName=user)
        return {key.findtext(f"{NAMESPACE}AccessKeyId"): key.findtext(f"{NAMESPACE}Status") for key in keys}

    def disable(self, user, key_id):
        self.call("UpdateAccessKey", UserName=user, AccessKeyId=key_id, Status="Inactive")


def fingerprint(key_id):
    """The fingerprint that keysieve gives a key id: docs/rotation.md, "What is sent"."""
    return "v1:aws:" + hmac.new(b"keysieve fingerprint v1", b"aws\0" + key_id.encode(), hashlib.sha256).hexdigest()[:32]


def disabling(iam):
    """What to do with an event."""

    def rotate(event):
        for user in iam.users():
            for key_id in iam.keys(user):
                if hmac.compare_digest(fingerprint(key_id), event["subject"]):
                    return disable(iam, user, key_id)
        # The secret half of a key, a temporary key, or a key of another account: a person has to look.
        return {"state": "acknowledged"}

    return rotate


def disable(iam, user, key_id):
    iam.disable(user, key_id)
    status = iam.keys(user).get(key_id)
    if status != "Inactive":
        raise RuntimeError(f"the key of {user} is still {status}")
    print(f"disabled an access key of {user}", file=sys.stderr)
    now = datetime.datetime.now(datetime.timezone.utc)
    return {"state": "rotated", "rotated_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"), "replacement": f"none yet: the key of {user} is inactive"}


def main():
    parser = receiver.arguments("A receiver that disables exposed AWS access keys")
    parser.add_argument("--endpoint", default="https://iam.amazonaws.com", help="address of IAM, or of stub_iam.py")
    given = parser.parse_args()
    names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
    if missing := [name for name in names if not os.environ.get(name)]:
        sys.exit(f"disable_aws_key: set {' and '.join(missing)}")
    iam = Iam(given.endpoint, *(os.environ[name] for name in names), os.environ.get("AWS_SESSION_TOKEN"))
    receiver.serve(given, act=disabling(iam))


if __name__ == "__main__":
    main()
