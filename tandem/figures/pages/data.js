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

  function nothing(text) {
    return element("p", "soft", text);
  }

  function figure({ id, src, split, size, caption }) {
    const made = element("figure");
    const picture = element(src ? "img" : "div", src ? "" : "blank");
    if (src) {
      picture.src = src;
      picture.alt = id;
      picture.loading = "lazy";
    }
    const words = element("figcaption");
    const said = element("span", "caption", caption);
    said.dir = "auto";
    words.append(element("strong", "", split === "none" ? "no split" : split), ` · ${size} · ${id}`, said);
    made.append(picture, words);
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
  section("findings", ".findings").append(...data.findings.map(finding));
  section("duplicates", ".cards").append(...(data.groups.length ? data.groups.map(group) : [nothing("None found.")]));
  section("odd", ".pictures").append(...(data.odd.length ? data.odd.map(figure) : [nothing("None found.")]));
  section("numbers", ".tables").append(...data.tables.map(table));
})();
