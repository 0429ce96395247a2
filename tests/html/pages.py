"""Makes the pages that are tested: saved reports of the tests, changed, and converted by the program itself."""

import copy
import json
import pathlib
import random
import subprocess

FIXTURES = pathlib.Path(__file__).parent.parent / "fixtures" / "report"
NOW = 1_795_400_000
DAY = 86_400
HOSTILE = "</script><script>hacked=1</script><img src=x onerror=hacked=1>\n::error::x\x1b[31m\u202e{title}'\"&amp;"
KINDS = [("aws.secret-access-key", "AWS secret access key", "critical"), ("github.personal-access-token", "GitHub token", "critical"),
         ("postgres.connection-url", "PostgreSQL URL with a password", "high"), ("slack.bot-token", "Slack bot token", "high"),
         ("generic.password", "Password", "medium"), ("sentry.dsn", "Sentry DSN", "low")]
PEOPLE = ["Ann Meyer", "Bob Example", "Chiara Rossi", "Dinh Tran"]


def saved(name):
    return json.loads((FIXTURES / name).read_text("utf-8"))


def hostile():
    """Names, lines, people and reasons that would like to be markup."""
    report = saved("history.json")
    for finding in report["findings"]:
        finding["rule"]["name"] += HOSTILE
        finding["secret"]["masked"] = HOSTILE
        finding["identity"] = {HOSTILE: HOSTILE}
        finding["evidence"] = [{"kind": "x", "note": HOSTILE, "supports": True}]
        finding["remediation"] = {"url": "javascript:hacked=1", "steps": [HOSTILE], "references": ["javascript:hacked=1"]}
        finding["remediation"]["playbook"] = {"steps": [{"phase": "revoke", "text": HOSTILE, "command": HOSTILE}], "breaks": HOSTILE}
        for place in finding["locations"]:
            place["path"] += HOSTILE
            place["snippet"] = {"text": HOSTILE, "mark_start_chars": 3, "mark_end_chars": 30}
        for commit in filter(None, map(finding["exposure"].get, ("first", "last"))):
            commit["author"] = commit["subject"] = HOSTILE
    report["scope"]["target"] = [HOSTILE]
    report["coverage"]["incomplete"] = [{"what": HOSTILE, "why": HOSTILE, "remedy": HOSTILE}]
    return report


def many(count):
    """So many findings in a history, every twentieth of them excepted. The same each time."""
    report, chance = saved("history.json"), random.Random(7)
    model = report["findings"][0]
    digits = lambda length: "".join(chance.choices("0123456789abcdef", k=length))
    findings = []
    for number in range(count):
        finding = copy.deepcopy(model)
        rule, name, severity = chance.choice(KINDS)
        digest = digits(32)
        finding.update(fingerprint=f"v1:{rule.split('.')[0]}:{digest}", severity=severity, confidence=chance.choice(["high", "high", "medium"]))
        finding["rule"].update(id=rule, name=name, provider=name.split()[0])
        finding["secret"].update(masked="*" * 16 + digits(4), digest=digest)
        days = min(int(chance.paretovariate(0.6) * 12), 1_400)
        is_held, author = chance.random() < 0.45, chance.choice(PEOPLE)
        commit = lambda seconds: {"id": digits(40), "author": author, "email": "", "seconds": seconds, "subject": "Configure the service"}
        first = NOW - days * DAY
        finding["exposure"].update(first=commit(first), last=commit(first + chance.randint(0, days) * DAY), days=days, in_head=is_held,
                                   pushed=chance.random() < 0.6)
        if not is_held:
            finding["exposure"].update(held_by=[], held_by_count=0)
        folder = chance.choice(["services", "deploy", "infra", "apps", "legacy"])
        place = finding["locations"][0]
        place["path"], place["commit"] = f"{folder}/part-{number % 97}/settings.yaml", finding["exposure"]["first"]["id"]
        place["start"]["line"] = place["end"]["line"] = chance.randint(1, 400)
        place["snippet"] = {"text": f'DATABASE_URL = "{finding["secret"]["masked"]}"', "mark_start_chars": 16, "mark_end_chars": 36}
        finding["locations"] = [dict(place, path=place["path"] + extra) for extra in ["", ".old", ".bak"][: chance.choice([1, 1, 2, 3])]]
        if number % 20 == 0:
            own = {"kind": "external", "reason": "revoked", "owner": "@platform", "expires": "2027-01-31", "file": "keysieve.yaml", "line": 7}
            finding["status"] = {"state": "suppressed", "reason": "revoked", "suppressions": [own]}
        findings.append(finding)
    findings.sort(key=lambda finding: -["low", "medium", "high", "critical"].index(finding["severity"]))
    report["findings"] = [finding for finding in findings if finding["status"]["state"] == "open"]
    report["suppressed"] = [finding for finding in findings if finding["status"]["state"] != "open"]
    return report


def page(program, report, folder, name):
    """Converts `report`; the path of the page."""
    source, made = folder / f"{name}.json", folder / f"{name}.html"
    source.write_text(json.dumps(report), "utf-8")
    environment = {"SOURCE_DATE_EPOCH": str(NOW), "PATH": ""}
    subprocess.run([program, "report", "convert", source, "--report", f"html={made}"], check=True, env=environment, stdout=subprocess.DEVNULL)
    return made
