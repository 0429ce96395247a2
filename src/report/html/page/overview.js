const open = findings.filter((finding) => finding.isOpen);

function figure(number, unit, label, tone) {
  return el("div", { class: `card figure ${tone || ""}` },
    el("div", { class: "number" }, number, unit ? el("small", null, unit) : null), el("div", { class: "label" }, label));
}

function severities() {
  const counts = SEVERITIES.map((_, at) => open.filter((finding) => finding.raw.s === at).length);
  const order = [3, 2, 1, 0];
  const stack = el("div", { class: "stack", "aria-hidden": "true" }, order.filter((at) => counts[at] > 0).map((at) => {
    const part = el("i", { class: `bg-${SEVERITIES[at]}` });
    part.style.flexGrow = counts[at];
    return part;
  }));
  const legend = el("div", { class: "legend" }, order.map((at) =>
    el("span", null, el("i", { class: `dot bg-${SEVERITIES[at]}` }), el("b", null, grouped.format(counts[at])), ` ${SEVERITIES[at]}`)));
  return el("div", { class: "card figure wide" },
    el("div", { class: "number" }, grouped.format(open.length), el("small", null, open.some((finding) => finding.raw.x) ? "to rotate or to remove" : open.length === 1 ? "secret to rotate" : "secrets to rotate")), stack, legend);
}

function figures() {
  const cards = [severities()];
  const exposed = open.filter((finding) => finding.exposure);
  if (exposed.length > 0) {
    const days = Math.max(...exposed.map((finding) => finding.exposure.days || 0));
    const [pushed, head] = ["pushed", "inHead"].map((key) => exposed.filter((finding) => finding.exposure[key]).length);
    cards.push(figure(grouped.format(pushed), "", "left this machine: pushed to a remote", pushed > 0 ? "bad" : "good"),
      figure(grouped.format(head), "", "still in HEAD", head > 0 ? "warn" : "good"),
      figure(grouped.format(days), days === 1 ? "day" : "days", "longest exposure", days > 90 ? "warn" : ""));
  } else {
    const places = open.reduce((sum, finding) => sum + finding.raw.l.length + (finding.raw.more || 0), 0);
    cards.push(figure(grouped.format(places), "", "places where they stand"),
      figure(grouped.format(new Set(open.map((finding) => finding.rule.provider)).size), "", "providers"));
  }
  const suppressed = findings.length - open.length;
  if (suppressed > 0) cards.push(figure(grouped.format(suppressed), "", "excepted: known and accepted"));
  // What was not scanned stands in a notice of its own.
  if (data.coverage.incomplete.length === 0) cards.push(figure("✓", "", "everything asked for was scanned", "good"));
  return cards;
}

/** The most frequent of what `key` names, as bars that set a filter. */
function bars(title, key, choose) {
  const counts = new Map();
  for (const finding of open) for (const name of new Set(key(finding))) counts.set(name, (counts.get(name) || 0) + 1);
  const top = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 6);
  if (top.length === 0) return null;
  const rows = top.map(([name, count]) => {
    const fill = el("i");
    fill.style.width = `${(100 * count) / top[0][1]}%`;
    const track = el("span", { class: "track", "aria-hidden": "true" }, fill);
    const button = el("button", { type: "button", title: `Show only ${name}`, on: { click: () => choose(name) } },
      el("span", { class: "name" }, name), el("span", { class: "count" }, grouped.format(count)), track);
    return el("li", null, button);
  });
  return el("section", { class: "card panel" }, el("h2", null, title), el("ul", { class: "bars" }, rows));
}

const folder = (path) => (path.includes("/") ? `${path.split("/", 1)[0]}/` : path);

function panels() {
  const drawn = chart();
  const all = [
    drawn && el("section", { class: "card panel" }, el("h2", null, "Secrets exposed over time"), drawn),
    bars("Most frequent kinds", (finding) => [finding.rule.name], (name) => {
      byId("rule").value = data.rules.find((rule) => rule.name === name).id;
      apply();
    }),
    bars("Where they stand", (finding) => finding.raw.l.map(([path]) => folder(text(path))), (name) => {
      byId("path").value = name;
      apply();
    }),
  ].filter(Boolean);
  return el("div", { class: `panels${all.length < 3 ? " two" : ""}`, hidden: all.length === 0 }, all);
}

function notices() {
  const parts = [];
  const gaps = data.coverage.incomplete;
  if (gaps.length > 0) {
    const items = gaps.slice(0, 500).map((gap) => el("li", null, el("code", null, gap.what), ` – ${gap.why}${gap.remedy ? `; ${gap.remedy}` : ""}`));
    if (gaps.length > 500) items.push(el("li", null, `and ${grouped.format(gaps.length - 500)} more; the JSON report has all`));
    parts.push(el("details", { class: "notice", open: gaps.length <= 3 },
      el("summary", null, `The scan is incomplete: ${counted(gaps.length, "part")} could not be scanned. Nobody knows what stands there.`),
      el("ul", null, items)));
  }
  if (data.coverage.skipped.length > 0) {
    const items = data.coverage.skipped.map((skip) => el("li", null, `${grouped.format(skip.count)} ${skip.what} – ${skip.why}`));
    const sum = data.coverage.skipped.reduce((sum, skip) => sum + skip.count, 0);
    parts.push(el("details", { class: "notice plain" }, el("summary", null, `Left out on purpose: ${counted(sum, "item")}`), el("ul", null, items)));
  }
  return parts;
}
