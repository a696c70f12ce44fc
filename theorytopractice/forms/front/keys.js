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
