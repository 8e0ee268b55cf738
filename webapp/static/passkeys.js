// Passkeys: the browser asks its own question. Without scripts, or in a browser that knows no passkeys, these forms stay
// hidden, and the other ways are on the same page.

const busy = (form, on) => (on ? form.setAttribute("aria-busy", "true") : form.removeAttribute("aria-busy"));

const ask = async (form) => {
  const given = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.dataset.passkey, { method: "POST", body: given, headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`no challenge: ${answer.status}`);
  const options = await answer.json();
  return "create" in form.dataset
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) continue;
  const said = form.querySelector("[role=alert]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.hasAttribute("aria-busy")) return;
    busy(form, true);
    said.textContent = "";
    try {
      const made = await ask(form);
      form.elements.credential.value = JSON.stringify(made.toJSON());
      form.submit();
    } catch (error) {
      busy(form, false);
      said.textContent = (error.name === "InvalidStateError" && form.dataset.known) || form.dataset.failed;
    }
  });
  form.hidden = false;
  document.querySelectorAll("[data-without-passkeys]").forEach((note) => (note.hidden = true));
}
