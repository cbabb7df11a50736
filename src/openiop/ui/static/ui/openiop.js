// What OpenIOP adds to plain pages. Everything here is an extra: each page works without it.
// Nothing about a person is ever written to the browser's storage.

const $ = (selector, root = document) => root.querySelector(selector);

// --- Talking to the person about the network ---------------------------------------------------------------

let flashTimer;

/** Shows one sentence at the foot of the page and reads it out; it stays until `clearFlash` if `stay`. */
function flash(text, stay = false) {
  const box = $("#oi-flash");
  if (!box) return;
  clearTimeout(flashTimer);
  box.textContent = text;
  box.hidden = false;
  if (!stay) flashTimer = setTimeout(clearFlash, 8000);
}

function clearFlash() {
  const box = $("#oi-flash");
  if (box) box.hidden = true;
}

addEventListener("offline", () => flash("You are offline. What you typed is still here. Save again when you are back.", true));
addEventListener("online", () => flash("You are back online. You can save now."));

// --- htmx: the CSRF token, errors, and an expired sign-in --------------------------------------------------

document.addEventListener("htmx:config:request", (event) => {
  const request = event.detail.ctx.request;
  if (["GET", "HEAD"].includes((request.method || "GET").toUpperCase())) return;
  const token = $('meta[name="csrf-token"]')?.content || $('input[name="csrfmiddlewaretoken"]')?.value;
  if (token) request.headers["X-CSRFToken"] = token;
});

/** What to tell about an answer that was not shown; "" if the answer speaks for itself. */
function trouble(status) {
  if (status === 401 || status === 403) return "You may not do that, or you were signed out. Load the page again to check.";
  if (status === 404) return "This is no longer here. Load the page again.";
  if (status >= 500) return "The server had a problem and did not save this. What you typed is still here.";
  return "";
}

// A full page in answer to a request for a part is a sign-in page or an error page: never paste it into a row.
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const said = trouble(ctx.response.status);
  if (said) flash(said, true);
  const wholePage = /^\s*<!doctype/i.test(ctx.text || "");
  if (!wholePage || ctx.target === document.body || ctx.select) return;
  event.preventDefault();
  if (ctx.response.raw.redirected) {
    leaving = true;
    location.assign(ctx.response.raw.url);
  } else if (!said) {
    flash("That did not work. What you typed is still here. Try again, or load the page again.", true);
  }
});

document.addEventListener("htmx:error", () => {
  flash("We could not reach the server. What you typed is still here. Try again in a moment.", true);
});

// --- Forms: nothing typed is lost, nothing is sent twice ---------------------------------------------------

let leaving = false;
const unsaved = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-draft]")) unsaved.add(form);
});

addEventListener("beforeunload", (event) => {
  for (const form of unsaved) if (!form.isConnected) unsaved.delete(form);
  if (unsaved.size && !leaving) event.preventDefault();
});

document.addEventListener("htmx:after:swap", (event) => {
  const form = event.detail.ctx.sourceElement?.closest?.("form");
  if (form && event.detail.ctx.response?.status < 400) unsaved.delete(form);
  focusErrors();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method.toLowerCase() !== "post") return;
  if (!navigator.onLine) {
    event.preventDefault();
    flash("You are offline, so this is not saved yet. It stays here. Save again when you are back.", true);
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  form.classList.add("oi-saving");
  unsaved.delete(form);
  // An answer that is a file leaves the page as it is: let the form be used again.
  setTimeout(() => freed(form), 8000);
});

function freed(form) {
  delete form.dataset.sent;
  form.classList.remove("oi-saving");
}

// The back button may bring back a page with its form still marked as sent.
addEventListener("pageshow", () => {
  leaving = false;
  document.querySelectorAll("form[data-sent]").forEach(freed);
});

function focusErrors() {
  $("[data-error-summary]")?.focus();
}

// --- Keyboard and small helpers ----------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = $("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  }
  if (event.key === "Escape") {
    const open = event.target.closest("details[open][data-popup]") || $("details[open][data-popup]");
    if (open) {
      open.open = false;
      $("summary", open).focus();
    }
  }
});

document.addEventListener("click", (event) => {
  const exit = event.target.closest("[data-exit]");
  if (exit) {
    event.preventDefault();
    leaving = true;
    document.documentElement.hidden = true;
    location.replace(exit.href);
    return;
  }
  const closer = event.target.closest("[data-close]");
  if (closer) {
    const popup = closer.closest("details");
    popup.open = false;
    $("summary", popup).focus();
  }
  for (const open of document.querySelectorAll("details[open][data-popup]")) {
    if (!open.contains(event.target)) open.open = false;
  }
  const all = event.target.closest("[data-choose]");
  if (all) {
    event.preventDefault();
    chooseRest(all);
  }
  if (event.target.closest("[data-print]")) print();
});

/** "Mark the rest here": picks one value in every untouched segmented control of the form. */
function chooseRest(button) {
  const root = button.closest("form") || document;
  const groups = new Set();
  const picked = new Set();
  for (const input of root.querySelectorAll("[data-segmented] input[type=radio]")) {
    groups.add(input.name);
    if (input.checked) picked.add(input.name);
  }
  for (const name of groups) {
    if (picked.has(name)) continue;
    const option = root.querySelector(`input[name="${CSS.escape(name)}"][value="${CSS.escape(button.dataset.choose)}"]`);
    if (!option) continue;
    option.checked = true;
    option.dispatchEvent(new Event("input", { bubbles: true }));
    option.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

focusErrors();
