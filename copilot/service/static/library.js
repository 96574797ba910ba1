// The library: files are given one after the other, with their progress; jobs are watched; files described.
"use strict";

const SHOWN = { done: "good", failed: "bad", running: "accent" };

// Jobs

/** Follow a job until it is over, and call `tell` with it whenever it changes. */
function watch(id, tell) {
  const stream = new EventSource(`/api/v1/jobs/${encodeURIComponent(id)}/events`);
  stream.addEventListener("job", (event) => {
    const job = JSON.parse(event.data);
    if (["done", "failed", "stopped"].includes(job.state)) stream.close();
    tell(job);
  });
}

/** Make sentences of what is said. */
const sentences = (...said) => said.map((one) => one.trim().replace(/\.+$/, "")).filter(Boolean)
  .map((one) => `${one[0].toUpperCase()}${one.slice(1)}.`).join(" ");

/** Say in words how a job stands. */
function standing(job) {
  if (job.state === "failed") return sentences(job.problem, job.hint);
  if (job.state === "running") return job.total ? `${job.doing} ${job.done} of ${job.total}` : job.doing;
  if (job.state !== "done" || job.kind !== "ingest" || !job.result) return "";
  const { added, changed, removed, moved, refused, stale } = job.result;
  const said = Object.entries({ added, changed, removed, moved, refused, "kept in the last readable version": stale })
    .filter(([, files]) => files.length).map(([what, files]) => `${files.length} ${what}`);
  return said.join(", ") || "nothing had changed";
}

const jobs = document.getElementById("jobs");

/** Show a job in the list, and follow it. */
function follow(job) {
  let line = jobs?.querySelector(`[data-job="${CSS.escape(job.id)}"]`);
  if (jobs && !line) {
    line = el("li", { "data-job": job.id }, el("span", { class: "badge", "data-badge": true }, job.state), " ",
      el("span", {}, job.kind), " ", el("span", { class: "muted", "data-doing": true }));
    jobs.prepend(line);
  }
  watch(job.id, (now) => {
    if (line) {
      const badge = line.querySelector("[data-badge]");
      badge.textContent = now.state;
      badge.className = `badge ${SHOWN[now.state] ?? ""}`;
      line.dataset.state = now.state;
      line.querySelector("[data-doing]").textContent = standing(now);
    }
    for (const [path, row] of rows) showRow(path, row, now);
    const renew = document.getElementById("renew");
    if (renew && now.state === "done") {
      renew.href = location.pathname + location.search;
      renew.hidden = false;
    }
  });
}

for (const line of jobs?.querySelectorAll('[data-state="queued"], [data-state="running"]') ?? []) {
  follow({ id: line.dataset.job });
}

for (const button of document.querySelectorAll("[data-begin]")) {
  button.addEventListener("click", () => during(button, async () => {
    const body = { kind: button.dataset.begin, retry: "retry" in button.dataset };
    follow(await api("POST", "/api/v1/jobs", body));
  }));
}

// Giving files

const rows = new Map();
const give = document.getElementById("give");

function showRow(path, row, job) {
  if (job.state !== "done" || !job.result) return;
  const refused = [...job.result.refused, ...job.result.stale].find((one) => one.path === path);
  if (refused) tellRow(row, "refused", "bad", sentences(refused.reason, refused.hint));
  else if (job.paths.includes(path) || job.result.added.includes(path)) tellRow(row, "in use", "good", path);
}

function tellRow(row, state, kind, said) {
  row.badge.textContent = state;
  row.badge.className = `badge ${kind}`;
  row.said.textContent = said;
  row.bar.hidden = true;
}

/** Send one file, with its progress; give back what became of it. */
function sent(file, fields, onprogress) {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  body.append("file", file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/v1/sources");
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRF-Token", csrf);
    request.upload.addEventListener("progress", (event) => onprogress(event.loaded, event.total));
    request.addEventListener("load", async () => {
      const response = new Response(request.response, { status: request.status });
      try {
        await check(response);
        resolve(await response.json());
      } catch (problem) {
        reject(problem);
      }
    });
    request.addEventListener("error", () => reject(new Failed({ detail: "The service cannot be reached.", hint: "Try again." }, 0)));
    request.send(body);
  });
}

