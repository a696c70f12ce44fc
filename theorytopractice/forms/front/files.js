// A file is handed over piece by piece, because a message may not be larger than the server allows.
const PIECE = 1 << 20;

class Files {
  constructor(view) {
    this.view = view;
    view.root.addEventListener("change", (event) => {
      if (event.target.matches("input[type=file][data-upload]") && event.target.files.length) this.send(event.target);
    });
  }

  async send(input) {
    const file = input.files[0];
    const token = crypto.getRandomValues(new Uint32Array(2)).join("-");
    for (let at = 0; at === 0 || at < file.size; at += PIECE) {
      const piece = await file.slice(at, at + PIECE).arrayBuffer();
      const is_last = at + PIECE >= file.size;
      const answer = await new Promise((done) => this.view.ask(
        { do: "upload", token, name: file.name, at, is_last, part: input.dataset.upload }, done, [piece]));
      if (answer.refused) { input.value = ""; return; }
    }
    input.form.elements[input.dataset.for].value = token;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
