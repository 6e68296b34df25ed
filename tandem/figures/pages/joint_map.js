"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const images = data.images;  // {x, y, id, src}
  const texts = data.texts;    // {x, y, caption, image}
  const captionsOf = images.map(() => []);
  texts.forEach((text, t) => captionsOf[text.image].push(t));

  const canvas = document.getElementById("map");
  const card = document.getElementById("card");
  const search = document.getElementById("search");
  const results = document.getElementById("results");
  const found = document.getElementById("found");
  const pen = canvas.getContext("2d");
  const dark = matchMedia("(prefers-color-scheme: dark)");

  document.getElementById("image-count").textContent = `picture (${images.length})`;
  document.getElementById("text-count").textContent = `caption (${texts.length})`;

  // Points: pictures first, then captions.
  const points = images.concat(texts);
  const isImage = (p) => p < images.length;
  const imageOf = (p) => (isImage(p) ? p : points[p].image);

  const low = { x: Infinity, y: Infinity }, high = { x: -Infinity, y: -Infinity };
  for (const point of points) {
    low.x = Math.min(low.x, point.x); low.y = Math.min(low.y, point.y);
    high.x = Math.max(high.x, point.x); high.y = Math.max(high.y, point.y);
  }

  let width = 0, height = 0, scale = 1, home = 1;
  let centre = { x: 0, y: 0 };
  let hovered = -1, kept = -1;
  let matches = null;  // Set of points the search found, or null

  const screenX = (point) => width / 2 + (point.x - centre.x) * scale;
  const screenY = (point) => height / 2 - (point.y - centre.y) * scale;

  function showAll() {
    centre = { x: (low.x + high.x) / 2, y: (low.y + high.y) / 2 };
    const extentX = Math.max(high.x - low.x, 1e-9), extentY = Math.max(high.y - low.y, 1e-9);
    home = scale = Math.min((width - 48) / extentX, (height - 48) / extentY);
    redraw();
  }

  function zoomAt(x, y, factor) {
    const next = Math.min(Math.max(scale * factor, home / 2), home * 400);
    centre.x += (x - width / 2) * (1 / scale - 1 / next);
    centre.y -= (y - height / 2) * (1 / scale - 1 / next);
    scale = next;
    redraw();
  }

  // Drawing happens once a frame, however many events ask for it.
  let waiting = false;
  function redraw() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(); });
  }

  function colours() {
    const style = getComputedStyle(document.documentElement);
    const named = (name) => style.getPropertyValue(name).trim();
    return { image: named("--image"), text: named("--text"), soft: named("--soft"), paper: named("--paper"), ink: named("--ink") };
  }

  function marks() {
    const grow = Math.min(Math.sqrt(scale / home), 3);
    const limit = (value, least, most) => Math.min(Math.max(value, least), most);
    return {
      image: limit(100 / Math.sqrt(images.length), 2.4, 7) * limit(grow, 1, 2.4),
      text: limit(110 / Math.sqrt(texts.length || 1), 2, 6.5) * limit(grow, 1, 2.2),
      line: limit((10 * grow) / Math.sqrt(texts.length || 1), 0.08, 0.5),
    };
  }

  function triangle(x, y, r) {
    pen.moveTo(x, y - r);
    pen.lineTo(x + r * 0.866, y + r / 2);
    pen.lineTo(x - r * 0.866, y + r / 2);
    pen.closePath();
  }

  function trace(p, r) {
    const x = screenX(points[p]), y = screenY(points[p]);
    if (isImage(p)) { pen.moveTo(x + r, y); pen.arc(x, y, r, 0, 2 * Math.PI); } else { triangle(x, y, r * 1.1); }
  }

  function outside(point, margin) {
    const x = screenX(point), y = screenY(point);
    return x < -margin || y < -margin || x > width + margin || y > height + margin;
  }

  function draw() {
    const tone = colours(), size = marks();
    const ratio = window.devicePixelRatio || 1;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const chosen = hovered >= 0 ? hovered : kept;
    const quiet = matches !== null || chosen >= 0;

    pen.strokeStyle = tone.soft;
    pen.lineWidth = 1;
    pen.globalAlpha = quiet ? size.line * 0.5 : size.line;
    for (const text of texts) {
      pen.beginPath();
      pen.moveTo(screenX(text), screenY(text));
      pen.lineTo(screenX(images[text.image]), screenY(images[text.image]));
      pen.stroke();
    }
    const textAlpha = Math.min(Math.max(40 / Math.sqrt(texts.length || 1), 0.4), 0.9);
    const imageAlpha = Math.min(Math.max(30 / Math.sqrt(images.length), 0.6), 0.95);
    for (let i = 0; i < points.length; ++i) {
      const p = i < texts.length ? images.length + i : i - texts.length;  // captions first, pictures over them
      if (outside(points[p], 20)) continue;
      const listed = matches === null || matches.has(p);
      pen.globalAlpha = (isImage(p) ? imageAlpha : textAlpha) * (listed ? 1 : 0.12);
      pen.fillStyle = isImage(p) ? tone.image : tone.text;
      pen.beginPath();
      trace(p, isImage(p) ? size.image : size.text);
      pen.fill();
    }
    if (matches !== null) {
      pen.globalAlpha = 0.95;
      for (const p of matches) {
        pen.fillStyle = isImage(p) ? tone.image : tone.text;
        pen.beginPath();
        trace(p, (isImage(p) ? size.image : size.text) * 1.25);
        pen.fill();
      }
    }
    if (chosen >= 0) drawPair(chosen, tone, size);
    pen.globalAlpha = 1;
  }

  function drawPair(chosen, tone, size) {
    const image = imageOf(chosen);
    const partners = isImage(chosen) ? captionsOf[image].map((t) => images.length + t) : [chosen];
    const siblings = isImage(chosen) ? [] : captionsOf[image].map((t) => images.length + t).filter((p) => p !== chosen);
    const join = (list, alpha, lineWidth) => {
      pen.globalAlpha = alpha;
      pen.strokeStyle = tone.ink;
      pen.lineWidth = lineWidth;
      for (const p of list) {
        pen.beginPath();
        pen.moveTo(screenX(points[p]), screenY(points[p]));
        pen.lineTo(screenX(images[image]), screenY(images[image]));
        pen.stroke();
      }
    };
    join(siblings, 0.35, 1);
    join(partners, 0.9, 1.6);
    for (const p of siblings.concat(partners, [image])) {
      const strong = p === chosen || p === image || partners.includes(p);
      const r = Math.max((isImage(p) ? size.image : size.text) * 1.6, 5.5) * (p === chosen ? 1.25 : 1);
      pen.globalAlpha = strong ? 1 : 0.75;
      pen.fillStyle = isImage(p) ? tone.image : tone.text;
      pen.strokeStyle = tone.paper;
      pen.lineWidth = 1.5;
      pen.beginPath();
      trace(p, r);
      pen.fill();
      pen.stroke();
    }
  }

  function pointAt(x, y) {
    const reach = 12;
    let best = -1, bestDistance = reach * reach;
    for (let p = 0; p < points.length; ++p) {
      if (matches !== null && !matches.has(p)) continue;
      const dx = screenX(points[p]) - x, dy = screenY(points[p]) - y;
      const distance = dx * dx + dy * dy;
      if (distance < bestDistance) { best = p; bestDistance = distance; }
    }
    return best;
  }

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function fillCard(p) {
    const image = images[imageOf(p)];
    card.replaceChildren();
    if (image.src) {
      const picture = element("img");
      picture.src = image.src;
      picture.alt = image.id;
      card.append(picture);
    } else {
      card.append(element("div", "blank"));
    }
    card.append(element("p", "name", image.id));
    const list = element("ul");
    for (const t of captionsOf[imageOf(p)]) {
      const item = element("li", images.length + t === p ? "this" : "", texts[t].caption);
      item.dir = "auto";
      list.append(item);
    }
    card.append(list);
  }

  function placeCard() {
    const chosen = hovered >= 0 ? hovered : kept;
    card.hidden = chosen < 0;
    if (chosen < 0) return;
    card.classList.toggle("kept", hovered < 0);
    const x = screenX(points[chosen]), y = screenY(points[chosen]);
    const right = x + 18 + card.offsetWidth <= width - 8;
    const left = right ? x + 18 : x - 18 - card.offsetWidth;
    card.style.left = `${Math.min(Math.max(left, 8), Math.max(width - card.offsetWidth - 8, 8))}px`;
    card.style.top = `${Math.min(Math.max(y - card.offsetHeight / 2, 8), Math.max(height - card.offsetHeight - 8, 8))}px`;
  }

  function choose(hoverPoint, keptPoint) {
    if (hoverPoint === hovered && keptPoint === kept) return;
    hovered = hoverPoint;
    kept = keptPoint;
    const chosen = hovered >= 0 ? hovered : kept;
    if (chosen >= 0) fillCard(chosen);
    placeCard();
    redraw();
  }

  function goTo(p) {
    if (outside(points[p], -40)) centre = { x: points[p].x, y: points[p].y };
    choose(-1, p);
    placeCard();
    redraw();
  }

  // Pointers: one drags, two pinch.
  const held = new Map();
  let travelled = 0;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    held.set(event.pointerId, at(event));
    if (held.size === 1) travelled = 0;
  });
  canvas.addEventListener("pointermove", (event) => {
    const now = at(event);
    if (!held.has(event.pointerId)) {
      const p = pointAt(now.x, now.y);
      canvas.classList.toggle("over", p >= 0);
      choose(p, kept);
      return;
    }
    const before = held.get(event.pointerId);
    if (held.size === 1) {
      travelled += Math.hypot(now.x - before.x, now.y - before.y);
      if (travelled > 4) {
        canvas.classList.add("dragging");
        centre.x -= (now.x - before.x) / scale;
        centre.y += (now.y - before.y) / scale;
        choose(-1, kept);
        placeCard();
        redraw();
      }
    } else if (held.size === 2) {
      travelled = Infinity;
      const other = [...held.entries()].find(([id]) => id !== event.pointerId)[1];
      const apart = Math.hypot(before.x - other.x, before.y - other.y) || 1;
      zoomAt((now.x + other.x) / 2, (now.y + other.y) / 2, Math.hypot(now.x - other.x, now.y - other.y) / apart);
      placeCard();
    }
    held.set(event.pointerId, now);
  });
  const release = (event) => {
    if (!held.delete(event.pointerId)) return;
    canvas.classList.remove("dragging");
    if (event.type === "pointerup" && held.size === 0 && travelled <= 4) {
      const now = at(event);
      choose(-1, pointAt(now.x, now.y));
    }
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => choose(-1, kept));
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const now = at(event);
    const lines = event.deltaMode === 1 ? 16 : 1;
    zoomAt(now.x, now.y, Math.exp(-event.deltaY * lines * 0.0016));
    placeCard();
  }, { passive: false });

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = 60 / scale;
    const list = matches === null ? points.map((_, p) => p).slice(images.length) : [...matches].filter((p) => !isImage(p));
    const next = (by) => {
      if (list.length === 0) return;
      const here = list.indexOf(kept);
      goTo(list[here < 0 ? 0 : (here + by + list.length) % list.length]);
    };
    const actions = {
      ArrowLeft: () => { centre.x -= step; }, ArrowRight: () => { centre.x += step; },
      ArrowUp: () => { centre.y += step; }, ArrowDown: () => { centre.y -= step; },
      "+": () => zoomAt(width / 2, height / 2, 1.3), "=": () => zoomAt(width / 2, height / 2, 1.3),
      "-": () => zoomAt(width / 2, height / 2, 1 / 1.3), 0: showAll,
      n: () => next(1), p: () => next(-1), Escape: () => choose(-1, -1),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
    placeCard();
    redraw();
  });
  document.getElementById("zoom-in").addEventListener("click", () => { zoomAt(width / 2, height / 2, 1.5); placeCard(); });
  document.getElementById("zoom-out").addEventListener("click", () => { zoomAt(width / 2, height / 2, 1 / 1.5); placeCard(); });
  document.getElementById("zoom-all").addEventListener("click", () => { showAll(); placeCard(); });

  const folded = texts.map((text) => text.caption.normalize("NFKC").toLowerCase());
  const shown = 60;
  function runSearch() {
    const words = search.value.normalize("NFKC").toLowerCase().split(/\s+/).filter((word) => word !== "");
    results.replaceChildren();
    if (words.length === 0) {
      matches = null;
      found.textContent = "";
      redraw();
      return;
    }
    const hits = [];
    folded.forEach((caption, t) => { if (words.every((word) => caption.includes(word))) hits.push(t); });
    matches = new Set();
    for (const t of hits) { matches.add(images.length + t); matches.add(texts[t].image); }
    const count = hits.length === 1 ? "1 caption" : `${hits.length} captions`;
    found.textContent = hits.length > shown ? `${count}, the first ${shown} listed` : hits.length === 0 ? "No caption has all of these words." : count;
    for (const t of hits.slice(0, shown)) {
      const button = element("button", "", texts[t].caption);
      button.type = "button";
      button.dir = "auto";
      button.addEventListener("click", () => goTo(images.length + t));
      const item = element("li");
      item.append(button);
      results.append(item);
    }
    if (kept >= 0 && !matches.has(kept)) choose(-1, -1);
    redraw();
  }
  search.addEventListener("input", runSearch);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || search.value === "") return;
    search.value = "";
    runSearch();
  });

  function resize() {
    const first = width === 0;
    const before = { width, height };
    width = canvas.clientWidth;
    height = canvas.clientHeight;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const atHome = Math.abs(scale - home) < home * 1e-6;
    if (first || (atHome && (before.width !== width || before.height !== height))) showAll();
    placeCard();
    redraw();
  }
  new ResizeObserver(resize).observe(canvas);
  dark.addEventListener("change", redraw);
  resize();

  // A link may carry a search: page.html#beach
  const asked = decodeURIComponent(location.hash.slice(1));
  if (asked) { search.value = asked; runSearch(); }
})();
