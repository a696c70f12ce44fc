// Shows what Python says, and tells it what was clicked, typed and left. No rule of the method is applied here.
const PATIENCE = 8000, UNSEEN = 250;
let views = 0;

class View {
  constructor(model, el) {
    this.model = model;
    this.words = model.get("words");
    this.drafts = new Drafts(model.get("plan_name"));
    this.mark = `w${++views}-${Math.random().toString(36).slice(2, 7)}-`;
    this.n_questions = 0;
    this.waiting = new Map();
    this.root = document.createElement("div");
    this.root.className = "ttp";
    this.root.lang = model.get("language");
    this.root.innerHTML = '<div data-part="page"></div><p class="announcement" data-part="announcement" role="status" aria-live="polite"></p>';
    el.append(this.root);
    this.listen();
    this.onMessage = (message, buffers) => this.hear(message, buffers);
    this.onLanguage = () => { this.root.lang = model.get("language"); this.words = model.get("words"); };
    model.on("msg:custom", this.onMessage);
    model.on("change:language change:words", this.onLanguage);
    this.onConnection = (state, facts) => this.connection(state, facts);
    model.on("connection", this.onConnection);  // of a page only
    this.ask({ do: "start", drafts: this.drafts.all(), who: this.drafts.who });
  }

  close() {
    this.drafts.close();
    this.model.off("msg:custom", this.onMessage);
    this.model.off("change:language change:words", this.onLanguage);
    this.model.off("connection", this.onConnection);
  }

  // Sends a message; "then" hears the answer, "by" is busy until it comes, and "key" tells it from others that wait.
  ask(message, then, { buffers = [], by, key } = {}) {
    const n = `${this.mark}${++this.n_questions}`;
    const slow = setTimeout(() => this.warn(this.words.slow), PATIENCE);
    this.waiting.set(n, { then, slow, by, key, do: message.do });
    by?.setAttribute("aria-busy", "true");
    setTimeout(() => this.root.toggleAttribute("data-busy", this.waiting.size > 0), UNSEEN);
    try { this.model.send({ ...message, n }, undefined, buffers); }
    catch (error) { this.answered(n); this.warn(error instanceof RangeError ? this.words.large : this.words.lost); then?.({ refused: true }); }
  }

  // Says what became of the connection, where the page itself keeps it.
  connection(state, facts) {
    if (state === "anew") this.beginAnew(facts);
    else if (state === "back") this.tell(this.words.back);
    else this.warn(state === "refused" ? facts : this.words[state]);
    if (state === "back") this.hush();
  }

  hush() { this.root.querySelector('[data-part="announcement"]').classList.remove("shown"); }

  // The session is another one: the same place is shown again, and the form that was open, with what was typed into it.
  beginAnew(place) {
    const is_unsure = [...this.waiting.values()].some((question) => question.key);
    for (const n of [...this.waiting.keys()]) this.answered(n)?.then?.({ refused: true });
    const active = document.activeElement, form = active?.form?.dataset.draft ? active.form : this.root.querySelector("form[data-draft]");
    const key = form?.dataset.draft, draft = key && this.drafts.read(key), own = key && this.drafts.nameOf(key);
    const cursor = { name: form?.contains(active) ? active.name : "", from: active?.selectionStart, to: active?.selectionEnd };
    const tellEnd = () => { if (is_unsure) this.warn(this.words.unsure); else this.tell(this.words.back); };
    const drafts = this.drafts.all().filter((other) => other.key !== own);
    this.ask({ do: "start", drafts, who: this.drafts.who, place }, () => {
      if (draft) this.ask({ do: "go-on", open: draft.open, typed: draft.values, drafts }, () => { this.returnTo(key, cursor); tellEnd(); });
      else tellEnd();
    });
  }

  // Puts the cursor back into a field of a form that was opened again.
  returnTo(key, { name, from, to }) {
    const field = name && this.root.querySelector(`form[data-draft="${CSS.escape(key)}"] [name="${CSS.escape(name)}"]`);
    if (!field) return;
    for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    field.focus();
    try { field.setSelectionRange(from, to); } catch { /* not a text field */ }
  }

  // What may change something is not sent again while it is unanswered, however often it is clicked or pressed.
  once(element, facts, by) {
    const key = `${element.dataset.do} ${element.dataset.with ?? ""}`;
    if ([...this.waiting.values()].some((question) => question.key === key)) return;
    this.ask({ do: element.dataset.do, ...JSON.parse(element.dataset.with ?? "{}"), ...facts }, undefined, { by, key });
  }

  // Returns what was asked under a number, and waits for it no longer.
  answered(n) {
    const question = this.waiting.get(n);
    if (!question) return undefined;
    clearTimeout(question.slow);
    this.waiting.delete(n);
    question.by?.removeAttribute("aria-busy");
    this.root.toggleAttribute("data-busy", this.waiting.size > 0 && this.root.hasAttribute("data-busy"));
    return question;
  }

