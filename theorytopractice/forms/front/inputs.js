// What fields do beside being typed into: they search, stand in a grid, take a file, hear keys, and show what is wrong.
const PIECE = 1 << 20, TYPING = 1500, REST = 600;

// What a field shows beside its text: whether it is wrong, a calendar, and where it lies when somebody is sent to it.

class Fields {
  constructor(view) {
    this.view = view;
    view.root.addEventListener("keydown", (event) => { this.last_key = Date.now(); if (event.target === this.deciding) this.wait(); });
    view.root.addEventListener("focusout", (event) => { if (event.target === this.deciding) this.decide(); });
  }

  // A field that decides which others there are: who types its word letter by letter is not disturbed before the last one.
  decides(field) {
    this.deciding = field;
    if (Date.now() - (this.last_key ?? 0) > TYPING) this.decide();
    else this.wait();
  }

  wait() {
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.decide(), REST);
  }

  decide() {
    clearTimeout(this.rest);
    const field = this.deciding;
    this.deciding = null;  // asked for before anything else is, so that what is said of the form is said of what it shows
    if (field?.isConnected && field.form) this.view.refresh(field, { ...this.view.drafts.read(field.form.dataset.draft)?.values, ...valuesOf(field.form) });
  }

  find(id) { return this.view.root.querySelector(`#${CSS.escape(this.view.mark + id)}`); }

  // A field is marked as wrong while something wrong is said beside it.
  judge(part, name) {
    const form = part.closest("form");
    const field = form?.querySelector(`[data-for="${CSS.escape(name)}"]`) ?? form?.elements.namedItem(name);
    if (!field?.setAttribute) return;
    if (part.querySelector("[data-wrong]")) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }

  // Goes to a field or a title; folds that hide it are opened.
  focus(id) {
    const target = this.find(id);
    if (!target) return;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    target.focus();
    target.scrollIntoView({ block: "nearest" });
  }

  // The browser's own calendar, beside a field in which a date may also be typed.
  pick(button) {
    const field = this.find(button.dataset.pick);
    const calendar = button.querySelector("input") ?? Object.assign(document.createElement("input"), { type: "date", tabIndex: -1, className: "calendar" });
    calendar.setAttribute("aria-hidden", "true");
    button.append(calendar);
    if (/^\d{4}-\d{2}-\d{2}$/.test(field.value)) calendar.value = field.value;
    calendar.onchange = () => {
      field.value = calendar.value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      if (field.dataset.refresh !== undefined) this.decides(field);
      else this.view.left(field);
      field.focus();
    };
    try { calendar.showPicker(); } catch { field.focus(); }
  }
}

