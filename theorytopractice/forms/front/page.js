// Connects the workbench with its session over a socket, where no notebook does; what breaks is connected again by itself.
const PAUSES = [250, 500, 1000, 2000], FLASH = 1500;

// What a view needs of Jupyter's models: facts with their names, messages both ways, and whoever listens.
class Model {
  constructor(facts) {
    this.facts = facts;
    this.listeners = [];
    this.waiting = new Map();  // number of a question -> its frame, until its answer is here
    this.tab = crypto.getRandomValues(new Uint32Array(4)).join("-");
    this.n_tries = 0;
    this.place = {};
    window.addEventListener("online", () => this.connect());
    window.addEventListener("pageshow", (event) => { if (event.persisted) this.connect(); });
    this.connect();
  }

  get(name) { return this.facts[name]; }

  set(facts) {
    Object.assign(this.facts, facts);
    document.documentElement.lang = this.facts.language;
    if (facts.title) document.title = facts.title;
    for (const name of Object.keys(facts)) this.trigger(`change:${name}`);
  }

  save_changes() {}

  on(names, handler) { for (const name of names.split(" ")) this.listeners.push({ name, handler }); }

  off(names, handler) {
    this.listeners = this.listeners.filter((other) => other.handler !== handler || !names.split(" ").includes(other.name));
  }

  trigger(name, ...facts) { for (const { name: heard, handler } of [...this.listeners]) if (heard === name) handler(...facts); }

  // A question waits here until it is answered, and is sent once: after a break only where it did not arrive.
  send(message, _, buffers = []) {
    const frame = frameOf(message, buffers[0]);
    if (sizeOf(frame) > this.facts.max_bytes) throw new RangeError("too large");
    this.waiting.set(message.n, frame);
    if (this.is_welcome) this.socket.send(frame);
  }

  connect() {
    if (this.socket && this.socket.readyState <= WebSocket.OPEN) return;
    clearTimeout(this.again);
    const address = new URL("socket", document.baseURI);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = this.socket = new WebSocket(address);
    let is_open = false;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => { is_open = true; socket.send(JSON.stringify({ tab: this.tab, waits: [...this.waiting.keys()] })); };
    socket.onmessage = (event) => { if (socket === this.socket) this.heard(event.data); };
    socket.onclose = () => { if (socket === this.socket) this.lost(is_open); };
  }

  heard(data) {
    const { facts, bytes } = factsOf(data);
    if (facts.refused && facts.n === undefined) this.trigger("connection", "refused", facts.text);
    else if (facts.welcome) this.welcomed(facts);
    else {
      this.waiting.delete(facts.n);
      if (this.is_welcome) this.socket.send(JSON.stringify({ got: facts.n }));
      if (facts.model) this.set(facts.model);
      this.place = facts.place ?? this.place;
      this.trigger("msg:custom", facts, bytes ? [bytes] : []);
    }
  }

  welcomed({ is_kept, known }) {
    const was_here = this.was_here;
    this.is_welcome = this.was_here = true;
    this.n_tries = 0;
    clearTimeout(this.alarm);
    this.alarm = undefined;
    if (was_here && !is_kept) {
      this.waiting.clear();  // nobody knows any more what became of it
      this.trigger("connection", "anew", this.place);
      return;
    }
    for (const [n, frame] of this.waiting) if (!known.includes(n)) this.socket.send(frame);
    if (was_here) this.trigger("connection", "back");
  }

  async lost(was_open) {
    this.is_welcome = false;
    this.again = setTimeout(() => this.connect(), PAUSES[Math.min(this.n_tries++, PAUSES.length - 1)]);
    this.alarm ??= setTimeout(() => this.trigger("connection", "lost"), FLASH);
    if (!was_open && (await this.isShut())) {
      clearTimeout(this.alarm);
      this.trigger("connection", "closed");
    }
  }

  // Whether somebody answers, but no longer to the key of this browser.
  async isShut() {
    try { return (await fetch("./", { method: "HEAD" })).status === 403; } catch { return false; }
  }
}

// A frame is text; with bytes in it the length of its facts, the facts, the bytes.
function frameOf(facts, bytes) {
  const text = JSON.stringify(facts);
  if (!bytes) return text;
  const head = new TextEncoder().encode(text), frame = new Uint8Array(4 + head.length + bytes.byteLength);
  new DataView(frame.buffer).setUint32(0, head.length);
  frame.set(head, 4);
  frame.set(new Uint8Array(bytes), 4 + head.length);
  return frame;
}

function factsOf(data) {
  if (typeof data === "string") return { facts: JSON.parse(data) };
  const length = new DataView(data).getUint32(0);
  return { facts: JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length))), bytes: data.slice(4 + length) };
}

const sizeOf = (frame) => (typeof frame === "string" ? new TextEncoder().encode(frame).length : frame.length);

const place = document.getElementById("workbench"), loading = document.getElementById("loading");
if (place) {
  const model = new Model(JSON.parse(place.dataset.model));
  model.on("msg:custom", () => loading.remove());
  model.on("connection", (state, text) => { loading.textContent = text ?? (state in model.get("words") ? model.get("words")[state] : loading.textContent); });
  render({ model, el: place });
}
