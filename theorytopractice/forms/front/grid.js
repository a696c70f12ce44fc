// A grid of values: arrows and Enter move between its cells, and a block copied from a spreadsheet fills them.
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
    const steps = { ArrowDown: [1, 0], Enter: [1, 0], ArrowUp: [-1, 0] };
    const step = !event.ctrlKey && !event.metaKey && steps[event.key];
    if (!step) return;
    event.preventDefault();
    const { row, column } = event.target.dataset;
    const next = this.at(event.target, Number(row) + step[0], Number(column) + step[1]);
    if (next) { next.focus(); next.select(); }
  }

  paste(event) {
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!/[\t\n]/.test(text)) return;
    event.preventDefault();
    const { row, column } = event.target.dataset;
    let filled = 0, left = 0;
    text.split("\n").forEach((line, down) => line.split("\t").forEach((value, right) => {
      const cell = this.at(event.target, Number(row) + down, Number(column) + right);
      if (!cell || cell.disabled) { left += value.trim() ? 1 : 0; return; }
      cell.value = value.trim();
      filled += 1;
    }));
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
    this.view.ask({ do: "pasted", filled, left });
  }
}
