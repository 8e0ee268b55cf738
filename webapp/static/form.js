// The enquiry form where scripts run: its kind switches at once, and a narrow screen shows one step at a time.

const form = document.querySelector("form.enquiry");
const kinds = form.querySelector("#kind-choice");
const press = kinds.querySelector("button");
press.hidden = true;
kinds.querySelector(".hint").hidden = false;
kinds.addEventListener("change", () => form.requestSubmit(press));

const narrow = matchMedia("(max-width: 44rem)");
const parts = [...form.querySelectorAll("[data-step]")];
const last = Math.max(...parts.map((part) => Number(part.dataset.step)));
const said = form.querySelector(".step");
const stepOf = (element) => Number(element?.closest("[data-step]")?.dataset.step ?? 0);
let now = 1;

function show(step) {
  now = step || now;
  const apart = narrow.matches;
  for (const part of parts) part.hidden = apart && stepOf(part) !== now;
  said.hidden = !apart;
  said.textContent = said.dataset.said.replace("{num}", now);
  for (const button of form.querySelectorAll("[data-go]")) {
    button.hidden = !apart || now + Number(button.dataset.go) < 1 || now + Number(button.dataset.go) > last;
  }
  for (const end of form.querySelectorAll("[data-last]")) end.hidden = apart && now < last;
}

// What the address names is shown, with all that it is folded into; a step's own address keeps the browser's Back.
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  show(target ? stepOf(target) : 1);
  if (!target) return;
  if (target.matches("input, select, textarea")) target.focus();
  else if (narrow.matches && stepOf(target)) said.focus();
  target.scrollIntoView();
}
addEventListener("hashchange", reveal);
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (link && link.hash === location.hash) reveal();
});
for (const button of form.querySelectorAll("[data-go]")) {
  button.addEventListener("click", () => {
    location.hash = parts.find((part) => part.id && part.matches("section") && stepOf(part) === now + Number(button.dataset.go)).id;
  });
}
narrow.addEventListener("change", () => show());

// A refused form opens at what has to be corrected.
const wrong = stepOf(form.querySelector("[aria-invalid=true], [data-invalid]"));
if (location.hash) reveal();
else show(wrong || 1);
