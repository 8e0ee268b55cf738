// What spares a moment on the page of one enquiry. It works without this file, and is longer then.

// How much of the window the header takes that stays: what is jumped to is seen below it.
const header = document.querySelector(".case-head");
const bar = document.querySelector(".case-bar");
const measure = () => {
  const stays = getComputedStyle(header).position === "sticky" ? header : bar;
  document.documentElement.style.setProperty("--case-head", `${Math.ceil(stays.getBoundingClientRect().height)}px`);
};
if (header) new ResizeObserver(measure).observe(header);

// What its reader leaves open stays open, for them and in this browser; the names of the parts are all that is kept.
const parts = [...document.querySelectorAll("[data-fold]")];
const kept = document.querySelector("[data-folds]")?.dataset.folds;
const keep = () => {
  const open = parts.filter((part) => part.open).map((part) => part.dataset.fold);
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${kept}=${open.join(".")}; path=/desk; max-age=31536000; samesite=lax${secure}`;
};
for (const part of parts) part.firstElementChild.addEventListener("click", () => setTimeout(keep));

// A letter is put in where the words are written, without the page going away. Nothing is sent.
const address = (form, button) => button.getAttribute("formaction") ?? form.getAttribute("action");
const fetched = async (form, button) => {
  const body = new FormData(form, button);
  body.delete("attachments");
  const answer = await fetch(address(form, button), { method: "POST", body });
  if (!answer.ok) throw new Error(answer.status);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
};
const takeOver = (page, id) => {
  const fresh = page.getElementById(id);
  const field = document.getElementById(id);
  if (!fresh || !field) throw new Error(id);
  const form = field.form;
  for (const { name, value } of fresh.form.elements) {
    if (name.startsWith("windows")) form.elements[name].value = value;
  }
  field.value = fresh.value;
  const said = fresh.parentElement.querySelector("[role=status]");
  field.parentElement.querySelector("[role=status]")?.remove();
  if (said) field.before(said);
};
const withoutReload = async (event) => {
  const button = event.submitter;
  const action = button && address(event.target, button)?.match(/\/letters\/(\w+)$/)?.[1];
  if (!action || button.dataset.failed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  try {
    takeOver(await fetched(event.target, button), `text-${action}`);
    const field = document.getElementById(`text-${action}`);
    if (field.closest("details")) field.closest("details").open = true;
    field.focus();
  } catch {
    // Whatever went wrong: the page comes back with it, as it does without a script.
    button.dataset.failed = "yes";
    event.target.requestSubmit(button);
  }
};
for (const form of document.querySelectorAll("main form")) form.addEventListener("submit", withoutReload);
// A letter, which takes the place of the one before, is there as soon as it is chosen; a canned reply when asked for.
for (const choice of document.querySelectorAll("select[name=letter]")) {
  const button = choice.parentElement.querySelector("[formaction]");
  const field = document.getElementById(`text-${address(choice.form, button).split("/").pop()}`);
  choice.addEventListener("change", async () => {
    if (!choice.value || Number(choice.value)) return;
    try {
      takeOver(await fetched(choice.form, button), field.id);
    } catch {
      // The button beside it does the same, and says what is wrong.
    }
  });
}

// After an act the page is where it was, unless its address says where.
const place = `was at ${location.pathname}`;
const wasAt = sessionStorage.getItem(place);
sessionStorage.removeItem(place);
if (wasAt && !location.hash) scrollTo({ top: Number(wasAt), behavior: "instant" });
addEventListener("submit", (event) => {
  if (!event.defaultPrevented && event.target.method === "post") sessionStorage.setItem(place, String(scrollY));
});

document.documentElement.dataset.enquiry = "ready";