// A field that is filled by searching: an ARIA combobox whose options come from the plan.
class Search {
  constructor(view) {
    this.view = view;
    view.root.addEventListener("input", (event) => { if (this.isSearch(event.target)) this.ask(event.target); });
    view.root.addEventListener("keydown", (event) => { if (this.isSearch(event.target)) this.key(event); });
    view.root.addEventListener("focusout", (event) => { if (this.isSearch(event.target)) this.leave(event.target); });
    view.root.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) { event.preventDefault(); this.take(this.inputOf(option), option); }
    });
  }

  isSearch(target) { return target.matches?.("input[role=combobox]"); }
  listOf(input) { return this.view.root.querySelector(`#${CSS.escape(input.getAttribute("aria-controls"))}`); }
  inputOf(option) { return this.view.root.querySelector(`input[aria-controls="${CSS.escape(option.parentElement.id)}"]`); }
  valueOf(input) { return input.form.elements[input.dataset.for]; }

  ask(input) {
    this.valueOf(input).value = "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(input), 120);
  }

  open(input) {
    const list = this.listOf(input);
    this.view.ask({ do: "search", table: input.dataset.table, text: input.value, can_add: input.dataset.add === "yes", part: list.dataset.part },
      (answer) => {
        if (answer.refused || this.view.root.getRootNode().activeElement !== input) return;
        list.hidden = false;
        input.setAttribute("aria-expanded", "true");
        this.mark(input, list.querySelector("[role=option]"));
      });
  }

  key(event) {
    if (event.isComposing) return;
    const input = event.target, list = this.listOf(input);
    const options = [...list.querySelectorAll("[role=option]")];
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) { this.open(input); return; }
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.mark(input, options[(at + step + options.length) % options.length]);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !list.hidden && options[at]) {
      event.preventDefault();
      this.take(input, options[at]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      this.close(input);
    }
  }

  mark(input, option) {
    for (const other of this.listOf(input).querySelectorAll("[role=option]")) other.setAttribute("aria-selected", String(other === option));
    if (option) { input.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
    else input.removeAttribute("aria-activedescendant");
  }

  take(input, option) {
    this.valueOf(input).value = option.dataset.value;
    input.value = option.dataset.words;
    this.close(input);
    input.dispatchEvent(new Event("chosen", { bubbles: true }));
  }

  // Who leaves the field with the marked option open takes it, as a list of choices does.
  leave(input) {
    const list = this.listOf(input);
    const option = !list.hidden && input.value && list.querySelector("[role=option][aria-selected=true]:not([data-new])");
    if (option && option.dataset.words.toLowerCase() === input.value.trim().toLowerCase()) this.take(input, option);
    this.close(input);
  }

  close(input) {
    clearTimeout(this.timer);
    this.listOf(input).hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
}

// A grid of values: arrows and Enter move between its cells, and Python finds the cells of a block that is pasted.
class Grid {
  constructor(view) {
    this.view = view;
    view.root.addEventListener("keydown", (event) => { if (this.cell(event.target)) this.key(event); });
    view.root.addEventListener("paste", (event) => { if (this.cell(event.target)) this.paste(event); });
  }

  cell(target) { return target.matches?.("[data-grid] input[data-row]"); }
  at(input, row, column) {
    return input.closest("[data-grid]").querySelector(`input[data-row="${row}"][data-column="${column}"]`);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const input = event.target;
    const back = event.key === "ArrowLeft", is_up = event.key === "ArrowUp" || (event.key === "Enter" && event.shiftKey);
    if (["ArrowUp", "ArrowDown", "Enter"].includes(event.key)) {
      event.preventDefault();
      this.go(input, is_up ? -1 : 1, 0);
    } else if ((back || event.key === "ArrowRight") && !event.shiftKey && this.isAtEdge(input, back)) {
      if (this.go(input, 0, back ? -1 : 1)) event.preventDefault();
    }
  }

  // Left and right leave a cell from its edge, or where all of it is marked.
  isAtEdge(input, back) {
    const { selectionStart: from, selectionEnd: to, value } = input;
    return (from === 0 && to === value.length) || (from === to && from === (back ? 0 : value.length));
  }

  // Goes to the next cell in a direction; places without a cell are passed over.
  go(input, down, right) {
    const { row, column } = input.dataset;
    for (let step = 1; step <= 60; step++) {
      const next = this.at(input, Number(row) + down * step, Number(column) + right * step);
      if (!next) continue;
      next.focus();
      next.select();
      next.scrollIntoView({ block: "nearest", inline: "nearest" });
      return true;
    }
    return false;
  }

  paste(event) {
    const text = event.clipboardData.getData("text/plain");
    if (!/[\t\n\r]/.test(text.replace(/[\r\n]+$/, ""))) return;
    event.preventDefault();
    const input = event.target, form = input.form;
    const { row, column } = input.dataset;
    const facts = JSON.parse(form.dataset.with ?? "{}");
    this.view.ask({ do: "grid-paste", ...facts, text, row: Number(row), column: Number(column), values: valuesOf(form) }, (answer) => {
      for (const [name, value] of Object.entries(answer.values ?? {})) {
        const cell = form.elements.namedItem(name);
        if (cell) cell.value = value;
      }
      form.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}

// A file is handed over piece by piece, because a message may not be larger than the server allows.

class Files {
  constructor(view) {
    this.view = view;
    view.root.addEventListener("change", (event) => { if (event.target.matches("input[type=file][data-upload]")) this.chosen(event.target); });
  }

  // The form holds the file's token from the first piece on: who saves before the last one hears that the file is not there yet.
  async chosen(input) {
    const [file] = input.files, token_field = input.form.elements[input.dataset.for];
    const token = file ? crypto.getRandomValues(new Uint32Array(2)).join("-") : "";
    for (const note of input.form.querySelectorAll(`[data-lost="${input.dataset.for}"]`)) note.hidden = true;
    for (const part of [input.dataset.upload, `error:${input.dataset.for}`]) this.view.show(part, "");
    token_field.value = token;
    const is_there = !file || await this.send(file, token, input, token_field).catch(() => this.view.warn(this.view.words.unread));
    if (token_field.value !== token) return;
    if (!is_there) input.value = token_field.value = "";
    input.dispatchEvent(new Event("input", { bubbles: true }));
    if (file && is_there && input.dataset.submits !== undefined) input.form.requestSubmit();
  }

  // Tells whether all of the file came; it stops as soon as another one is chosen or the form is put away.
  async send(file, token, input, token_field) {
    for (let at = 0; at === 0 || at < file.size; at += PIECE) {
      const piece = await file.slice(at, at + PIECE).arrayBuffer();
      if (token_field.value !== token || !token_field.isConnected) return false;
      const question = { do: "upload", token, name: file.name, at, is_last: at + PIECE >= file.size, part: input.dataset.upload };
      const answer = await new Promise((done) => this.view.ask(question, done, { buffers: [piece] }));
      if (answer.refused) return false;
    }
    return true;
  }
}

// What the keyboard does beyond typing: Ctrl+Enter saves, Escape puts a form away, arrows turn to another tab.
class Keys {
  constructor(view) {
    // Made last: a key that a list of options or a grid has used is not heard here again.
    view.root.addEventListener("keydown", (event) => { if (!event.defaultPrevented && !event.isComposing) this.pressed(event); });
  }

  pressed(event) {
    const form = event.target.form ?? event.target.closest?.("form");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form) {
      event.preventDefault();
      if (!event.repeat) form.requestSubmit();
    } else if (event.key === "Escape" && form) form.querySelector('[data-do="cancel"]')?.click();
    else if (event.target.matches?.("[role=tab]")) this.turn(event);
  }

  turn(event) {
    const tabs = [...event.target.closest("[role=tablist]").querySelectorAll("[role=tab]")];
    const at = tabs.indexOf(event.target);
    const steps = { ArrowRight: 1, ArrowLeft: -1, Home: -at, End: tabs.length - 1 - at };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const next = tabs[(at + steps[event.key] + tabs.length) % tabs.length];
    next.focus();
    next.click();
  }
}
