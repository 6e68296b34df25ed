// Points in words: on the card at the pointer, in the panel, in lists, for a screen reader.

const counted = (number, one, many) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

function makeElement(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function makeTelling(data, thumbnails, goTo) {
  const caption = (p) => data.captions[p - data.images];

  function words(text, className = "words") {
    const made = makeElement("span", className, text === "" ? "(no words)" : text);
    made.dir = "auto";  // Right-to-left captions keep their direction among the others.
    return made;
  }

  const listsCaptions = (p) => data.isImage(p) && data.texts > 0;

  function rankFact(p) {
    if (data.texts === 0) return "";
    return data.isImage(p)
      ? `Its best caption is number ${data.rank(p).toLocaleString("en")} of ${data.texts.toLocaleString("en")} for this picture.`
      : `Its picture is number ${data.rank(p).toLocaleString("en")} of ${data.images.toLocaleString("en")} for this caption, similarity ${data.ownSimilarity(p).toFixed(3)}.`;
  }

  function groupFacts(p) {
    const facts = [];
    const label = data.labels && data.labels.names[data.labels.of[data.imageOf(p)]];
    if (label) facts.push(`Class: ${label}`);
    const verdict = data.verdicts && !data.isImage(p) && data.verdicts.names[data.verdicts.of[p - data.images]];
    if (verdict) facts.push(`Audit: ${verdict}`);
    return facts;
  }

  function inWords(p) {
    return data.isImage(p) ? `Picture ${data.ids[p]}` : `Caption: ${caption(p)}`;
  }

  /** One line of a list: what the point is and a number beside it. */
  function content(p, number) {
    const row = makeElement("span", "row");
    row.style.flex = "1";
    row.style.minWidth = "0";
    if (data.isImage(p)) {
      const text = makeElement("span", "beside"), captions = data.captionsOf(p);
      if (captions.length > 0) text.append(words(caption(captions[0]), "words clamped"));
      text.append(makeElement("span", "name", data.ids[p]));
      row.append(thumbnails.element(p, "tiny"), text);
    } else row.append(words(caption(p)));
    if (number !== undefined) row.append(makeElement("span", "number", number));
    return row;
  }

  function item(p, number, isOwn = false) {
    const button = makeElement("button", isOwn ? "own" : "");
    button.type = "button";
    button.dataset.point = p;
    button.append(content(p, number));
    button.addEventListener("click", () => goTo(p));
    const made = makeElement("li");
    made.append(button);
    return made;
  }

  /** Fills a list, a hundred at a time. */
  function fillList(list, points, number) {
    list.replaceChildren();
    const extend = (begin) => {
      const end = Math.min(begin + 100, points.length);
      for (const p of points.slice(begin, end)) list.append(item(p, number && number(p)));
      if (end === points.length) return;
      const more = makeElement("button", "more", `${(points.length - end).toLocaleString("en")} more`);
      more.type = "button";
      const line = makeElement("li");
      line.append(more);
      list.append(line);
      more.addEventListener("click", () => {
        line.remove();
        extend(end);
        list.children[end].firstChild.focus();
      });
    };
    extend(0);
  }

  const preferred = (p) => data.nearest(p).map(({ point, similarity }) => ({
    point, similarity, isOwn: data.imageOf(point) === data.imageOf(p),
  }));

  function fillCard(card, p) {
    const image = data.imageOf(p);
    const head = makeElement("div", "head");
    head.append(thumbnails.element(image, "big"));
    const text = data.isImage(p) ? makeElement("div") : words(caption(p));
    if (data.isImage(p)) {
      const captions = data.captionsOf(image);
      for (const c of captions.slice(0, 2)) { const line = makeElement("p"); line.append(words(caption(c), "words clamped")); text.append(line); }
      if (captions.length > 2) text.append(makeElement("p", "name", `and ${captions.length - 2} more`));
    }
    head.append(text);
    card.replaceChildren(head, makeElement("p", "name", data.ids[image]), makeElement("p", "fact", rankFact(p)));
    card.append(makeElement("h3", "soft", listsCaptions(p) ? "Nearest captions" : "Nearest pictures"));
    if (listsCaptions(p)) {
      for (const { point, similarity, isOwn } of preferred(p).slice(0, 3)) {
        const row = makeElement("div", isOwn ? "row own" : "row");
        row.append(words(caption(point), "words clamped"), makeElement("span", "number", similarity.toFixed(3)));
        card.append(row);
      }
    } else {
      const row = makeElement("div", "row");
      for (const { point } of preferred(p).slice(0, 5)) row.append(thumbnails.element(point, "tiny"));
      card.append(row);
    }
  }

  function fillDetails(details, p, actions) {
    const image = data.imageOf(p);
    const head = makeElement("div", "head"), text = makeElement("div");
    if (!data.isImage(p)) { const line = makeElement("p", "words"); line.append(words(caption(p))); text.append(line); }
    text.append(makeElement("p", data.isImage(p) ? "words name" : "name", data.ids[image]), makeElement("p", "fact", rankFact(p)));
    for (const fact of groupFacts(p)) text.append(makeElement("p", "fact", fact));
    head.append(thumbnails.element(image, "big"), text);
    const buttons = makeElement("div", "line buttons");
    for (const [name, act] of actions) {
      const button = makeElement("button", "small", name);
      button.type = "button";
      button.addEventListener("click", act);
      buttons.append(button);
    }
    const list = (heading, className, items) => {
      const made = makeElement("ol", "list");
      made.setAttribute("aria-label", heading);
      made.append(...items);
      return [makeElement("h3", className, heading), made];
    };
    const captions = data.captionsOf(image);
    const own = data.texts === 0 ? [] : data.isImage(p)
      ? list("Its captions, and the rank of the picture for each", "", captions.map((c) => item(c, `#${data.rank(c).toLocaleString("en")} · ${data.ownSimilarity(c).toFixed(3)}`)))
      : list("Its picture", "", [item(image, `#${data.rank(p).toLocaleString("en")} · ${data.ownSimilarity(p).toFixed(3)}`, true)]);
    const preferredName = listsCaptions(p) ? "Captions the model prefers" : data.texts > 0 ? "Pictures the model prefers" : "Nearest pictures";
    const model = list(preferredName, "",
      preferred(p).map(({ point, similarity, isOwn }) => item(point, `${isOwn ? "✓ " : ""}${similarity.toFixed(3)}`, isOwn)));
    details.replaceChildren(head, buttons, ...model, ...own);
  }

  return { inWords, rankFact, groupFacts, fillList, fillCard, fillDetails };
}
