// A field that is filled by searching: an ARIA combobox whose options come from the plan.
class Search {
  constructor(view) {
    this.view = view;
    view.root.addEventListener("input", (event) => { if (this.isOne(event.target)) this.ask(event.target); });
    view.root.addEventListener("keydown", (event) => { if (this.isOne(event.target)) this.key(event); });
    view.root.addEventListener("focusout", (event) => { if (this.isOne(event.target)) this.leave(event.target); });
    view.root.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) { event.preventDefault(); this.take(this.inputOf(option), option); }
    });
  }

  isOne(target) { return target.matches?.("input[role=combobox]"); }
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
    const at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
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
    for (const one of this.listOf(input).querySelectorAll("[role=option]")) one.setAttribute("aria-selected", String(one === option));
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
