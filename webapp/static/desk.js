// What spares a moment on the desk. Every page works without this file.

// One box ticks all rows of the page.
const all = document.querySelector("[data-all]");
if (all) {
  all.parentElement.hidden = false;
  all.addEventListener("change", () => {
    for (const box of document.querySelectorAll("[data-row] [name=row]")) box.checked = all.checked;
  });
}

// What is ticked can be done some things to: the others are not offered, and a part of them says how many.
const change = document.getElementById("change");
if (change) {
  const words = new Map([...change.options].map((option) => [option, option.textContent]));
  const offer = () => {
    const picked = [...document.querySelectorAll("[data-can]:checked")].map((box) => box.dataset.can.split(" "));
    for (const [option, word] of words) {
      const action = option.value.split(":")[0];
      const number = picked.filter((can) => !action || can.includes(action)).length;
      option.hidden = option.disabled = picked.length > 0 && number === 0;
      option.textContent = number < picked.length && number ? `${word} (${number}/${picked.length})` : word;
      if (option.selected && option.disabled) change.value = "";
    }
    for (const group of change.querySelectorAll("optgroup")) group.hidden = [...group.children].every((option) => option.hidden);
  };
  document.addEventListener("change", (event) => event.target.matches("[name=row], [data-all]") && offer());
  addEventListener("pageshow", offer);
}

// The board: folded columns stay folded, on a phone all but the first that holds something; cards are dragged to where
// their list of moves leads, one press or the page that asks for the rest.
const board = document.querySelector("[data-board]");
if (board) {
  const columns = [...board.querySelectorAll("[data-column]")];
  const key = "liaison.board.folded";
  const kept = JSON.parse(localStorage.getItem(key) ?? "null");
  const narrow = matchMedia("(max-width: 44rem)").matches;
  const first = columns.find((column) => column.querySelector(".card"));
  for (const column of columns) {
    if (kept && !narrow ? kept.includes(column.dataset.column) : narrow && column !== first) column.open = false;
    column.addEventListener("toggle", () => {
      if (!narrow) localStorage.setItem(key, JSON.stringify(columns.filter((each) => !each.open).map((each) => each.dataset.column)));
    });
  }
  for (const link of board.querySelectorAll(".jumps a")) {
    link.addEventListener("click", () => { document.querySelector(link.hash).parentElement.open = true; });
  }
  let card;
  const way = (column) => card?.querySelector(`[data-to="${column.dataset.column}"]`);
  const end = () => {
    card?.removeAttribute("data-dragged");
    card = undefined;
    for (const column of columns) delete column.dataset.drop;
  };
  for (const each of board.querySelectorAll(".card:has([data-to])")) {
    each.draggable = true;
    each.addEventListener("dragstart", (event) => {
      card = each;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", each.querySelector("a").href);
      // What is drawn under the pointer is made first.
      setTimeout(() => {
        each.dataset.dragged = "";
        for (const column of columns) column.dataset.drop = way(column) ? "yes" : "no";
      });
    });
    each.addEventListener("dragend", end);
  }
  for (const column of columns) {
    column.addEventListener("dragover", (event) => {
      if (!way(column)) return;
      event.preventDefault();
      column.dataset.drop = "here";
    });
    column.addEventListener("dragleave", (event) => {
      if (card && !column.contains(event.relatedTarget)) column.dataset.drop = way(column) ? "yes" : "no";
    });
    column.addEventListener("drop", (event) => {
      const leads = way(column);
      if (!leads) return;
      event.preventDefault();
      leads.matches("form") ? leads.requestSubmit() : leads.click();
    });
  }
}

// Whose an enquiry is, is a press that opens the list of colleagues: it says of which row.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-give]");
  if (button) document.querySelector("#give [name=row]").value = button.dataset.give;
});

// Where one is, is seen in a bar that is too narrow for all of it.
for (const here of document.querySelectorAll(".masthead [aria-current], .views [aria-current]")) {
  here.scrollIntoView({ block: "nearest", inline: "center" });
}

// Keys. They work in no field, change nothing, and are switched off in the account: then the sheet is not there.
const sheet = document.getElementById("keys");
if (sheet) {
  const FIELDS = "input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]";
  const row = () => document.activeElement.closest("[data-row]");
  const move = (by) => {
    const rows = [...document.querySelectorAll("[data-row]")];
    const place = Math.min(Math.max(rows.indexOf(row()) + by, 0), rows.length - 1);
    rows[place]?.querySelector("a")?.focus();
    return place >= 0;
  };
  const go = (selector, from = document) => {
    const found = from?.querySelector(selector);
    found?.focus();
    return Boolean(found);
  };
  const press = (selector) => {
    const found = row()?.querySelector(selector);
    found?.click();
    return Boolean(found);
  };
  const does = {
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => row() && move(1),
    ArrowUp: () => row() && move(-1),
    o: () => press("a"),
    x: () => press("[type=checkbox]"),
    a: () => go("button[form^=take-]", row()) || go("#assignee, #change"),
    "/": () => go("#find"),
    "?": () => sheet.showModal() ?? true,
  };
  let waitsUntil = 0;
  const leads = (key) => {
    const link = /^[a-z]$/.test(key) && sheet.querySelector(`[data-go=${key}]`);
    if (link) link.click();
    return Boolean(link);
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || sheet.open) return;
    if (event.target.closest(FIELDS) || document.querySelector(":popover-open")) return;
    const second = event.timeStamp < waitsUntil;
    waitsUntil = !second && event.key === "g" ? event.timeStamp + 1500 : 0;
    if (second ? leads(event.key) : Object.hasOwn(does, event.key) && does[event.key]()) event.preventDefault();
  });
}

// From here on keys and boxes are heard.
document.documentElement.dataset.ready = "desk";
