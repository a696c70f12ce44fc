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
