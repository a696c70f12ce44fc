// What a field shows beside its text: whether it is wrong, a calendar, and where it lies when somebody is sent to it.
const TYPING = 1500, REST = 600;

class Fields {
  constructor(view) {
    this.view = view;
    view.root.addEventListener("keydown", (event) => { this.keyed = Date.now(); if (event.target === this.deciding) this.wait(); });
    view.root.addEventListener("focusout", (event) => { if (event.target === this.deciding) this.decide(); });
  }

  // A field that decides which others there are: who types its word letter by letter is not disturbed before the last one.
  decides(field) {
    this.deciding = field;
    if (Date.now() - (this.keyed ?? 0) > TYPING) this.decide();
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
      this.view.left(field);
      field.focus();
    };
    try { calendar.showPicker(); } catch { field.focus(); }
  }
}
