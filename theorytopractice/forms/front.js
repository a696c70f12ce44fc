function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "ttp";
  root.innerHTML = model.get("page");
  el.append(root);
}
export default { render };
