"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const SEVERITIES = ["low", "medium", "high", "critical"];
const CONFIDENCES = ["low", "medium", "high"];
const DAY = 86400;

/** An element. Text becomes text nodes only: nothing of the report is ever read as markup. */
function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "on") for (const [event, action] of Object.entries(value)) node.addEventListener(event, action);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function svg(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const grouped = new Intl.NumberFormat("en-US");
const counted = (number, noun) => `${grouped.format(number)} ${noun}${number === 1 ? "" : "s"}`;
const bytes = (number) => {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let at = 0;
  while (number >= 999.5 && at < units.length - 1) { number /= 1000; at += 1; }
  return `${at > 0 && number < 9.95 ? number.toFixed(1) : Math.round(number)} ${units[at]}`;
};
const day = (seconds) => {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? "no date" : date.toISOString().slice(0, 10);
};
const short = (id) => id.slice(0, 10);
const isWeb = (url) => /^https?:\/\//.test(url);

const text = (number) => data.strings[number];
const commit = (raw) => raw && { id: raw[0], seconds: raw[1], author: text(raw[2]), subject: text(raw[3]) };

/** A finding of the data. What takes time to put together is put together when it is first asked for, and kept. */
class Finding {
  constructor(raw, index) {
    this.raw = raw;
    this.index = index;
    this.rule = data.rules[raw.r];
    this.severity = SEVERITIES[raw.s];
    this.isOpen = raw.st === 0;
    this.identity = raw.id || [];
    this.exposure = raw.e ? { ...raw.e, first: commit(raw.e.first), last: commit(raw.e.last) } : null;
    this.owner = raw.o || (this.exposure && this.exposure.first && this.exposure.first.author) || "";
    this.kept = {};
  }

  keep(name, make) {
    if (!(name in this.kept)) this.kept[name] = make();
    return this.kept[name];
  }

  get masked() { return text(this.raw.m); }

  get paths() { return this.keep("paths", () => this.raw.l.map(([path]) => text(path).toLowerCase()).join("\n")); }

  get places() {
    return this.keep("places", () => this.raw.l.map(([path, line, column, after, before, mark, behind]) => ({
      path: text(path), line, column, after: text(after), before: text(before), mark: text(mark), behind: text(behind),
    })));
  }

  /** Everything that a search looks through. */
  get text() {
    return this.keep("text", () => {
      const { raw, rule, exposure } = this;
      const told = exposure ? commits(exposure).flatMap((one) => [one.id, one.author, one.subject]) : [];
      const places = raw.l.map(([path, line]) => `${text(path)}:${line}`);
      return [rule.id, rule.name, rule.provider, this.masked, raw.f, this.owner, raw.why || "", ...this.identity.flat(), ...told, ...places].join("\n").toLowerCase();
    });
  }
}

const findings = data.findings.map((raw, index) => new Finding(raw, index));

function commits(exposure) {
  return [exposure.first, exposure.last].filter((commit, at, all) => commit && (at === 0 || !all[0] || all[0].id !== commit.id));
}

/** The end of every timeline: when the report was made, or what its oldest secret tells of it. */
const today = data.madeAt || findings.reduce((latest, { exposure }) => {
  if (!exposure || !exposure.first) return latest;
  return Math.max(latest, exposure.first.seconds + (exposure.days || 0) * DAY, exposure.last ? exposure.last.seconds : 0);
}, 0);

function placeText(place, withColumn) {
  const line = place.line > 0 ? `:${place.line}${withColumn ? `:${place.column}` : ""}` : "";
  return `${place.path}${line}${place.after}`;
}

async function copy(text, button) {
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", { readonly: true, "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    done = document.execCommand("copy");
    area.remove();
    button.focus();
  }
  const label = button.textContent;
  button.textContent = done ? "Copied" : "Press Ctrl+C";
  setTimeout(() => { button.textContent = label; }, 1400);
}

const copyButton = (label, text) => {
  const button = el("button", { class: "button small", type: "button" }, label);
  button.addEventListener("click", () => copy(text, button));
  return button;
};
