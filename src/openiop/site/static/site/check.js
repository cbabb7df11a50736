// The self-check without reloads, so that the browser's own Back button works: the server's answers may not be kept, and
// a browser would otherwise ask to send the form again. Earlier pages live in this page's memory only and are gone when
// it is left. Without this script every page works as it is, with its own Back button.

const main = document.querySelector("main");
const pages = [];
let step = history.state?.check ?? 0;

/** Puts the page away as it is, chosen answers included, and shows another. */
function turnTo(next, parts, title) {
  const away = document.createDocumentFragment();
  away.append(...main.childNodes);
  pages[step] = { parts: away, title: document.title };
  step = next;
  main.replaceChildren(...parts);
  document.title = title;
  const start = main.querySelector("[data-error-summary]") || main.querySelector("h1");
  start.tabIndex = -1;
  start.focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** Sends the form the plain way; its button's name and value must come along. */
function sendPlainly(form, button) {
  if (button?.name) {
    const named = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
    form.append(named);
  }
  form.submit();
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post" || new URL(form.action).pathname !== location.pathname || !navigator.onLine) return;
  event.preventDefault();
  if (form.dataset.sent) return;
  form.dataset.sent = "yes";
  const body = new URLSearchParams(new FormData(form, event.submitter));
  try {
    const response = await fetch(form.action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = page.querySelector("main");
    if (!found || response.status >= 500) throw new Error("no page");
    const isNew = response.ok;
    if (isNew) history.pushState({ check: step + 1 }, "");
    delete form.dataset.sent;
    turnTo(isNew ? step + 1 : step, found.childNodes, page.title);
  } catch {
    sendPlainly(form, event.submitter);
  }
}, true);

addEventListener("popstate", () => {
  const next = history.state?.check ?? 0;
  const held = pages[next];
  if (held) turnTo(next, held.parts.childNodes, held.title);
  else location.reload();
});
