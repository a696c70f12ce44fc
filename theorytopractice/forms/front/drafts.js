// What was typed and not saved stays in this browser until it is saved or thrown away.
class Drafts {
  constructor(plan) { this.prefix = `theorytopractice:${plan}:`; }

  all() {
    const found = [];
    for (let i = 0; i < localStorage.length; i++) {
      const name = localStorage.key(i);
      if (!name.startsWith(this.prefix)) continue;
      const draft = this.read(name.slice(this.prefix.length));
      if (draft) found.push({ key: name.slice(this.prefix.length), title: draft.title, at: draft.at, open: draft.open });
    }
    return found.sort((a, b) => (a.at < b.at ? 1 : -1));
  }

  read(key) {
    try { return JSON.parse(localStorage.getItem(this.prefix + key)); } catch { return null; }
  }

  keep(form) {
    const key = form.dataset.draft;
    if (!key) return true;
    const values = { ...this.read(key)?.values, ...valuesOf(form) };  // fields of another kind or event stay for when it comes back
    const draft = { values, title: form.dataset.title, open: JSON.parse(form.dataset.open), at: new Date().toISOString() };
    try { localStorage.setItem(this.prefix + key, JSON.stringify(draft)); } catch { return false; }
    return true;
  }

  forget(key) { localStorage.removeItem(this.prefix + key); }

  // Puts a draft back into a form that has just been shown; returns what was put back: name -> text.
  restore(form) {
    const kept = (form.dataset.draft && this.read(form.dataset.draft)?.values) || {}, now = valuesOf(form);
    const back = Object.fromEntries(Object.entries(kept).filter(([name, text]) => name in now && now[name] !== text));
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
