// A source, opened at a quote: built from what the API says, never from markup.
"use strict";

const SVG = "http://www.w3.org/2000/svg";

/** The address of a source at a citation: a page of its own, which needs no script. */
function sourceHref(spot) {
  return `/sources/view?${spotQuery(spot)}#quote`;
}

function spotQuery(spot) {
  const given = Object.entries({
    path: spot.source, start: spot.start, end: spot.end, page: spot.page, at: spot.at,
  }).filter(([, value]) => value != null);
  return new URLSearchParams(given).toString();
}

/** Ask for a source at a spot: { source, start, end, page, at }. */
function fetchSource(spot) {
  return api("GET", `/api/v1/sources/view?${spotQuery(spot)}`);
}

/** What a citation says of its place: page 3; row 12. */
function whereOf(citation) {
  return citation.page ? `page ${citation.page}` : citation.place;
}

/** Build what a reader sees of an opened source; `go` is called with changes of the spot. */
function openedSource(view, go) {
  const made = el("div", { class: "opened" });
  for (const note of view.notes) made.append(el("p", { class: "notice warn" }, note));
  const body = view.body;
  const form = { table: tableForm, page: pageForm, mail: mailForm, criterion: criterionForm }[body.form];
  made.append((form ?? textForm)(view, go));
  return made;
}

function runsOf(runs) {
  return runs.map((run) => {
    if (run.marked) return el("mark", { class: run.faint ? "faint" : null }, run.text);
    return run.faint ? el("span", { class: "faint" }, run.text) : run.text;
  });
}

function piecesOf(pieces, layout = false) {
  const made = el("div", { class: layout ? "text layout" : "text" });
  let group = null;
  for (const piece of pieces) {
    const wanted = { item: "UL", row: "TBODY" }[piece.kind];
    if (wanted && group?.tagName !== wanted) {
      group = el(wanted.toLowerCase());
      made.append(wanted === "UL" ? group : tableOf(el("table", {}, group), "Table"));
    } else if (!wanted) {
      group = null;
    }
    (group ?? made).append(pieceOf(piece));
  }
  return made;
}

/** A table that can be scrolled on its own, also by keyboard. */
function tableOf(table, label, kind = "") {
  return el("div", { class: `table ${kind}`, tabindex: "0", role: "region", "aria-label": label }, table);
}

function pieceOf(piece) {
  switch (piece.kind) {
    case "item": return el("li", {}, ...runsOf(piece.runs));
    case "row": return el("tr", {}, ...piece.cells.map((cell) => el("td", {}, ...runsOf(cell))));
    case "heading": return el("p", { class: `doc-heading level-${piece.level}` }, ...runsOf(piece.runs));
    case "label": return el("p", { class: `label level-${piece.level}` }, ...runsOf(piece.runs));
    default: return el("p", {}, ...runsOf(piece.runs));
  }
}

function paging(body, go, what) {
  const step = (label, at) => at == null ? null : el("button", {
    type: "button", class: "second small", onclick: () => go({ at, page: null }),
  }, label);
  const made = el("div", { class: "buttons" }, step(`Earlier ${what}`, body.earlier), step(`Later ${what}`, body.later));
  return made.childElementCount ? made : null;
}

function textForm(view, go) {
  return el("div", {}, piecesOf(view.body.pieces, view.body.layout), paging(view.body, go, "text"));
}

function mailForm(view, go) {
  const fields = view.body.fields.flatMap((field) => [
    el("dt", {}, field.name), el("dd", {}, ...runsOf(field.runs)),
  ]);
  return el("div", {}, el("dl", { class: "pairs mail" }, ...fields),
    piecesOf(view.body.pieces, view.body.layout), paging(view.body, go, "text"));
}

function criterionForm(view) {
  return el("div", {}, piecesOf(view.body.pieces));
}

function tableForm(view, go) {
  const body = view.body;
  const head = body.header.length
    ? el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Row"),
      ...body.header.map((name) => el("th", { scope: "col" }, name))))
    : null;
  const rows = body.rows.map((row) => el("tr", { class: row.quoted ? "quoted" : null },
    el("th", { scope: "row" }, row.number == null ? "" : String(row.number)),
    ...row.cells.map((cell) => el("td", { class: cell.quoted ? "touched" : null }, ...runsOf(cell.runs)))));
  return el("div", {},
    tableOf(el("table", {}, body.sheet ? el("caption", {}, `Sheet ${body.sheet}`) : null, head, el("tbody", {}, ...rows)),
      "Rows of the table", "cells"),
    paging(body, go, "rows"));
}

function pageForm(view, go) {
  const body = view.body;
  const turn = (label, page) => el("button", {
    type: "button", class: "second small", disabled: page < 1 || page > body.count,
    "aria-label": label, onclick: () => go({ page, at: null }),
  }, label === "Previous page" ? "‹" : "›");
  const text = piecesOf(body.pieces);
  if (!body.picture) {
    return el("div", {}, el("p", { class: "muted" }, `Page ${body.number} of ${body.count}`), text);
  }
  const figure = pictureOf(view);
  const zoom = el("button", {
    type: "button", class: "second small", "aria-pressed": "false",
    onclick: () => zoom.setAttribute("aria-pressed", String(figure.classList.toggle("large"))),
  }, "Enlarge");
  const bar = el("div", { class: "buttons turn" }, turn("Previous page", body.number - 1),
    el("span", { class: "muted" }, `Page ${body.number} of ${body.count}`),
    turn("Next page", body.number + 1), zoom);
  return el("div", {}, bar, figure,
    el("details", { open: !body.picture.rectangles.length && Boolean(view.quote) },
      el("summary", {}, "Text of this page"), text));
}

