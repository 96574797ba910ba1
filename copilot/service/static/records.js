// Claims that tell rows of a table: shown as records, as the pages do that come without a script.
"use strict";

/** Take a claim that tells rows of a table apart: what stands before them, the names of fields, the values. */
function toldRecords(text) {
  const [first, ...others] = text.split(" / ");
  const lead = first.match(/^“.*?”[^:;]*: (?=[^:;]{1,40}: )/)?.[0] ?? "";
  const rows = [first.slice(lead.length), ...others].map(fieldsOf);
  if (rows.some((row) => row.size < 3)) return { lead: text, names: [], rows: [] };
  const names = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  return { lead: lead.trim(), names, rows: rows.map((row) => names.map((name) => row.get(name) ?? "")) };
}

function fieldsOf(row) {
  const found = new Map();
  let last = null;
  for (const part of row.split("; ")) {
    const named = part.match(/^([^:;.“”]{1,40}): (.*)$/s);
    if (named && found.has(named[1])) return new Map(); // Prose that counts up: nothing of it may be lost.
    if (named) found.set(last = named[1], named[2]);
    else if (last === null) return found;
    else found.set(last, `${found.get(last)}; ${part}`); // A semicolon within a value.
  }
  return found;
}

/** One record as its fields below each other, several as a table. */
function recordTable(names, rows) {
  if (rows.length === 1) {
    return el("dl", { class: "record" }, ...rows[0].map((value, at) =>
      el("div", { class: value.length > 60 ? "long" : null }, el("dt", {}, names[at]), el("dd", {}, value))));
  }
  return tableOf(el("table", {},
    el("thead", {}, el("tr", {}, ...names.map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((value) => el("td", {}, value)))))), "Records", "told");
}
