"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const large = document.getElementById("large");
  let shown = { query: 0, hit: 0 };

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function picture(index) {
    const { id, src } = data.pictures[index];
    if (!src) return element("div", "blank", "no picture");
    const image = element("img");
    image.src = src;
    image.alt = id;
    return image;
  }

  function fillFacts(part, query, hit) {
    part.querySelector(".rank").textContent = `#${hit + 1}`;
    part.querySelector(".similarity").textContent = `similarity ${query.hits[hit].similarity.toFixed(3)}`;
    part.querySelector(".name").textContent = data.pictures[query.hits[hit].picture].id;
  }

  function item(query, queryIndex, hit) {
    const made = document.getElementById("hit").content.cloneNode(true).firstElementChild;
    const { picture: index, captions } = query.hits[hit];
    const open = made.querySelector(".open");
    open.append(picture(index));
    open.setAttribute("aria-label", `Enlarge ${data.pictures[index].id}`);
    open.addEventListener("click", () => enlarge(queryIndex, hit));
    fillFacts(made, query, hit);
    const caption = made.querySelector(".caption");
    if (captions.length === 0) caption.remove();
    else {
      caption.textContent = captions[0];
      caption.dir = "auto";
    }
    return made;
  }

  function section(query, index) {
    const made = document.getElementById("query").content.cloneNode(true).firstElementChild;
    made.id = `query-${index + 1}`;
    made.classList.toggle("finds-captions", query.findsCaptions);
    const asked = made.querySelector(".asked");
    asked.classList.toggle("words", query.picture < 0);
    if (query.picture >= 0) asked.prepend(picture(query.picture));
    asked.querySelector("h2").textContent = query.words;
    asked.querySelector("h2").dir = "auto";
    asked.querySelector("p").textContent = query.note;
    made.querySelector(".hits").append(...query.hits.map((_, hit) => item(query, index, hit)));
    if (query.hits.length === 0) made.append(element("p", "soft", "Nothing was found."));
    return made;
  }

  function enlarge(queryIndex, hit) {
    const query = data.queries[queryIndex];
    shown = { query: queryIndex, hit };
    large.querySelector(".stage").replaceChildren(picture(query.hits[hit].picture));
    fillFacts(large, query, hit);
    large.querySelector(".captions").replaceChildren(
      ...query.hits[hit].captions.map((text) => {
        const line = element("li", "text", text);
        line.dir = "auto";
        return line;
      }),
    );
    large.querySelector(".previous").disabled = hit === 0;
    large.querySelector(".next").disabled = hit + 1 === query.hits.length;
    if (!large.open) large.showModal();
  }

  function move(step) {
    const hit = shown.hit + step;
    if (hit >= 0 && hit < data.queries[shown.query].hits.length) enlarge(shown.query, hit);
  }

  large.querySelector(".previous").addEventListener("click", () => move(-1));
  large.querySelector(".next").addEventListener("click", () => move(1));
  large.querySelector(".close").addEventListener("click", () => large.close());
  large.addEventListener("click", (event) => {
    if (event.target === large) large.close();
  });
  large.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") move(-1);
    if (event.key === "ArrowRight") move(1);
  });

  const sections = data.queries.map(section);
  document.querySelector("main").append(...sections);
  if (sections.length > 1) {
    document.querySelector(".queries").append(
      ...data.queries.map((query, index) => {
        const link = element("a", "", query.words);
        link.href = `#query-${index + 1}`;
        return link;
      }),
    );
  }
})();
