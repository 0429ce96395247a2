/** Where a moment stands between two others, from 0 to 1. */
const share = (moment, from, to) => (to > from ? Math.min(1, Math.max(0, (moment - from) / (to - from))) : 1);
const color = (finding) => (finding.isOpen ? finding.severity : "off");

/** When the secret of a timeline is gone from every ref's newest commit, its history still has it: the dashed part. */
const heldUntil = ({ exposure }) => (exposure.inHead || exposure.held > 0 ? today : exposure.last.seconds);

/** The small bar of a row: on the scale of the whole report. */
function spark(finding) {
  const { exposure } = finding;
  if (!exposure || !exposure.first || !exposure.last) return null;
  const at = (moment) => 2 + 96 * share(moment, oldest, today);
  const [from, held] = [at(exposure.first.seconds), at(heldUntil(finding))];
  return svg("svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("line", { class: "base", x1: 2, x2: 98, y1: 4, y2: 4 }),
    svg("line", { class: `gone stroke-${color(finding)}`, x1: from, x2: 98, y1: 4, y2: 4 }),
    svg("line", { class: `held stroke-${color(finding)}`, x1: from, x2: Math.max(from, held), y1: 4, y2: 4 }));
}

const oldest = findings.reduce((first, { exposure }) => Math.min(first, exposure && exposure.first ? exposure.first.seconds : first), today);

/** The timeline of one secret: first commit, last commit, today. In percent of whatever width there is. */
function timeline(finding) {
  const { exposure } = finding;
  if (!exposure || !exposure.first || !exposure.last) return null;
  const begin = exposure.first.seconds;
  const at = (moment) => 1.5 + 97 * share(moment, begin, Math.max(today, begin + DAY));
  const until = Math.max(at(begin), at(heldUntil(finding)));
  const label = `Exposed since ${day(begin)}${exposure.days === undefined ? "" : `, ${counted(exposure.days, "day")}`}`;
  const stroke = (kind, from, to) => svg("line", { class: `${kind} stroke-${color(finding)}`, x1: `${from}%`, x2: `${to}%`, y1: 30, y2: 30 });
  const node = svg("svg", { class: "line", role: "img", "aria-label": label }, stroke("gone", at(begin), 98.5), stroke("held", at(begin), until));
  const mark = (moment, words, y) => {
    const x = at(moment);
    const isRight = x > 60;
    node.append(svg("circle", { class: `fill-${color(finding)}`, cx: `${x}%`, cy: 30, r: 7 }),
      svg("text", { x: `${isRight ? 99 : Math.max(0.7, x - 0.6)}%`, y, "text-anchor": isRight ? "end" : "start" }, words));
    return isRight;
  };
  mark(begin, `${day(begin)} first commit ${short(exposure.first.id)}`, 14);
  const isFull = exposure.last.id !== exposure.first.id && mark(exposure.last.seconds, `${day(exposure.last.seconds)} last commit`, 54);
  if (!isFull) node.append(svg("text", { x: "99%", y: 54, "text-anchor": "end" }, "today"));
  return node;
}

/** How many secrets were exposed at each time, one band for each severity. */
function chart() {
  const dated = findings.filter((finding) => finding.isOpen && finding.exposure && finding.exposure.first);
  if (dated.length < 2 || today - oldest < DAY) return null;
  const [width, height, left, bottom, top] = [640, 250, 34, 22, 10];
  const steps = 120;
  const rows = Array.from({ length: steps + 1 }, () => [0, 0, 0, 0]);
  for (const finding of dated) {
    const first = Math.floor(steps * share(finding.exposure.first.seconds, oldest, today));
    rows[first][finding.raw.s] += 1;
  }
  for (let step = 1; step <= steps; step += 1) rows[step] = rows[step].map((count, severity) => count + rows[step - 1][severity]);
  const most = dated.length;
  const x = (step) => left + (width - left - 6) * (step / steps);
  const y = (count) => height - bottom - (height - bottom - top) * (count / most);
  const node = svg("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${counted(most, "secret")} exposed today` });
  for (const count of new Set([0, Math.round(most / 2), most])) {
    node.append(svg("line", { class: "grid", x1: left, x2: width - 6, y1: y(count), y2: y(count) }),
      svg("text", { x: left - 6, y: y(count) + 4, "text-anchor": "end" }, grouped.format(count)));
  }
  const below = new Array(steps + 1).fill(0);
  for (const severity of [3, 2, 1, 0]) {
    const lower = below.map((count, step) => `${x(step)},${y(count)}`).reverse();
    rows.forEach((row, step) => { below[step] += row[severity]; });
    const upper = below.map((count, step) => `${x(step)},${y(count)}`);
    if (dated.some((finding) => finding.raw.s === severity)) {
      node.append(svg("polygon", { class: `area-${SEVERITIES[severity]}`, points: [...upper, ...lower].join(" ") }));
    }
  }
  for (const [step, anchor] of [[0, "start"], [steps / 2, "middle"], [steps, "end"]]) {
    node.append(svg("text", { x: x(step), y: height - 5, "text-anchor": anchor }, day(oldest + (today - oldest) * (step / steps))));
  }
  return node;
}
