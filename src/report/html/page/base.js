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

/** Where a list is asked for by all rows, it is made once. */
const findings = data.findings.map((raw, index) => {
  const rule = data.rules[raw.r];
  const places = raw.l.map(([path, line, column, after, kind, before, mark, behind]) => ({
    path: data.strings[path], line, column, after, kind, before, mark, behind,
  }));
  const exposure = raw.e || null;
  const owner = raw.o || (exposure && exposure.first && exposure.first.author) || "";
  const isOpen = raw.st === 0;
  return {
    index, raw, rule, places, exposure, owner, isOpen,
    severity: SEVERITIES[raw.s],
    paths: places.map((place) => place.path.toLowerCase()).join("\n"),
    text: [rule.id, rule.name, rule.provider, raw.m, raw.f, owner, raw.why || "", ...raw.id.flat(),
      ...places.map((place) => `${place.path}:${place.line}`), ...(exposure ? commits(exposure).flatMap((one) => [one.id, one.author, one.subject]) : []),
    ].join("\n").toLowerCase(),
  };
});

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
