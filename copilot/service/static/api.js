// What all pages share: calls of the API, messages, signing out, dialogs.
"use strict";

const csrf = document.querySelector('meta[name="csrf"]').content;

class Failed extends Error {
  constructor(problem, status) {
    super(problem.hint ? `${problem.detail} ${problem.hint}` : problem.detail);
    this.problem = problem;
    this.status = status;
  }
}

/** Make a key that nobody else has. Browsers offer UUIDs on TLS and on this machine only. */
function freshKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");
}

/** Ask the API; give back what it says, or throw a Failed with the problem that it names. */
async function api(method, path, body, headers = {}) {
  const options = { method, headers: { Accept: "application/json", ...headers } };
  if (method !== "GET") {
    options.headers["X-CSRF-Token"] = csrf;
    options.headers["Idempotency-Key"] ??= freshKey();
  }
  if (body instanceof FormData) {
    options.body = body;
  } else if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Failed({ detail: "The service cannot be reached.", hint: "Try again in a moment." }, 0);
  }
  await check(response);
  api.etag = response.headers.get("ETag");
  return response.status === 204 ? null : response.json();
}

async function check(response) {
  if (response.ok) return;
  if (response.status === 401) {
    location.href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
  }
  let problem = { detail: `The service answered ${response.status}.`, hint: "" };
  try {
    problem = await response.json();
  } catch { /* It is no problem document: what is known has been said. */ }
  throw new Failed(problem, response.status);
}

/** Say something to whoever looks, and to whoever listens. Kinds: "" and "bad". */
function say(text, kind = "") {
  const said = document.getElementById("said");
  said.className = `said shown ${kind}`;
  said.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { said.className = "said"; }, Math.max(4000, text.length * 60));
}

/** Make an element: name, attributes, children (texts or elements). Texts are never read as HTML. */
function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.filter((one) => one != null));
  return made;
}

/** Run something for a button: no second press meanwhile, and a failure is said. */
async function during(button, work) {
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    return await work();
  } catch (problem) {
    say(problem.message, "bad");
    return undefined;
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

document.querySelector("[data-sign-out]")?.addEventListener("submit", (event) => {
  event.preventDefault();
  during(event.submitter, async () => { location.href = (await api("POST", "/sign-out")).then; });
});

// On a phone the places are a strip that is wider than the screen: the one that is shown is in sight.
document.querySelector(".places [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
