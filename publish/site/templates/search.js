(() => {
  "use strict";
  const box = document.getElementById("search"), input = document.getElementById("sought");
  const list = document.getElementById("found"), told = document.getElementById("told");
  const entries = JSON.parse(document.getElementById("entries").textContent);
  const MOST = 40;
  const plain = text => text.toLowerCase().replace(/_/g, " ");
  // Best is a name that is what was sought, then one that begins with it, holds it, holds its words; then what only speaks of it.
  const rank = ([kind, name], sought, words) => {
    const low = plain(kind === "column" ? name.split(".")[1] : name);
    const place = low === sought ? 0 : low.startsWith(sought) ? 2 : low.includes(sought) ? 4 : words.every(word => low.includes(word)) ? 6 : 8;
    return place + (["table", "term", "also called", "query"].includes(kind) ? 0 : 1);
  };
  const find = () => {
    const sought = plain(input.value).trim(), words = sought.split(/\s+/).filter(Boolean);
    list.replaceChildren();
    if (!words.length) { told.textContent = ""; return; }
    const hits = entries
      .filter(([, name, , text]) => {
        const all = plain(name + " " + text);
        return words.every(word => all.includes(word));
      })
      .map((entry, place) => [rank(entry, sought, words), place, entry])
      .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    for (const [, , [kind, name, address, text]] of hits.slice(0, MOST)) {
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
