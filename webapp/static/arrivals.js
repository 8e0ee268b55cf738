// The list at the door where a connection is poor: what cannot be sent is kept on this device and sent again, in order.
// Without this file each press is an ordinary form.

const KEY = `door ${location.pathname}`;
const AGAIN = 10_000;
const GIVEN_UP = 15_000;
const kept = () => JSON.parse(localStorage.getItem(KEY) ?? "[]");
const keep = (presses) => (presses.length ? localStorage.setItem(KEY, JSON.stringify(presses)) : localStorage.removeItem(KEY));
const notice = () => document.querySelector("[data-unsent]");

const say = (signedOut = false) => {
  const presses = kept();
  notice().hidden = presses.length === 0;
  notice().querySelector("ul").replaceChildren(
    ...presses.map(({ said }) => Object.assign(document.createElement("li"), { textContent: said, dir: "auto" })),
  );
  notice().querySelector("a").hidden = !signedOut;
};

// What the server answers is the list as it is now, with what was wrong in it.
const show = async (answer, press) => {
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
  if (!fresh) return;
  document.querySelector("main").replaceChildren(...fresh.childNodes);
  document.querySelector(`.summary, #d-${CSS.escape(new URLSearchParams(press.body).get("delegate") ?? "")} button`)?.focus();
};

const post = (press) => {
  const body = new URLSearchParams(press.body);
  body.set("csrf_token", document.querySelector("main [name=csrf_token]")?.value ?? "");
  return fetch(location.pathname, { method: "POST", body, signal: AbortSignal.timeout(GIVEN_UP) });
};

let sending = false;
let pause;
const send = async () => {
  if (sending) return;
  sending = true;
  clearTimeout(pause);
  let signedOut = false;
  for (let [press] = kept(); press; [press] = kept()) {
    const answer = await post(press).catch(() => undefined);
    const elsewhere = answer?.redirected && new URL(answer.url).pathname !== location.pathname;
    signedOut = Boolean(elsewhere) || [400, 401, 403].includes(answer?.status);
    if (!answer || signedOut || answer.status >= 500 || answer.status === 429) break;
    keep(kept().slice(1));
    // Who was pressed may be gone from the list meanwhile: the list is shown then, and not that.
    const list = answer.ok || answer.status === 422 ? answer : await fetch(location.pathname).catch(() => undefined);
    if (!kept().length && list) await show(list, press);
  }
  sending = false;
  say(signedOut);
  if (kept().length && !signedOut) pause = setTimeout(send, AGAIN);
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("method") !== "post" || new URL(form.action).pathname !== location.pathname) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  body.delete("csrf_token");
  const said = [event.submitter?.textContent, body.get("name")].filter(Boolean).join(" – ").replace(/\s+/g, " ").trim();
  keep([...kept(), { body: body.toString(), said }]);
  form.reset();
  send();
});
document.addEventListener("click", (event) => event.target.closest("[data-unsent] button") && send());
addEventListener("online", send);
send();
document.documentElement.dataset.ready = "door";
