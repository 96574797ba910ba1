// Forms that call the API: data-call names method and path, data-etag the state that was seen,
// data-then where to go afterwards, data-done what is said there, data-sure what is asked before.
"use strict";

/** What a form says, by the names of its fields; boxes of one name are a list. */
function collected(form) {
  const body = {};
  for (const one of form.elements) {
    if (!one.name) continue;
    if (one.type === "checkbox") {
      body[one.name] ??= [];
      if (one.checked) body[one.name].push(one.value);
    } else if (one.type === "number") {
      body[one.name] = Number(one.value);
    } else if (one.value || !("optional" in one.dataset)) {
      body[one.name] = one.value;
    }
  }
  return body;
}

function showSecret(made) {
  const place = document.getElementById("secret");
  document.getElementById("secret-text").textContent = made.secret;
  place.querySelector("[data-until]").textContent = made.good_until;
  place.hidden = false;
  place.focus();
}

async function send(form) {
  const [method, path] = form.dataset.call.split(" ");
  const headers = form.dataset.etag ? { "If-Match": form.dataset.etag } : {};
  const body = method === "DELETE" || form.dataset.body === "none" ? undefined : collected(form);
  const answer = await api(method, path, body, headers);
  if (answer?.secret) {
    form.reset();
    showSecret(answer);
    return;
  }
  if (form.dataset.done) sessionStorage.setItem("done", form.dataset.done);
  const then = form.dataset.then.replace("{id}", () => encodeURIComponent(answer?.id ?? ""));
  if (then === location.pathname + location.search) location.reload();
  else location.assign(then);
}

for (const form of document.querySelectorAll("form[data-call]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.dataset.sure && !confirm(form.dataset.sure)) return;
    during(form.querySelector("button:not([type=button])"), () => send(form));
  });
}

document.querySelector("[data-copy]")?.addEventListener("click", (event) =>
  during(event.currentTarget, async () => {
    await navigator.clipboard.writeText(document.getElementById("secret-text").textContent);
    say("Copied.");
  }));

const done = sessionStorage.getItem("done");
if (done) {
  sessionStorage.removeItem("done");
  say(done);
}