function pictureOf(view) {
  const { number, picture } = view.body;
  const query = new URLSearchParams({ path: view.source, page: number, scale: 2 });
  const overlay = document.createElementNS(SVG, "svg");
  overlay.setAttribute("viewBox", `0 0 ${picture.width} ${picture.height}`);
  overlay.setAttribute("aria-hidden", "true");
  for (const one of picture.rectangles) {
    const rect = document.createElementNS(SVG, "rect");
    rect.setAttribute("x", one.left * picture.width - 2);
    rect.setAttribute("y", one.top * picture.height - 1.5);
    rect.setAttribute("width", one.width * picture.width + 4);
    rect.setAttribute("height", one.height * picture.height + 3);
    rect.setAttribute("rx", 1.5);
    overlay.append(rect);
  }
  const said = picture.rectangles.length ? ", with the quote highlighted" : "";
  return el("figure", { class: "paper", tabindex: "-1", role: "group", "aria-label": `Page ${number}${said}` },
    el("div", { class: "leaf" },
      el("img", {
        src: `/api/v1/sources/page.png?${query}`, width: Math.round(picture.width), height: Math.round(picture.height),
        alt: `Page ${number} of ${view.title}. Its text is below the picture.`,
      }), overlay));
}

/** Put the quote before the reader's eyes, and the focus on it; without a quote, on the beginning. */
function showQuote(opened, scroller) {
  const figure = opened.querySelector("figure rect") ? opened.querySelector("figure") : null;
  const seen = figure?.querySelector("rect") ?? opened.querySelector("mark");
  const focused = figure ?? seen;
  if (!focused) return false;
  if (focused.tagName === "MARK") focused.tabIndex = -1;
  focused.focus({ preventScroll: true });
  const table = seen.closest(".table");
  if (table) {
    table.scrollLeft = Math.max(0, seen.getBoundingClientRect().left - table.getBoundingClientRect().left - 120);
  }
  const at = seen.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
  scroller.scrollTop = at - scroller.clientHeight / 3;
  return true;
}

/** The pane beside a page, in which sources are opened; a sheet over it where there is no room. */
class SourcePane {
  constructor(pane, behind) {
    this.pane = pane;
    this.behind = behind;
    this.narrow = matchMedia("(max-width: 63.99rem)");
    this.narrow.addEventListener("change", () => this.cover());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.pane.hidden && !document.querySelector("dialog[open]")) this.close();
    });
  }

  /** Open a citation; `opener` gets the focus back, `links` are the citations to step through. */
  async open(citation, opener, links = []) {
    this.opener = opener;
    this.links = links;
    this.citation = citation;
    await this.show({ ...citation });
  }

  async show(spot) {
    const asked = (this.asked = Symbol("asked"));
    let view;
    try {
      view = await fetchSource(spot);
    } catch (problem) {
      if (asked === this.asked) say(problem.message, "bad");
      return;
    }
    if (asked !== this.asked) return;
    const elsewhere = spot.at != null || (spot.page ?? null) !== (this.citation.page ?? null);
    const opened = openedSource(view, (change) => this.show({ ...spot, ...change }));
    if (!elsewhere && this.citation.quote && flat(view.quote) !== flat(this.citation.quote)) {
      opened.prepend(el("p", { class: "notice warn" },
        "The source has changed since it was cited: other words stand where the quote stood."));
    }
    const scroller = el("div", { class: "pane-body", tabindex: "0", role: "region", "aria-labelledby": "source-title" }, opened);
    this.pane.replaceChildren(this.head(view, spot, elsewhere), scroller);
    for (const link of document.querySelectorAll("[data-cited][aria-current]")) link.removeAttribute("aria-current");
    this.opener?.setAttribute("aria-current", "true");
    this.pane.hidden = false;
    this.pane.parentElement.classList.add("reading");
    this.cover();
    if (elsewhere || !showQuote(opened, scroller)) scroller.focus({ preventScroll: true });
  }

  head(view, spot, elsewhere) {
    const at = this.links.indexOf(this.opener);
    const step = (label, sign, link) => this.links.length < 2 ? null : el("button", {
      type: "button", class: "quiet small", "aria-label": label, title: label, disabled: !link,
      onclick: () => link.click(),
    }, sign);
    const place = view.body.form === "page" ? "" : view.place;
    return el("header", { class: "pane-head" },
      el("div", { class: "pane-title" },
        el("h2", { id: "source-title" }, view.title),
        el("p", { class: "muted" }, [view.source, place].filter(Boolean).join(" · ")),
        view.heading.length && view.body.form !== "criterion" && !elsewhere
          ? el("p", { class: "muted crumbs" }, view.heading.join(" › ")) : null),
      el("div", { class: "pane-tools" },
        elsewhere ? el("button", {
          type: "button", class: "second small", onclick: () => this.show({ ...this.citation }),
        }, "Back to the quote") : null,
        step("Previous citation", "↑", this.links[at - 1]),
        step("Next citation", "↓", this.links[at + 1]),
        el("a", { class: "button quiet small", href: sourceHref(spot), target: "_blank", rel: "noopener" }, "Own page"),
        el("button", { type: "button", class: "quiet small", onclick: () => this.close() }, "Close")));
  }

  /** Where the pane covers the page, nothing behind it can be reached. */
  cover() {
    const covered = !this.pane.hidden && this.narrow.matches;
    for (const one of this.behind) one.inert = covered;
  }

  close() {
    this.asked = null;
    this.pane.hidden = true;
    this.pane.replaceChildren();
    this.pane.parentElement.classList.remove("reading");
    this.cover();
    this.opener?.removeAttribute("aria-current");
    this.opener?.focus();
  }
}

function flat(text) {
  return text.split(/\s+/).filter(Boolean).join(" ");
}
