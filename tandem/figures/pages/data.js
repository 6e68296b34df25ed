"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const section = (id, part) => document.querySelector(`#${id} ${part}`);

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function figure({ id, src, split, size, caption }) {
    const made = element("figure");
    const words = element("figcaption");
    const said = element("span", "caption", caption);
    said.dir = "auto";
    words.append(element("strong", "", split === "none" ? "no split" : split), ` · ${size} · ${id}`, said);
    made.append(enlargeable({ id, src }, caption), words);
    return made;
  }

  function finding({ severity, what, count, names }) {
    const item = element("li");
    const text = element("div", "", what);
    const list = element("ul", "names");
    list.append(...names.map((name) => element("li", "", name)));
    text.append(list);
    item.append(element("span", `severity ${severity}`, severity), element("span", "count", count.toLocaleString("en")), text);
    return item;
  }

  function group({ title, leaks, pictures }) {
    const card = element("article", leaks ? "card leaks" : "card");
    const row = element("div", "pictures");
    row.append(...pictures.map(figure));
    card.append(element("h3", "", leaks ? `${title}, in several splits` : title), row);
    return card;
  }

  function table({ title, bars }) {
    const card = element("article", "card");
    card.append(element("h3", "", title));
    const most = Math.max(1, ...bars.map(([, count]) => count));
    for (const [name, count] of bars) {
      const bar = element("div", "bar");
      const length = element("div", "length");
      length.style.width = `${(100 * count) / most}%`;
      bar.append(element("span", "name", name), element("span", "number", count.toLocaleString("en")), length);
      card.append(bar);
    }
    return card;
  }

  document.getElementById("remarks").append(...data.remarks.map((remark) => element("li", "", remark)));
  // A part without entries is not shown, and has no link.
  const parts = [
    ["findings", ".findings", data.findings.map(finding)],
    ["samples", ".pictures", data.samples.map(figure)],
    ["duplicates", ".cards", data.groups.map(group)],
    ["odd", ".pictures", data.odd.map(figure)],
    ["numbers", ".tables", data.tables.map(table)],
  ];
  document.querySelector("#samples .what").textContent = data.samplesNote;
  for (const [id, place, entries] of parts) {
    if (entries.length === 0) {
      document.getElementById(id).remove();
      continue;
    }
    section(id, place).append(...entries);
    const link = element("a", "", document.getElementById(`${id}-heading`).textContent);
    link.href = `#${id}`;
    document.querySelector("nav").append(link, " ");
  }
})();
