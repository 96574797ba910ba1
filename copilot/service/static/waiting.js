// A page that says that something is being made: it gives way to the thing itself.
"use strict";

const WAITS = /<div[^>]* data-waiting>/;

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!WAITS.test(await answer.text())) {
      location.reload();
      return;
    }
  } catch { /* The service may be starting again: the next look tells. */ }
  setTimeout(look, 1000);
}

look();
