"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const template = document.getElementById("card");
  const main = document.querySelector("main");

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

  function picture(index) {
    const { id, src } = data.pictures[index];
    if (!src) return element("div", "blank");
    const image = element("img");
    image.src = src;
    image.alt = id;
    image.title = id;
    image.loading = "lazy";
    return image;
  }

  function list(part, items) {
    if (items.length === 0) part.remove();
    else part.querySelector("ul").append(...items);
  }

  function card(pair) {
    const made = template.content.cloneNode(true);
    const find = (selector) => made.querySelector(selector);
    find("figure img").replaceWith(picture(pair.picture));
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
      figure.append(picture(pictures[side]), caption);
      sides.append(figure);
    }
    made.append(sides, element("p", "measured", `similarity ${similarity.toFixed(3)}`));
    return made;
  }

  function section(id, title, count, explanation, cards) {
    const made = element("section");
    made.id = id;
    const heading = element("h2", "", `${title}: ${count.toLocaleString("en")}`);
    heading.id = `${id}-heading`;
    made.setAttribute("aria-labelledby", heading.id);
    const shown = cards.length < count ? ` The first ${cards.length.toLocaleString("en")} are shown.` : "";
    const grid = element("div", "cards");
    grid.append(...(cards.length ? cards : [element("p", "soft", "None.")]));
    made.append(heading, element("p", "soft", explanation + shown), grid);
    main.append(made);
    const link = element("a", "", title);
    link.href = `#${id}`;
    link.append(" ", element("span", "count", count.toLocaleString("en")));
    document.querySelector("nav").append(link, " ");
  }

  for (const [name, text] of data.method) document.getElementById("method").append(element("dt", "", name), element("dd", "", text));
  for (const part of data.sections) section(part.id, part.title, part.count, part.explanation, part.cards.map(card));
  section("twins", "Same caption, different pictures", data.twinsCount, data.twinsExplanation, data.twins.map(twins));
})();
