"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const tones = ["var(--good)", "var(--text)", "var(--bad)"];
  const shareColours = ["#1f77b4", "#35a7a0", "#c9a227", "#e0731d", "#c2357a"];  // The atlas has the same for ranks.
  const counted = (number) => number.toLocaleString("en");

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  const picture = (index, words) => enlargeable(data.pictures[index], words);

  const place = (number) => `#${counted(number)}`;

  // Of a true pair alone: green if it comes first. Ranks 1 to 10 are what recall@10 counts as found.
  function rank(number) {
    return element("span", number <= 1 ? "rank near" : number > 10 ? "rank far" : "rank", place(number));
  }

  // Green says "belongs to this picture", whatever its rank; a caption of another picture is never green.
  function caption({ text, similarity, rank: number }, own) {
    const item = element("li", own ? "own" : "");
    const words = element("span", "text", text);
    words.dir = "auto";
    const numbers = element("span", "numbers", `${similarity.toFixed(3)} `);
    const mark = element("span", own ? "rank near" : "rank", own ? `\u2713 ${place(number)}` : place(number));
    mark.title = own ? "a true caption of this picture" : "a caption of another picture";
    numbers.append(mark);
    item.append(words, numbers);
    return item;
  }

  function fillPictures(part, example) {
    if (example.pictures.length === 0) { part.remove(); return; }
    part.querySelector("h3").textContent = example.pictureRank === 1 ? "Next best pictures for this caption" : "For this caption the model preferred";
    const shown = example.pictures.map((other) => ({ ...other, own: false }));
    if (example.pictureRank > 0) shown.push({ picture: example.picture, similarity: example.own[0].similarity, rank: example.pictureRank, own: true });
    for (const other of shown.sort((a, b) => a.rank - b.rank)) {
      const item = element("li", other.own ? "own" : "");
      const words = `${place(other.rank)} for the caption \u201c${example.own[0].text}\u201d${other.own ? ": its own picture" : ""}`;
      item.append(picture(other.picture, words), element("span", "", `${other.own ? "\u2713 " : ""}${place(other.rank)} · ${other.similarity.toFixed(3)}`));
      part.querySelector(".thumbnails").append(item);
    }
  }

  function card(example) {
    const made = document.getElementById("card").content.cloneNode(true);
    const find = (selector) => made.querySelector(selector);
    find("figure img").replaceWith(picture(example.picture, example.own[0].text));
    find(".name").textContent = data.pictures[example.picture].id;
    const [about, ...others] = example.own;
    find("blockquote").textContent = about.text;
    find("blockquote").dir = "auto";
    const verdict = find(".verdict");
    if (example.pictureRank > 0) verdict.append("Picture ", rank(example.pictureRank), " for the caption, ");
    verdict.append("caption ", rank(about.rank), ` for the picture, similarity ${about.similarity.toFixed(3)}`);
    if (others.length === 0) find(".others").remove();
    else find(".others .captions").append(...others.map((other) => caption(other, true)));
    if (example.captions.length === 0) find(".preferred-captions").remove();
    else {
      find(".preferred-captions h3").textContent = about.rank === 1 ? "Nearest captions of other pictures" : "For this picture the model preferred";
      find(".preferred-captions .captions").append(...example.captions.map((other) => caption(other, false)));
    }
    fillPictures(find(".preferred-pictures"), example);
    return made;
  }

  function showShares() {
    const total = data.shares.reduce((sum, { count }) => sum + count, 0);
    if (total === 0) { document.querySelector(".shares").remove(); return; }
    data.shares.forEach(({ name, count }, i) => {
      const part = element("i"), item = element("li"), swatch = element("i");
      part.style.cssText = `flex: ${count} 0 0; background: ${shareColours[i % shareColours.length]}`;
      swatch.style.background = shareColours[i % shareColours.length];
      item.append(swatch, `${name}: ${((100 * count) / total).toFixed(1)}% (${counted(count)})`);
      if (count > 0) document.querySelector(".bar").append(part);
      document.querySelector(".shares .legend").append(item);
    });
  }

  const sections = data.sections.map(({ name, what, examples }, i) => {
    const made = document.getElementById("section").content.cloneNode(true).firstElementChild;
    made.id = name.toLowerCase().replace(/[^a-z]+/g, "-");
    made.style.setProperty("--tone", tones[i % tones.length]);
    made.querySelector("h2").textContent = name;
    made.querySelector(".what").textContent = what;
    if (examples.length === 0) made.querySelector(".cards").append(element("p", "soft", "None in this split."));
    else made.querySelector(".cards").append(...examples.map(card));
    document.querySelector("main").append(made);
    return made;
  });

  // One section, or all of them; the address remembers which.
  const filters = document.querySelector(".filters");
  function show(id) {
    const known = sections.some((section) => section.id === id);
    for (const section of sections) section.hidden = known && section.id !== id;
    for (const button of filters.children) button.setAttribute("aria-pressed", String(button.value === (known ? id : "")));
  }
  const offers = [["", "All", 0], ...sections.map((section, i) => [section.id, data.sections[i].name, data.sections[i].examples.length])];
  for (const [id, name, count] of offers) {
    const button = element("button", "", count > 0 ? `${name} (${counted(count)})` : name);
    button.type = "button";
    button.value = id;
    button.addEventListener("click", () => { history.replaceState(null, "", `#${id}`); show(id); scrollTo(0, 0); });
    filters.append(button);
  }
  showShares();
  show(location.hash.slice(1));
})();
