#!/usr/bin/env python3
"""Compares a JSON report of `keysieve scan --history` with the manifest of generate.py: every token found, with the right commits. See README.md."""

import hashlib
import hmac
import json
import sys

# src/finding/fingerprint.rs: the key that is used where none is given.
KEY = b"keysieve fingerprint v1"
SHOWN = 20


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: check.py MANIFEST REPORT.json")
    planted, report = (load(path) for path in sys.argv[1:])
    wrong = compare(planted, report)
    print(f"{len(planted)} planted, {len(report['findings'])} findings, {len(wrong)} differences")
    for line in wrong[:SHOWN]:
        print(f"  {line}")
    sys.exit(1 if wrong else 0)


def compare(planted, report):
    """Everything in which the report is not what the manifest says, one line each."""
    findings = {finding["fingerprint"]: finding for finding in report["findings"]}
    wrong = [f"not scanned: {gap['what']}: {gap['why']}" for gap in report["coverage"]["incomplete"]]
    for number, secret in enumerate(planted):
        finding = findings.pop(fingerprint(secret["token"]), None)
        name = f"secret {number} ({secret['place']}, {', '.join(secret['paths'])})"
        if finding is None:
            wrong.append(f"{name}: not found")
            continue
        exposure = finding.get("exposure")
        if exposure is None:
            wrong.append(f"{name}: no exposure")
            continue
        for key, found in seen(exposure).items():
            expected = sorted(secret[key]) if key == "paths" else secret[key]
            if found != expected:
                wrong.append(f"{name}: {key} is {found}, not {expected}")
    return wrong + [f"found and not planted: {finding['rule']['id']} {finding['locations'][0]['path']}" for finding in findings.values()]


def seen(exposure):
    """What the manifest tells of a secret, as the report has it."""
    return {
        "first": exposure.get("first", {}).get("id"),
        "last": exposure.get("last", {}).get("id"),
        "commits": exposure["commits"],
        "blobs": exposure["blobs"],
        "paths": sorted(exposure["paths"]),
        "in_head": exposure["in_head"],
    }


def fingerprint(token):
    """The name of a GitHub token in a report."""
    digest = hmac.new(KEY, b"github\0" + token.encode(), hashlib.sha256).hexdigest()
    return f"v1:github:{digest[:32]}"


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


if __name__ == "__main__":
    main()