  // Lets the browser save a file; it is handed over as it is and never shown.
  save(name, content) {
    const url = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
    Object.assign(document.createElement("a"), { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  }

  hear(message, buffers) {
    const question = this.answered(message.n);
    if (!question) return;  // the answer to another view of the same workbench
    this.hush();
    const is_old = [...this.waiting.values()].some((other) => other.do === question.do && ["list", "search", "refresh"].includes(question.do));
    for (const key of message.forget ?? []) this.drafts.forget(key);
    if (!is_old) for (const [name, html] of Object.entries(message.parts ?? {})) this.show(name, html);
    if (question.do === "check") this.remark(message.text);
    else if (message.text) this.tell(message.text);
    if (message.focus) this.fields.focus(message.focus);
    if (message.file && buffers?.length) this.save(message.file, buffers[0]);
    question.then?.(message);
  }

  tell(words) {
    const line = this.root.querySelector('[data-part="announcement"]');
    line.textContent = "";
    line.textContent = words;
  }

  // What is said of a field that was left is read aloud once, and again only when it was mended in between.
  remark(words) {
    const line = this.root.querySelector('[data-part="announcement"]');
    if (line.textContent !== words) line.textContent = words;
  }

  // What the browser itself has to say is not only read aloud.
  warn(words) {
    this.tell(words);
    this.root.querySelector('[data-part="announcement"]').classList.add("shown");
  }

  // Puts new HTML where a part is; the cursor stays where it was if its field is still there.
  show(name, html) {
    const part = this.root.querySelector(`[data-part="${CSS.escape(name)}"]`);
    if (!part) return;
    const active = part.contains(document.activeElement) ? document.activeElement : null;
    const [id, from, to] = [active?.id, active?.selectionStart, active?.selectionEnd];
    const before = part.querySelector("form[data-draft]");
    const open = before?.dataset.draft, was_noted = before?.querySelector("[data-restored]")?.hidden === false;
    const template = document.createElement("template");
    template.innerHTML = html;
    this.rename(template.content);
    part.replaceChildren(template.content);
    if (name.startsWith("error:")) this.fields.judge(part, name.slice("error:".length));
    for (const form of part.querySelectorAll("form[data-draft]")) this.restored(form, form.dataset.draft !== open, was_noted);
    const again = id && part.querySelector(`#${CSS.escape(id)}`);
    if (again) { again.focus({ preventScroll: true }); try { again.setSelectionRange(from, to); } catch { /* not a text field */ } }
  }

  // Two workbenches on one page must not share ids.
  rename(content) {
    for (const name of ["id", "for", "aria-controls", "aria-describedby", "aria-labelledby", "aria-activedescendant"]) {
      for (const element of content.querySelectorAll(`[${name}]`)) {
        element.setAttribute(name, element.getAttribute(name).split(" ").map((word) => this.mark + word).join(" "));
      }
    }
    for (const link of content.querySelectorAll('a[href^="#"]')) link.setAttribute("href", `#${this.mark}${link.getAttribute("href").slice(1)}`);
  }

  // Puts back what was typed; that this was done is told where the form was not open all the time.
  restored(form, is_opened, was_noted) {
    const back = this.drafts.restore(form), note = form.querySelector("[data-restored]");
    if (note) note.hidden = !(is_opened ? Object.keys(back).length : was_noted && this.drafts.read(form.dataset.draft));
    const decides = [...form.elements].find((field) => field.dataset.refresh !== undefined && field.name in back);
    if (decides) this.refresh(decides, { ...valuesOf(form), ...this.drafts.read(form.dataset.draft).values });
  }

  // Asks for the form with the fields that its kind or event has.
  refresh(field, values) {
    this.ask({ do: field.dataset.refresh, ...JSON.parse(field.form.dataset.with ?? "{}"), values });
  }

  listen() {
    new Search(this);
    new Grid(this);
    const on = (name, handler) => this.root.addEventListener(name, handler);
    on("focusin", (event) => { event.target.dataset.lmSuppressShortcuts = "true"; });  // keys are not JupyterLab's here
    on("click", (event) => this.clicked(event));
    on("submit", (event) => { event.preventDefault(); this.submitted(event.target, event.submitter); });
    on("input", (event) => this.typed(event));
    on("change", (event) => this.changed(event));
    on("chosen", (event) => { this.typed(event); this.left(event.target); });
    on("focusout", (event) => this.left(event.target, event.relatedTarget));
    new Keys(this);
    new Files(this);
    this.fields = new Fields(this);
  }

  clicked(event) {
    const link = event.target.closest('a[href^="#"]');
    if (link) { event.preventDefault(); this.fields.focus(link.getAttribute("href").slice(1 + this.mark.length)); return; }
    const calendar = event.target.closest("[data-pick]");
    if (calendar) { this.fields.pick(calendar); return; }
    const button = event.target.closest("[data-do]:not(form)") ?? event.target.closest("table.findings tbody tr")?.querySelector("[data-do]");
    if (!button || button.tagName === "SELECT") return;
    if (button.dataset.forget) this.drafts.forget(button.dataset.forget);
    const typed = button.dataset.adopt ? this.drafts.read(button.dataset.adopt)?.values : undefined;
    if (button.dataset.adopt) this.drafts.adopt(button.dataset.adopt);
    this.once(button, { drafts: this.drafts.all(), typed });
  }

  submitted(form, submitter) {
    if (!form.dataset.do) return;
    this.fields.decide();
    if (form.dataset.remember) this.drafts.who = form.elements[form.dataset.remember].value;
    const facts = { ...JSON.parse(submitter?.dataset.with ?? "{}"), values: valuesOf(form) };
    if (form.dataset.live !== undefined) this.ask({ do: form.dataset.do, ...JSON.parse(form.dataset.with ?? "{}"), ...facts });
    else this.once(form, { ...facts, drafts: this.drafts.all().filter((draft) => draft.key !== this.drafts.nameOf(form.dataset.draft ?? "")) }, form.querySelector("[type=submit]"));
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
    this.fields.decides(field);
  }

  // Who leaves a field hears at once what is wrong with it.
  left(field, next) {
    const form = field.form;
    if (!form?.dataset.check || !field.name || field.type === "hidden" || field.type === "submit") return;
    if (next && next.closest?.("[data-cancel]")) return;
    this.ask({ do: form.dataset.check, ...JSON.parse(form.dataset.with ?? "{}"), field: field.dataset.for ?? field.name, values: valuesOf(form) });
  }
}

function render({ model, el }) {
  const view = new View(model, el);
  return () => view.close();
}

export default { render };
