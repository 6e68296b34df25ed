"use strict";
(() => {
  const kOnPage = 50;
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const template = byId("card"), cards = document.querySelector(".cards"), filters = document.querySelector(".filters");
  const counted = (number) => number.toLocaleString("en");

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // Captions come in any language: each is laid out in its own direction.
  function words(name, className, text) {
    const made = element(name, className, text);
    made.dir = "auto";
    return made;
  }

  const picture = (index, text) => enlargeable(data.pictures[index], text);

  function list(part, items) {
    if (items.length === 0) part.remove();
    else part.querySelector("ul").append(...items);
  }

  function card(pair) {
    const made = template.content.cloneNode(true);
    const find = (selector) => made.querySelector(selector);
    find("figure img").replaceWith(picture(pair.picture, pair.caption));
    find(".name").textContent = data.pictures[pair.picture].id;
    find(".judged").textContent = pair.caption;
    find(".measured").textContent = pair.numbers;
    if (pair.planted) find(".measured").prepend(element("span", "planted", "planted"));
    list(find(".own"), pair.own.map((text) => words("li", "", text)));
    list(find(".others"), pair.captions.map((text) => words("li", "", text)));
    list(find(".preferred-pictures"), pair.pictures.map((index) => {
      const item = element("li");
      item.append(picture(index), data.pictures[index].id);
      return item;
    }));
    return made;
  }

  function twins({ pictures, captions, similarity }) {
    const made = element("article", "card pair");
    const sides = element("div", "twins");
    for (const side of [0, 1]) {
      const figure = element("figure");
      const caption = element("figcaption");
      caption.append(words("span", "", captions[side]), element("span", "name soft", data.pictures[pictures[side]].id));
      figure.append(picture(pictures[side], captions[side]), caption);
      sides.append(figure);
    }
    made.append(sides, element("p", "measured", `similarity ${similarity.toFixed(3)}`));
    return made;
  }

  // Case, accents and the width of letters make no difference.
  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const names = (indices) => indices.map((index) => data.pictures[index].id);
  const parts = data.sections.map(({ id, title, count, explanation, cards: entries }) => ({
    id, title, count, explanation, entries, make: card,
    text: (pair) => [pair.caption, ...pair.own, ...names([pair.picture])],
  }));
  parts.push({
    id: "twins", title: "Same caption, different pictures", count: data.twinsCount, explanation: data.twinsExplanation,
    entries: data.twins, make: twins, text: (pair) => [...pair.captions, ...names(pair.pictures)],
  });

  // What is shown; the address remembers it, so that a link leads to the same entries.
  const first = parts.find((part) => part.entries.length > 0) || parts[0];
  const state = { part: first, page: 0, search: "", planted: false };

  function matching() {
    const asked = folded(state.search).split(/\s+/).filter((word) => word !== "");
    return state.part.entries.filter((entry) => {
      if (state.planted && !entry.planted) return false;
      if (asked.length === 0) return true;
      const text = folded(state.part.text(entry).join(" "));
      return asked.every((word) => text.includes(word));
    });
  }

  function show() {
    const { part } = state, found = matching(), filtered = state.search.trim() !== "" || state.planted;
    const pages = Math.max(1, Math.ceil(found.length / kOnPage));
    state.page = Math.min(Math.max(state.page, 0), pages - 1);
    const begin = state.page * kOnPage, end = Math.min(begin + kOnPage, found.length);
    for (const link of filters.children) {
      if (link.dataset.part === part.id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    document.querySelector("main section").id = part.id;
    byId("heading").textContent = `${part.title}: ${counted(part.count)}`;
    const most = part.entries.length < part.count ? ` The page holds the first ${counted(part.entries.length)}.` : "";
    byId("explanation").textContent = part.explanation + most;
    byId("found").textContent = filtered ? `${counted(found.length)} of ${counted(part.entries.length)}` : "";
    const none = filtered ? "None of these holds all the words." : "None.";
    cards.replaceChildren(...(found.length > 0 ? found.slice(begin, end).map(part.make) : [element("p", "soft", none)]));
    document.querySelector(".pages").hidden = pages === 1;
    byId("place").textContent = `${counted(begin + 1)} to ${counted(end)} of ${counted(found.length)}`;
    byId("previous").disabled = state.page === 0;
    byId("next").disabled = state.page === pages - 1;
    const address = new URLSearchParams({ part: part.id });
    if (state.page > 0) address.set("page", state.page + 1);
    if (state.search !== "") address.set("search", state.search);
    if (state.planted) address.set("planted", "yes");
    history.replaceState(null, "", `#${address}`);
  }

  /** From "#part=hub&page=2&search=dog", or the name of a part alone: "#hub". */
  function readAddress() {
    const address = new URLSearchParams(location.hash.slice(1)), name = address.get("part") ?? location.hash.slice(1);
    state.part = parts.find(({ id }) => id === name) || first;
    state.page = Math.floor(Number(address.get("page") ?? 1)) - 1 || 0;
    state.search = address.get("search") ?? "";
    state.planted = address.get("planted") === "yes";
    byId("search").value = state.search;
    byId("planted").checked = state.planted;
    show();
  }

  function turnTo(page) {
    state.page = page;
    show();
    byId("heading").focus({ preventScroll: true });
    byId("heading").scrollIntoView();
  }

  for (const [name, text] of data.method) byId("method").append(element("dt", "", name), element("dd", "", text));
  for (const part of parts) {
    const link = element("a", "", part.title);
    link.href = `#${part.id}`;
    link.dataset.part = part.id;
    link.append(" ", element("span", "count", counted(part.count)));
    link.addEventListener("click", (event) => {
      event.preventDefault();
      state.part = part;
      state.page = 0;
      show();
    });
    filters.append(link);
  }
  byId("planted-choice").hidden = !parts.some((part) => part.entries.some((entry) => entry.planted));
  byId("search").addEventListener("input", (event) => { state.search = event.target.value; state.page = 0; show(); });
  byId("search").addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    state.search = event.target.value = "";
    state.page = 0;
    show();
    event.target.blur();
  });
  byId("planted").addEventListener("change", (event) => { state.planted = event.target.checked; state.page = 0; show(); });
  byId("previous").addEventListener("click", () => turnTo(state.page - 1));
  byId("next").addEventListener("click", () => turnTo(state.page + 1));
  addEventListener("hashchange", readAddress);
  readAddress();
})();
