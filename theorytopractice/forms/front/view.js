// Shows what Python says, and tells it what was clicked, typed and left. No rule of the method is applied here.
const PATIENCE = 8000, UNSEEN = 250;
let views = 0;

class View {
  constructor(model, el) {
    this.model = model;
    this.words = model.get("words");
    this.drafts = new Drafts(model.get("plan_name"));
    this.mark = `w${++views}-${Math.random().toString(36).slice(2, 7)}-`;
    this.asked = 0;
    this.waiting = new Map();
    this.root = document.createElement("div");
    this.root.className = "ttp";
    this.root.lang = model.get("language");
    this.root.innerHTML = '<div data-part="page"></div><p class="told" data-part="told" role="status" aria-live="polite"></p>';
    el.append(this.root);
    this.listen();
    this.heard = (message) => this.hear(message);
    this.spoken = () => { this.root.lang = model.get("language"); this.words = model.get("words"); };
    model.on("msg:custom", this.heard);
    model.on("change:language change:words", this.spoken);
    this.ask({ do: "start", drafts: this.drafts.all() });
  }

  close() {
    this.model.off("msg:custom", this.heard);
    this.model.off("change:language change:words", this.spoken);
  }

  ask(message, then, buffers) {
    const n = `${this.mark}${++this.asked}`;
    const slow = setTimeout(() => this.warn(this.words.slow), PATIENCE);
    this.waiting.set(n, { then, slow, do: message.do });
    setTimeout(() => this.root.toggleAttribute("data-busy", this.waiting.size > 0), UNSEEN);
    try { this.model.send({ ...message, n }, undefined, buffers ?? []); }
    catch { clearTimeout(slow); this.warn(this.words.lost); this.rest(); }
  }

  hear(message) {
    const asked = this.waiting.get(message.n);
    if (!asked) return;  // the answer to another view of the same workbench
    clearTimeout(asked.slow);
    this.waiting.delete(message.n);
    this.root.toggleAttribute("data-busy", this.waiting.size > 0 && this.root.hasAttribute("data-busy"));
    this.root.querySelector('[data-part="told"]').classList.remove("shown");
    const is_old = [...this.waiting.values()].some((one) => one.do === asked.do && ["list", "search"].includes(asked.do));
    for (const key of message.forget ?? []) this.drafts.forget(key);
    if (!is_old) for (const [name, html] of Object.entries(message.parts ?? {})) this.show(name, html);
    if (message.told) this.tell(message.told);
    this.rest();
    if (message.focus) this.focus(message.focus);
    asked.then?.(message);
  }

  tell(words) {
    const told = this.root.querySelector('[data-part="told"]');
    told.textContent = "";
    told.textContent = words;
  }

  // What the browser itself has to say is not only read aloud.
  warn(words) {
    this.tell(words);
    this.root.querySelector('[data-part="told"]').classList.add("shown");
  }

  rest() { for (const one of this.root.querySelectorAll("[aria-busy]")) one.removeAttribute("aria-busy"); }

  // Puts new HTML where a part is; the cursor stays where it was if its field is still there.
  show(name, html) {
    const part = this.root.querySelector(`[data-part="${CSS.escape(name)}"]`);
    if (!part) return;
    const active = part.contains(document.activeElement) ? document.activeElement : null;
    const [id, from, to] = [active?.id, active?.selectionStart, active?.selectionEnd];
    const open = part.querySelector("form[data-draft]")?.dataset.draft;
    const held = document.createElement("template");
    held.innerHTML = html;
    this.rename(held.content);
    part.replaceChildren(held.content);
    if (name.startsWith("error:")) this.grid.judge(part, name.slice("error:".length));
    for (const form of part.querySelectorAll("form[data-draft]")) this.restored(form, form.dataset.draft !== open);
    const again = id && part.querySelector(`#${CSS.escape(id)}`);
    if (again) { again.focus({ preventScroll: true }); try { again.setSelectionRange(from, to); } catch { /* not a text field */ } }
  }

  // Two workbenches on one page must not share ids.
  rename(content) {
    for (const name of ["id", "for", "aria-controls", "aria-describedby", "aria-labelledby", "aria-activedescendant"]) {
      for (const one of content.querySelectorAll(`[${name}]`)) {
        one.setAttribute(name, one.getAttribute(name).split(" ").map((word) => this.mark + word).join(" "));
      }
    }
    for (const one of content.querySelectorAll('a[href^="#"]')) one.setAttribute("href", `#${this.mark}${one.getAttribute("href").slice(1)}`);
  }

  // Puts back what was typed; that this was done is told where the form was not open all the time.
  restored(form, is_opened) {
    const note = form.querySelector("[data-restored]");
    if (this.drafts.restore(form) && note && is_opened) note.hidden = false;
  }

