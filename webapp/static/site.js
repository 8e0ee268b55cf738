// What spares a moment. Every page works without this file.

// A form is sent once. The guard lifts when the page comes back from the history, or when nothing came of it.
const busy = (form, on) => (on ? form.setAttribute("aria-busy", "true") : form.removeAttribute("aria-busy"));
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method")?.toLowerCase() !== "post") return;
  if (form.hasAttribute("aria-busy")) return event.preventDefault();
  busy(form, true);
  setTimeout(busy, 10_000, form, false);
});
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[aria-busy]").forEach((form) => busy(form, false));
});

// A refused form says so first.
document.querySelector(".summary")?.focus();

// Filters apply themselves; their button stays for everybody else.
for (const form of document.querySelectorAll("form[data-auto]")) {
  form.addEventListener("change", (event) => event.target.matches("select") && form.requestSubmit());
}

// What is known about a date window, as soon as it is typed.
for (const fieldset of document.querySelectorAll("fieldset[data-feedback]")) {
  const output = fieldset.querySelector("output");
  let pending;
  const others = fieldset.dataset.with?.split(" ") ?? [];
  const ask = async () => {
    pending?.abort();
    pending = new AbortController();
    const url = new URL(fieldset.dataset.feedback, location);
    for (const { name, value } of fieldset.elements) if (name) url.searchParams.set(name.split("-").pop(), value);
    for (const name of others) url.searchParams.set(name, fieldset.form.elements[name]?.value ?? "");
    try {
      const answer = await fetch(url, { signal: pending.signal });
      const page = new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html");
      const fresh = page.querySelector("output");
      output.className = fresh?.className ?? "";
      output.dataset.tone = fresh?.dataset.tone ?? "";
      output.replaceChildren(...(fresh?.childNodes ?? []));
    } catch {
      // Superseded, or the line dropped: the check page says it again.
    }
  };
  fieldset.addEventListener("change", ask);
  fieldset.form.addEventListener("change", ({ target }) => others.includes(target.name) && output.className && ask());
}

// From here on the page hears; the desk's own script says so after this one.
document.documentElement.dataset.ready = "site";
