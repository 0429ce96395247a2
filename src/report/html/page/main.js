const byId = (id) => document.getElementById(id);
const PAGE = 100;
const MOST_PRINTED = 2000;
let matching = [];
let shown = 0;

function row(finding) {
  const { raw, rule, exposure } = finding;
  const place = finding.places[0];
  const all = finding.places.length + (raw.more || 0);
  const days = exposure && exposure.days !== undefined ? (exposure.days === 0 ? "less than a day" : counted(exposure.days, "day")) : "";
  const tags = exposure ? [exposure.inHead ? el("span", { class: "tag" }, "HEAD") : null, exposure.pushed ? el("span", { class: "tag bad" }, "pushed") : null] : [];
  const head = el("button", { class: "head", type: "button", "aria-expanded": "false" },
    el("span", { class: `pill ${finding.isOpen ? finding.severity : "off"}` }, finding.isOpen ? finding.severity : "excepted"),
    el("span", { class: "what" }, el("b", null, rule.name), el("code", null, finding.masked)),
    el("span", { class: "where" }, el("code", { title: placeText(place, true) }, placeText(place)),
      el("small", null, [all > 1 ? `and ${counted(all - 1, "more place")}` : "", raw.c < 2 ? `${CONFIDENCES[raw.c]} confidence` : "", finding.owner].filter(Boolean).join(" · "))),
    el("span", { class: "when" }, tags, " ", days, spark(finding)),
    el("span", { class: "arrow", "aria-hidden": "true" }, "›"));
  const item = el("li", { class: "item", "data-index": finding.index }, head);
  head.addEventListener("click", () => toggle(item));
  return item;
}

function toggle(item, wanted) {
  const head = item.firstElementChild;
  const isOpen = wanted === undefined ? !item.classList.contains("open") : wanted;
  if (isOpen && !item.querySelector(".body")) item.append(detail(findings[Number(item.dataset.index)]));
  const body = item.querySelector(".body");
  if (body) body.hidden = !isOpen;
  item.classList.toggle("open", isOpen);
  head.setAttribute("aria-expanded", String(isOpen));
}

const ORDERS = {
  severity: null,
  exposed: (a, b) => ((b.exposure && b.exposure.days) ?? -1) - ((a.exposure && a.exposure.days) ?? -1),
  recent: (a, b) => ((b.exposure && b.exposure.first && b.exposure.first.seconds) ?? -Infinity) - ((a.exposure && a.exposure.first && a.exposure.first.seconds) ?? -Infinity),
  places: (a, b) => b.places.length + (b.raw.more || 0) - a.places.length - (a.raw.more || 0),
  path: (a, b) => compare(a.places[0].path, b.places[0].path) || a.places[0].line - b.places[0].line,
  rule: (a, b) => compare(a.rule.id, b.rule.id),
};
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

const EXPOSED = {
  "": () => true,
  head: ({ exposure }) => exposure && exposure.inHead,
  pushed: ({ exposure }) => exposure && exposure.pushed,
  gone: ({ exposure }) => exposure && !exposure.inHead,
};

/** What the filters ask for. */
function wanted() {
  const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const path = byId("path").value.toLowerCase();
  const pressed = new Set([...document.querySelectorAll(".chip[aria-pressed=true]")].map((chip) => Number(chip.dataset.severity)));
  const [rule, status, owner, exposed] = ["rule", "status", "owner", "exposed"].map((id) => byId(id).value);
  return (finding) => (pressed.size === 0 || pressed.has(finding.raw.s))
    && (status === "all" || finding.isOpen === (status === "open"))
    && (rule === "" || finding.rule.id === rule)
    && (owner === "" || finding.owner === owner.slice(1))
    && EXPOSED[exposed](finding)
    && (path === "" || finding.paths.includes(path))
    && words.every((word) => finding.text.includes(word));
}

function apply() {
  matching = findings.filter(wanted());
  const order = ORDERS[byId("sort").value];
  if (order) matching.sort((a, b) => order(a, b) || a.index - b.index);
  byId("list").replaceChildren();
  shown = 0;
  const isEmpty = matching.length === 0;
  byId("empty").hidden = !isEmpty;
  byId("result").textContent = matching.length === findings.length ? counted(matching.length, "secret") : `${grouped.format(matching.length)} of ${counted(findings.length, "secret")}`;
  more(PAGE);
}