  focus(id) {
    const target = this.root.querySelector(`#${CSS.escape(this.mark + id)}`);
    if (!target) return;
    target.focus();
    target.scrollIntoView({ block: "nearest" });
  }

  listen() {
    const on = (name, heard) => this.root.addEventListener(name, heard);
    on("focusin", (event) => { event.target.dataset.lmSuppressShortcuts = "true"; });  // keys are not JupyterLab's here
    on("click", (event) => this.clicked(event));
    on("submit", (event) => { event.preventDefault(); this.submitted(event.target, event.submitter); });
    on("input", (event) => this.typed(event));
    on("change", (event) => this.changed(event));
    on("chosen", (event) => { this.typed(event); this.left(event.target); });
    on("focusout", (event) => this.left(event.target, event.relatedTarget));
    on("keydown", (event) => this.pressed(event));
    new Search(this);
    this.grid = new Grid(this);
    new Files(this);
  }

  clicked(event) {
    const link = event.target.closest('a[href^="#"]');
    if (link) { event.preventDefault(); this.focus(link.getAttribute("href").slice(1 + this.mark.length)); return; }
    const picked = event.target.closest("[data-pick]");
    if (picked) { this.pick(picked); return; }
    const button = event.target.closest("[data-do]:not(form)") ?? event.target.closest("table.findings tbody tr")?.querySelector("[data-do]");
    if (!button || button.tagName === "SELECT") return;
    if (button.dataset.forget) this.drafts.forget(button.dataset.forget);
    this.ask({ do: button.dataset.do, ...JSON.parse(button.dataset.with ?? "{}"), drafts: this.drafts.all() });
  }

  submitted(form, submitter) {
    if (!form.dataset.do || submitter?.getAttribute("aria-busy")) return;
    submitter?.setAttribute("aria-busy", "true");
    const more = { ...JSON.parse(form.dataset.with ?? "{}"), ...JSON.parse(submitter?.dataset.with ?? "{}") };
    const drafts = this.drafts.all().filter((one) => one.key !== form.dataset.draft);
    this.ask({ do: form.dataset.do, ...more, values: valuesOf(form), drafts });
  }

  typed(event) {
    const form = event.target.form ?? event.target.closest("form");
    if (!form) return;
    if (form.dataset.live !== undefined) {
      clearTimeout(this.live);
      this.live = setTimeout(() => this.submitted(form), 180);
    }
    if (form.dataset.draft && !this.drafts.keep(form)) this.warn(this.words.full);
  }

  changed(event) {
    const field = event.target;
    if (field.dataset.refresh === undefined || !field.form) return;
    this.ask({ do: field.dataset.refresh, ...JSON.parse(field.form.dataset.with ?? "{}"), values: valuesOf(field.form) });
  }

  // Who leaves a field hears at once what is wrong with it.
  left(field, next) {
    const form = field.form;
    if (!form?.dataset.check || !field.name || field.type === "hidden" || field.type === "submit") return;
    if (next && next.closest?.("[data-cancel]")) return;
    this.ask({ do: form.dataset.check, ...JSON.parse(form.dataset.with ?? "{}"), field: field.dataset.for ?? field.name, values: valuesOf(form) });
  }

  pressed(event) {
    const form = event.target.form ?? event.target.closest?.("form");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form) { event.preventDefault(); form.requestSubmit(); return; }
    if (event.key === "Escape" && form && !event.isComposing) { form.querySelector('[data-do="cancel"]')?.click(); return; }
    if (!event.target.matches?.("[role=tab]")) return;
    const tabs = [...event.target.closest("[role=tablist]").querySelectorAll("[role=tab]")];
    const steps = { ArrowRight: 1, ArrowLeft: -1, Home: -tabs.indexOf(event.target), End: tabs.length - 1 - tabs.indexOf(event.target) };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(event.target) + steps[event.key] + tabs.length) % tabs.length];
    next.focus();
    next.click();
  }

  // The browser's own calendar, beside a field in which a date may also be typed.
  pick(button) {
    const field = this.root.querySelector(`#${CSS.escape(this.mark + button.dataset.pick)}`);
    const calendar = button.querySelector("input") ?? Object.assign(document.createElement("input"), { type: "date", tabIndex: -1, className: "calendar" });
    calendar.setAttribute("aria-hidden", "true");
    button.append(calendar);
    if (/^\d{4}-\d{2}-\d{2}$/.test(field.value)) calendar.value = field.value;
    calendar.onchange = () => {
      field.value = calendar.value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      this.left(field);
      field.focus();
    };
    try { calendar.showPicker(); } catch { field.focus(); }
  }
}

function render({ model, el }) {
  const view = new View(model, el);
  return () => view.close();
}

export default { render };
