"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const template = document.getElementById("card");

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
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

  // Rank 1 to 10 is what recall@10 counts as found.
  function rank(number) {
    return element("span", number <= 1 ? "rank near" : number > 10 ? "rank far" : "rank", `#${number.toLocaleString("en")}`);
  }

  function caption({ text, similarity, rank: place }) {
    const item = element("li");
    const words = element("span", "text", text);
    words.dir = "auto";
    const numbers = element("span", "numbers", `${similarity.toFixed(3)} `);
    numbers.append(rank(place));
    item.append(words, numbers);
    return item;
  }

  function card(example) {
    const made = template.content.cloneNode(true);
    const find = (selector) => made.querySelector(selector);
    find("figure img").replaceWith(picture(example.picture));
    find(".name").textContent = data.pictures[example.picture].id;
    find(".own").append(...example.own.map(caption));
    if (example.captions.length === 0) find(".preferred-captions").remove();
    else find(".preferred-captions .captions").append(...example.captions.map(caption));
    if (example.pictures.length === 0) {
      find(".preferred-pictures").remove();
      return made;
    }
    find(".preferred-pictures h3").textContent =
      `Other pictures nearest to the first caption${example.pictureRank > 0 ? ` (its own is at #${example.pictureRank.toLocaleString("en")})` : ""}`;
    for (const other of example.pictures) {
      const item = element("li");
      item.append(picture(other.picture), element("span", "", `#${other.rank.toLocaleString("en")} · ${other.similarity.toFixed(3)}`));
      find(".thumbnails").append(item);
    }
    return made;
  }

  for (const part of ["best", "worst"]) {
    const section = document.getElementById(part);
    if (data[part].length === 0) section.querySelector(".cards").append(element("p", "soft", "None in this split."));
    else section.querySelector(".cards").append(...data[part].map(card));
  }
})();
