// What was typed and not saved stays in this browser until it is saved or thrown away; each tab has drafts of its own.
const OF_TAB = "#tab=", BEAT = 30000, SILENT = 90000;

class Drafts {
  constructor(plan) {
    this.prefix = `theorytopractice:${plan}:`;
    this.tab = sessionStorage.getItem("theorytopractice-tab") ?? crypto.getRandomValues(new Uint32Array(2)).join("-");
    sessionStorage.setItem("theorytopractice-tab", this.tab);
    this.pulse = setInterval(() => this.beat(), BEAT);
    this.onLeave = () => localStorage.removeItem(`theorytopractice-tab:${this.tab}`);
    window.addEventListener("pagehide", this.onLeave);
    this.beat();
  }

  close() { clearInterval(this.pulse); window.removeEventListener("pagehide", this.onLeave); }

  // The planner's name in this browser, where several share one page.
  get who() { return localStorage.getItem("theorytopractice-who") ?? ""; }
  set who(name) { try { localStorage.setItem("theorytopractice-who", name); } catch { /* full */ } }

  beat() { try { localStorage.setItem(`theorytopractice-tab:${this.tab}`, String(Date.now())); } catch { /* full */ } }
  isAlive(tab) { return Number(localStorage.getItem(`theorytopractice-tab:${tab}`)) > Date.now() - SILENT; }

  // The name of a tab's draft of a form; a whole name stays as it is.
  nameOf(key) { return key.includes(OF_TAB) ? key : `${key}${OF_TAB}${this.tab}`; }

  all() {
    const drafts = [];
    for (let i = 0; i < localStorage.length; i++) {
      const name = localStorage.key(i);
      if (!name.startsWith(this.prefix)) continue;
      const key = name.slice(this.prefix.length), draft = this.read(key);
      if (draft) drafts.push({ key, title: draft.title, at: draft.at, open: draft.open });
    }
    return drafts.sort((a, b) => (a.at < b.at ? 1 : -1)).map((draft) => ({ ...draft, at: this.here(draft.at) }));
  }

  // A moment by the clock of whoever types.
  here(at) {
    const moment = new Date(at);
    return Number.isNaN(moment.getTime()) ? "" : new Date(moment - moment.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  }

  read(key) {
    try { return JSON.parse(localStorage.getItem(this.prefix + this.nameOf(key))); } catch { return null; }
  }

  keep(form) {
    const key = form.dataset.draft;
    if (!key) return true;
    const values = { ...this.read(key)?.values, ...valuesOf(form) };  // fields of another kind or event stay for when it comes back
    for (const field of form.querySelectorAll("[data-led]")) {
      if (field.dataset.led === field.value) delete values[field.name];  // nobody chose it: another kind begins with another
    }
    const draft = { values, title: form.dataset.title, open: JSON.parse(form.dataset.open), at: new Date().toISOString() };
    try { localStorage.setItem(this.prefix + this.nameOf(key), JSON.stringify(draft)); } catch { return false; }
    return true;
  }

  forget(key) { localStorage.removeItem(this.prefix + this.nameOf(key)); }

  // Takes over what was typed in another tab; what was typed into the same form here takes its place.
  adopt(name) {
    const own = this.nameOf(name.split(OF_TAB)[0]);
    const [theirs, mine] = [name, own].map((key) => localStorage.getItem(this.prefix + key));
    if (theirs === null || own === name) return;
    if (mine === null) localStorage.removeItem(this.prefix + name);
    else localStorage.setItem(this.prefix + name, mine);
    localStorage.setItem(this.prefix + own, theirs);
  }

  // Takes over the newest draft of a form that no living tab has.
  inherit(key) {
    const left = this.all().find((draft) => draft.key.startsWith(key + OF_TAB) && !this.isAlive(draft.key.split(OF_TAB)[1]));
    if (left && !this.read(key)) this.adopt(left.key);
  }

  // Puts a draft back into a form that has just been shown; returns what was put back: name -> text.
  restore(form) {
    if (form.dataset.draft) this.inherit(form.dataset.draft);
    const stored = (form.dataset.draft && this.read(form.dataset.draft)?.values) || {}, now = valuesOf(form);
    const back = Object.fromEntries(Object.entries(stored).filter(([name, text]) => name in now && now[name] !== text));
    for (const field of form.elements) {
      if (!(field.name in back) || field.type === "file") continue;
      if (field.dataset.passing !== undefined) this.lost(form, field.name);
      else if (field.type === "radio" || field.type === "checkbox") field.checked = back[field.name] === field.value;
      else field.value = back[field.name];
    }
    return back;
  }

  // A file does not outlive its form: that it must be attached again is said.
  lost(form, name) { form.querySelector(`[data-lost="${CSS.escape(name)}"]`).hidden = false; }
}

// What a form holds: name -> text; of boxes and buttons only those that are chosen.
function valuesOf(form) {
  const values = {};
  for (const field of form.elements) {
    if (!field.name || field.type === "file") continue;
    if (field.type === "radio" || field.type === "checkbox") {
      if (field.checked) values[field.name] = field.value;
      else if (!(field.name in values)) values[field.name] = "";
    } else values[field.name] = field.value;
  }
  return values;
}