function more(count) {
  const next = matching.slice(shown, shown + count);
  byId("list").append(...next.map(row));
  shown += next.length;
  byId("more").hidden = shown >= matching.length;
  byId("more").textContent = `Show more (${grouped.format(matching.length - shown)} left)`;
}

function options(id, names) {
  const counts = new Map();
  for (const [value, label] of names) counts.set(value, [label, (counts.get(value) || [label, 0])[1] + 1]);
  const sorted = [...counts].sort((a, b) => compare(a[1][0].toLowerCase(), b[1][0].toLowerCase()));
  byId(id).append(...sorted.map(([value, [label, count]]) => el("option", { value }, `${label} (${grouped.format(count)})`)));
  byId(id).hidden = sorted.length === 0;
}

function clear() {
  for (const id of ["search", "path", "rule", "owner", "exposed"]) byId(id).value = "";
  byId("status").value = open.length > 0 || findings.length === 0 ? "open" : "all";
  byId("sort").value = "severity";
  for (const chip of document.querySelectorAll(".chip")) chip.setAttribute("aria-pressed", "false");
  apply();
}

function step(by) {
  const heads = [...document.querySelectorAll(".head")];
  const at = heads.indexOf(document.activeElement.closest(".item")?.firstElementChild);
  if (by > 0 && at === heads.length - 1) more(PAGE);
  const next = document.querySelectorAll(".head")[at < 0 ? 0 : Math.max(0, at + by)];
  if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
}

function key(event) {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && typing) { event.target.blur(); return; }
  if (typing || byId("help").open) return;
  const actions = { "/": () => byId("search").focus(), j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1),
    "?": () => byId("help").showModal(), c: clear };
  const inList = document.activeElement.closest && document.activeElement.closest(".head");
  if (event.key.startsWith("Arrow") && !inList) return;
  if (actions[event.key]) { event.preventDefault(); actions[event.key](); }
}

function theme() {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
}

function start() {
  byId("figures").append(...figures());
  byId("notices").append(...notices());
  byId("panels").append(panels());
  options("rule", findings.map(({ rule }) => [rule.id, rule.name]));
  options("owner", findings.filter(({ owner }) => owner).map(({ owner }) => [`=${owner}`, owner]));
  byId("exposed").hidden = !findings.some(({ exposure }) => exposure);
  for (const option of byId("sort").options) if (["exposed", "recent"].includes(option.value)) option.hidden = byId("exposed").hidden;
  byId("severities").append(...[3, 2, 1, 0].filter((at) => findings.some(({ raw }) => raw.s === at)).map((at) => {
    const count = findings.filter(({ raw }) => raw.s === at).length;
    const chip = el("button", { class: `chip ${SEVERITIES[at]}`, type: "button", "aria-pressed": "false", "data-severity": at }, `${SEVERITIES[at]} `, el("b", null, grouped.format(count)));
    chip.addEventListener("click", () => { chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true")); apply(); });
    return chip;
  }));
  for (const id of ["search", "path"]) byId(id).addEventListener("input", apply);
  for (const id of ["rule", "status", "owner", "exposed", "sort"]) byId(id).addEventListener("change", apply);
  byId("clear").addEventListener("click", clear);
  byId("theme").addEventListener("click", theme);
  byId("print").addEventListener("click", () => print());
  byId("keys").addEventListener("click", () => byId("help").showModal());
  byId("close").addEventListener("click", () => byId("help").close());
  byId("more").addEventListener("click", () => more(PAGE));
  new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting) && shown < matching.length) more(PAGE); }, { rootMargin: "600px" }).observe(byId("more"));
  addEventListener("keydown", key);
  addEventListener("beforeprint", () => {
    if (shown < Math.min(matching.length, MOST_PRINTED)) more(MOST_PRINTED - shown);
    byId("more").textContent = `${counted(matching.length - shown, "more secret")} not printed: filter the list to print others`;
  });
  byId("filters").hidden = findings.length === 0;
  if (findings.length === 0) byId("empty").replaceChildren(el("strong", null, data.verdict), "There is nothing to list.");
  clear();
}
start();
