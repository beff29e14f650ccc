(() => {
  "use strict";
  const box = document.getElementById("search"), input = document.getElementById("sought");
  const list = document.getElementById("found"), told = document.getElementById("told");
  const entries = JSON.parse(document.getElementById("entries").textContent);
  const MOST = 40;
  const rank = (name, kind, word) => {
    const own = kind === "column" ? name.split(".")[1] : name;
    const low = own.toLowerCase();
    const place = low === word ? 0 : low.startsWith(word) ? 2 : low.includes(word) ? 4 : 8;
    return place + (kind === "table" || kind === "term" ? 0 : 1);
  };
  const find = () => {
    const words = input.value.toLowerCase().replace(/_/g, " ").split(/\s+/).filter(Boolean);
    list.replaceChildren();
    if (!words.length) { told.textContent = ""; return; }
    const whole = input.value.trim().toLowerCase();
    const hits = entries
      .filter(([, name, , text]) => {
        const all = (name + " " + text).toLowerCase().replace(/_/g, " ");
        return words.every(word => all.includes(word));
      })
      .map((entry, place) => [rank(entry[1], entry[0], whole.replace(/ /g, "_")), rank(entry[1], entry[0], whole), place, entry])
      .sort((a, b) => Math.min(a[0], a[1]) - Math.min(b[0], b[1]) || a[2] - b[2]);
    for (const [, , , [kind, name, address, text]] of hits.slice(0, MOST)) {
      const item = document.createElement("li"), link = document.createElement("a"), small = document.createElement("span");
      link.href = address; link.textContent = name;
      small.textContent = " " + kind + (text ? ": " + text : "");
      item.append(link, small); list.append(item);
    }
    told.textContent = !hits.length ? "Nothing found." : hits.length > MOST ? `${hits.length} found, the first ${MOST} shown.` : `${hits.length} found.`;
  };
  box.hidden = false;
  box.addEventListener("submit", event => event.preventDefault());
  input.addEventListener("input", find);
  find();
})();