async function giveAll(files) {
  const fields = [...new FormData(give)].filter(([name, value]) => !["file", "csrf"].includes(name) && value);
  const list = document.getElementById("given");
  const waiting = [...files].map((file) => {
    const row = {
      badge: el("span", { class: "badge" }, "waits"),
      said: el("p", { class: "hint" }),
      bar: el("progress", { max: 1, value: 0, "aria-label": `Progress of ${file.name}` }),
    };
    list.append(el("li", {}, el("span", {}, file.name), row.badge, row.bar, row.said));
    return [file, row];
  });
  for (const [file, row] of waiting) {
    row.badge.textContent = "on its way";
    try {
      const told = await sent(file, fields, (done, all) => { row.bar.max = all; row.bar.value = done; });
      const [one] = told.files;
      tellRow(row, one.replaced ? "replaced" : "added", "accent", `${one.path} is being read.`);
      rows.set(one.path, row);
      follow(told.job);
    } catch (problem) {
      const { detail, hint } = problem.problem ?? { detail: problem.message, hint: "" };
      tellRow(row, "not added", "bad", sentences(detail, hint ?? ""));
    }
  }
}

give?.addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = document.getElementById("files");
  during(give.querySelector("button[type=submit]"), async () => {
    await giveAll(chosen.files);
    chosen.value = "";
  });
});

const sheet = give?.closest(".sheet");
for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
  sheet?.addEventListener(name, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    sheet.classList.toggle("over", name === "dragenter" || name === "dragover");
    if (name === "drop") giveAll(event.dataTransfer.files);
  });
}

// Describing a file

const about = document.getElementById("about");
const before = about && Object.fromEntries(new FormData(about));

about?.addEventListener("submit", (event) => {
  event.preventDefault();
  during(about.querySelector("button[type=submit]"), async () => {
    const body = {};
    for (const [name, value] of new FormData(about)) {
      if (value === before[name]) continue;
      const listed = ["criteria", "controls"].includes(name);
      body[name] = listed ? value.split(/[,;]/).map((one) => one.trim()).filter(Boolean) : value || null;
    }
    const told = await api("PUT", address(), body, { "If-Match": about.dataset.etag });
    about.dataset.etag = api.etag;
    show(told);
    say("Saved.");
    watch(told.job.id, (job) => {
      const over = job.state === "done" ? "The index is up to date." : `Bringing the index up to date: ${standing(job) || job.state}.`;
      document.getElementById("job").textContent = job.state === "failed" ? standing(job) : over;
    });
  });
});

const address = () => `/api/v1/sources/${about.dataset.path.split("/").map(encodeURIComponent).join("/")}`;

/** Show what holds after a change, and what somebody else says all the same. */
function show(told) {
  for (const field of about.querySelectorAll("input, select")) {
    const value = told[field.name];
    field.value = Array.isArray(value) ? value.join(", ") : value ?? "";
    before[field.name] = field.value;
  }
  const overruled = document.getElementById("overruled");
  overruled.hidden = !told.overruled.length;
  overruled.replaceChildren(...told.overruled.map((one) =>
    el("p", {}, `${one.field} is ${one.value} all the same: ${one.said_by} says so. Change it there.`)));
}

const sure = document.getElementById("sure");
about?.querySelector("[data-remove]").addEventListener("click", () => sure.showModal());
sure?.querySelector("[data-no]").addEventListener("click", () => sure.close());
sure?.querySelector("[data-yes]").addEventListener("click", (event) =>
  during(event.currentTarget, async () => {
    await api("DELETE", address(), undefined, { "If-Match": about.dataset.etag });
    location.href = "/library";
  }).finally(() => sure.close()));
