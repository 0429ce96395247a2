function facts(pairs) {
  const rows = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return el("dl", { class: "facts" }, rows.flatMap(([name, value]) => [el("dt", null, name), el("dd", null, value)]));
}

const section = (title, ...children) => el("section", null, el("h3", null, title), ...children);

function snippet(place) {
  if (!place || !(place.before || place.mark || place.behind)) return null;
  return el("pre", { class: "snippet", tabindex: "0", "aria-label": "The line, with the secret masked" },
    el("span", { class: "number" }, String(place.line)), place.before, el("mark", null, place.mark), place.behind);
}

function standing({ exposure }) {
  const words = {
    refs: exposure.inHead ? "Still in HEAD" : exposure.held > 0 ? "Gone from HEAD, still on other refs" : "Gone from the newest commits, still in the history",
    reflog: "Only a reflog or the index keeps it",
    unreachable: "Dangling: it goes with the next git gc --prune=now",
  };
  return words[exposure.reach];
}

function names(list, all) {
  const more = all - list.length;
  return list.join(", ") + (more > 0 ? `${list.length > 0 ? " and " : ""}${grouped.format(more)} ${list.length > 0 ? "more" : ""}` : "");
}

function exposureOf(finding) {
  const { exposure } = finding;
  if (!exposure) return null;
  const told = (one) => one && el("span", null, el("code", null, short(one.id)), ` ${day(one.seconds)} ${one.author}${one.subject ? `: “${one.subject}”` : ""}`);
  const same = exposure.first && exposure.last && exposure.first.id === exposure.last.id;
  return section("Exposure", timeline(finding), facts([
    ["Since", exposure.days === undefined ? null : exposure.days === 0 ? "less than a day" : counted(exposure.days, "day")],
    ["First commit", told(exposure.first)],
    ["Last commit", same ? null : told(exposure.last)],
    ["Standing", standing(finding)],
    ["Left this machine", exposure.pushed ? "Yes: a remote-tracking ref reaches it" : "Not known to be pushed"],
    ["Extent", exposure.commits + exposure.blobs > 0 ? `${counted(exposure.commits, "commit")}, ${counted(exposure.blobs, "version")}, ${counted(exposure.pathCount, "path")}` : null],
    ["Held by", names(exposure.heldBy.map(text), exposure.held)],
    ["Reached from", names(exposure.reachableFrom.map(text), exposure.reachable)],
  ]));
}

const PHASES = ["create", "deploy", "revoke", "verify"];
const UNDO = ["", " (can be undone)", " (cannot be undone)"];

function remediation(finding) {
  const { rule, raw } = finding;
  const steps = (raw.p || []).map(([phase, said, undo, command]) => ({ phase, said: text(said) + UNDO[undo], command: command === undefined ? null : text(command) }));
  const heads = raw.rf === undefined ? [] : [`The exposed one goes first. ${text(raw.rf)}`];
  const breaks = raw.b === undefined ? [] : [`What breaks meanwhile: ${text(raw.b)}`];
  const lines = steps.map((step, at) => `${at + 1}. ${PHASES[step.phase]}: ${step.said}${step.command ? `\n${step.command.replace(/^/gm, "   ")}` : ""}`);
  const all = [`${rule.name} (${rule.id})`, ...finding.places.slice(0, 5).map((place) => `- ${placeText(place)}`), "",
    ...heads, ...lines, ...breaks, ...(rule.url ? ["", rule.url] : [])].join("\n");
  const item = (step) => el("li", null, el("span", { class: "tag" }, PHASES[step.phase]), step.said,
    step.command ? el("div", { class: "command" }, el("pre", { tabindex: "0", "aria-label": "Commands" }, step.command), copyButton("Copy", step.command)) : null);
  const link = rule.url && isWeb(rule.url) ? el("a", { href: rule.url, rel: "noopener noreferrer", target: "_blank", class: "button small" }, "Open the provider’s page") : null;
  const references = rule.references.filter(isWeb).map((url) => el("li", null, el("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, url)));
  return section("How to rotate it", heads.map((line) => el("p", null, line)), el("ol", { class: "steps" }, steps.map(item)),
    breaks.map((line) => el("p", { class: "said" }, line)),
    el("div", { class: "row" }, steps.length > 0 ? copyButton("Copy the steps", all) : null, link),
    references.length > 0 ? el("ul", { class: "plain said" }, references) : null);
}

function exceptions(finding) {
  const rows = (finding.raw.sup || []).map((own) => el("li", null,
    [own.reason || "no reason given", own.owner && `owner ${own.owner}`, own.approved && `approved by ${own.approved}`, own.expires && `until ${own.expires}`, `${own.file}:${own.line}`]
      .filter(Boolean).join(" · ")));
  if (rows.length === 0 && finding.raw.why) rows.push(el("li", null, finding.raw.why));
  const notes = (finding.raw.notes || []).map((note) => el("li", { class: "against" }, `not excepted: ${note}`));
  return rows.length + notes.length > 0 ? section(finding.isOpen ? "Exceptions" : "Why it does not count", el("ul", { class: "plain" }, rows, notes)) : null;
}

function placesOf(finding) {
  const more = finding.raw.more || 0;
  const shown = finding.places.map((place) => el("li", null, el("code", null, placeText(place, true))));
  if (more > 0) shown.push(el("li", { class: "said" }, `and ${grouped.format(more)} more; the JSON report has all`));
  return section(finding.places.length + more === 1 ? "Where it stands" : `Where it stands: ${counted(finding.places.length + more, "place")}`, el("ul", { class: "plain" }, shown));
}

/** All that is known of a secret. Made when it is first looked at. */
function detail(finding) {
  const { raw, rule } = finding;
  const evidence = (raw.ev || []).map(([note, supports]) => el("li", { class: supports ? "for" : "against" }, text(note)));
  const identity = finding.identity.map(([key, value]) => [key.replaceAll("_", " "), value]);
  return el("div", { class: "body", id: `body-${finding.index}` },
    el("p", { class: "said" }, rule.description),
    snippet(finding.places[0]),
    exposureOf(finding),
    el("div", { class: "columns" },
      el("div", { class: "column" }, remediation(finding), exceptions(finding)),
      el("div", { class: "column" },
        section("What it is", facts([["Secret", el("code", { class: "secret" }, finding.masked)], ["Rule", el("code", null, rule.id)], ["Provider", rule.provider],
          ["Confidence", CONFIDENCES[raw.c]], ["Fingerprint", el("code", null, raw.f)], ...identity]),
        el("div", { class: "row" }, copyButton("Copy the fingerprint", raw.f))),
        evidence.length > 0 ? section("Why it is believed", el("ul", { class: "plain" }, evidence)) : null)),
    placesOf(finding));
}
