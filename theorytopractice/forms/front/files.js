// A file is handed over piece by piece, because a message may not be larger than the server allows.
const PIECE = 1 << 20;

class Files {
  constructor(view) {
    this.view = view;
    view.root.addEventListener("change", (event) => { if (event.target.matches("input[type=file][data-upload]")) this.chosen(event.target); });
  }

  // The form holds the file's token from the first piece on: who saves before the last one hears that the file is not there yet.
  async chosen(input) {
    const [file] = input.files, held = input.form.elements[input.dataset.for];
    const token = file ? crypto.getRandomValues(new Uint32Array(2)).join("-") : "";
    for (const note of input.form.querySelectorAll(`[data-lost="${input.dataset.for}"]`)) note.hidden = true;
    for (const part of [input.dataset.upload, `error:${input.dataset.for}`]) this.view.show(part, "");
    held.value = token;
    const is_there = !file || await this.send(file, token, input, held).catch(() => this.view.warn(this.view.words.unread));
    if (held.value !== token) return;
    if (!is_there) input.value = held.value = "";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Tells whether all of the file came; it stops as soon as another one is chosen or the form is put away.
  async send(file, token, input, held) {
    for (let at = 0; at === 0 || at < file.size; at += PIECE) {
      const piece = await file.slice(at, at + PIECE).arrayBuffer();
      if (held.value !== token || !held.isConnected) return false;
      const asked = { do: "upload", token, name: file.name, at, is_last: at + PIECE >= file.size, part: input.dataset.upload };
      const answer = await new Promise((done) => this.view.ask(asked, done, { buffers: [piece] }));
      if (answer.refused) return false;
    }
    return true;
  }
}
