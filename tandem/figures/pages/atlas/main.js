// Joins the parts: one state, one drawing a frame.

const byId = (id) => document.getElementById(id);
const data = readData(byId("data"));
const view = makeView(data.places);
const canvas = byId("map"), card = byId("card"), details = byId("details");
const narrow = matchMedia("(max-width: 760px)");

const asked = new URLSearchParams(location.search).get("renderer");  // "webgl" or "canvas"; otherwise whichever is quick
const points = (asked !== "canvas" && makeWebglPoints(byId("points"), data, asked === "webgl")) || makeCanvasPoints(freshCanvas(byId("points")), data);
document.documentElement.dataset.renderer = points.name;

/** A canvas that was once asked for WebGL gives no other context. */
function freshCanvas(used) {
  const fresh = used.cloneNode(false);
  used.replaceWith(fresh);
  return fresh;
}

const index = makePointIndex(data.places, view);
const colouring = makeColouring(data);
const thumbnails = makeThumbnails(data, view, redraw);
const landscape = makeLandscape(data.landscape, view);
const overlay = makeOverlay(canvas, data, view, thumbnails, landscape);
const flight = makeFlight(view, redraw);
const telling = makeTelling(data, thumbnails, goTo);
const search = makeSearch(data);
const listing = makeListing(data, view, index, telling, { list: byId("listed"), heading: byId("listed-heading"), kind: byId("listed-kind") });
const isLit = (p) => colouring.lit[p] === 1;

let mode = "modality";
let hovered = -1, kept = -1;
let found = null;             // points whose captions hold the words, in order; null: nobody asked
let foundSet = null;          // those and their pictures
let selection = new Set();
let lassoing = false, lasso = [];
let showThumbnails = true, showRegions = true;
let thumbnailsShown = [];

byId("image-count").textContent = counted(data.images, "picture", "pictures");
byId("text-count").textContent = counted(data.texts, "caption", "captions");
byId("text-count").parentElement.hidden = data.texts === 0;
byId("search-part").hidden = data.texts === 0;

// Colours come from the style sheet, so that light and dark are said in one place.
let cssColours = new Map();
function css(name) {
  if (!cssColours.has(name)) cssColours.set(name, getComputedStyle(document.documentElement).getPropertyValue(name).trim());
  return cssColours.get(name);
}
const colourOf = (p) => colouring.groups()[colouring.group[p]].colour;

// Drawing happens once a frame, however many events ask for it.
let waiting = false;
function redraw() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    if (printing) return;  // What stands on the paper stays.
    drawNow();
    if (!performance.getEntriesByName("atlas-drawn").length) performance.mark("atlas-drawn");
    if (flight.isOn()) return;
    listing.wait(isLit);
    rememberState();
  });
}
function drawNow() {
  const sizes = pointSizes(data, view), ratio = pixelRatio();
  points.draw(view, sizes, ratio, css("--paper"));
  thumbnailsShown = overlay.draw({
    index, lit: colouring.lit, selection, chosen: chosen(), lasso, showThumbnails, showRegions, colourOf, css, sizes, ratio,
  });
  placeCard();
}
const pixelRatio = () => Math.min(window.devicePixelRatio || 1, 2);
const chosen = () => (hovered >= 0 ? hovered : kept);

/** After anything that changes colours or which points stand out. */
function recolour() {
  const sets = [foundSet, selection.size > 0 ? selection : null];
  const all = colouring.light(sets);
  points.setColours(colouring.bytes(), all);
  redraw();
}

function setMode(next) {
  mode = next;
  byId("colour").value = next;
  colouring.paint(mode, css);
  const legend = byId("legend");
  legend.replaceChildren();
  colouring.groups().forEach(({ name, colour, count }, g) => {
    if (count === 0) return;
    const button = makeElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    const swatch = makeElement("i");
    swatch.style.background = colour;
    button.append(swatch, makeElement("span", "", name), makeElement("small", "soft", count.toLocaleString("en")));
    button.addEventListener("click", () => {
      colouring.singleOut(g);
      legend.querySelectorAll("button").forEach((other) => other.setAttribute("aria-pressed", String(other === button && colouring.only() === g)));
      recolour();
    });
    const item = makeElement("li");
    item.append(button);
    legend.append(item);
  });
  recolour();
}
for (const [value, { name }] of Object.entries(colouring.modes)) {
  const option = makeElement("option", "", name);
  option.value = value;
  byId("colour").append(option);
}
byId("colour").addEventListener("change", (event) => setMode(event.target.value));

// Pointing and choosing.
function pointAt(x, y) {
  for (let i = thumbnailsShown.length - 1; i >= 0; --i) {
    const shown = thumbnailsShown[i];
    if (x >= shown.x && y >= shown.y && x <= shown.x + shown.width && y <= shown.y + shown.height) return shown.image;
  }
  return index.nearest(view.worldX(x), view.worldY(y), 12 / view.scale, (p) => colouring.lit[p] === 1);
}

function fillDetails() {
  details.hidden = kept < 0;
  if (kept < 0) return;
  telling.fillDetails(details, kept, [
    [selection.has(kept) ? "Take out of the selection" : "Select", () => toggleSelected(kept)],
    ["Show on the map", () => flyTo([kept])],
    ["Close", () => choose(-1, -1)],
  ]);
}

function choose(hoverPoint, keptPoint) {
  if (hoverPoint === hovered && keptPoint === kept) return;
  const keptBefore = kept;
  hovered = hoverPoint;
  kept = keptPoint;
  if (kept !== keptBefore) {
    fillDetails();
    byId("status").textContent = kept < 0 ? "" : [telling.inWords(kept), telling.rankFact(kept), ...telling.groupFacts(kept)].join("\n");
  }
  if (cardPoint() >= 0) telling.fillCard(card, cardPoint());
  redraw();
}

function goTo(p) {
  if (!view.shows(p, -40)) flight.to({ x: data.places[2 * p], y: data.places[2 * p + 1], scale: view.scale });
  choose(-1, p);
  redraw();
}

// The card follows the pointer. Where there is no room beside the map there is none: the panel below tells the same.
const cardPoint = () => (narrow.matches ? -1 : hovered);
function placeCard() {
  const p = cardPoint();
  card.hidden = p < 0 || lasso.length > 0;
  if (card.hidden) return;
  const x = view.screenX(p), y = view.screenY(p), inside = (value, most) => Math.max(Math.min(value, most), 8);
  const right = x + 22 + card.offsetWidth <= view.width - 8;
  card.style.left = `${inside(right ? x + 22 : x - 22 - card.offsetWidth, view.width - card.offsetWidth - 8)}px`;
  card.style.top = `${inside(y - card.offsetHeight / 2, view.height - card.offsetHeight - 8)}px`;
}

// Searching.
const kNearestFlight = 8;  // zoom: whoever flies to a single point still sees what is around it
const flyTo = (list) => flight.to(view.windowOf(list, kNearestFlight));
const flyToFound = () => { if (found !== null && found.length > 0) flyTo([...foundSet]); };

function runSearch() {
  found = search(byId("search").value);
  foundSet = found === null ? null : new Set(found.flatMap((p) => [p, data.imageOf(p)]));
  byId("found").textContent = found === null ? "" : found.length === 0 ? "No caption has all of these words." : counted(found.length, "caption", "captions");
  byId("select-found").hidden = found === null || found.length === 0;
  telling.fillList(byId("results"), found || []);
  if (kept >= 0 && foundSet !== null && !foundSet.has(kept)) choose(-1, -1);
  recolour();
}
function clearSearch() {
  byId("search").value = "";
  runSearch();
}
let searchTimer = 0, flightTimer = 0;
byId("search").addEventListener("input", () => {
  clearTimeout(searchTimer);
  clearTimeout(flightTimer);
  searchTimer = setTimeout(runSearch, data.texts > 20000 ? 120 : 0);
  flightTimer = setTimeout(flyToFound, 400);  // once the typing rests
});
byId("search").addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    event.preventDefault();  // A browser would empty the box: the words stay, and a second Escape takes them away.
    canvas.focus();
  } else if (event.key === "Enter") {
    event.preventDefault();
    clearTimeout(searchTimer);
    clearTimeout(flightTimer);
    runSearch();
    if (found === null || found.length === 0) return;
    choose(-1, found[0]);
    flyToFound();
    canvas.focus();
  }
});
byId("select-found").addEventListener("click", () => select([...found]));

// Selecting.
function select(list) {
  selection = new Set(list);
  const images = list.filter(data.isImage).length;
  byId("selection").hidden = selection.size === 0;
  byId("selection-heading").textContent = `Selected: ${counted(images, "picture", "pictures")}, ${counted(list.length - images, "caption", "captions")}`;
  byId("status").textContent = selection.size === 0 ? "Nothing is selected." : byId("selection-heading").textContent;
  telling.fillList(byId("selected"), list);
  fillDetails();
  recolour();
}
function toggleSelected(p) {
  const next = new Set(selection);
  if (!next.delete(p)) next.add(p);
  select([...next].sort((a, b) => a - b));
}
byId("clear-selection").addEventListener("click", () => { select([]); canvas.focus(); });
byId("save-csv").addEventListener("click", () => saveFile("selected.csv", "text/csv", csvOfPoints([...selection], data)));
byId("save-ids").addEventListener("click", () => saveFile("selected.txt", "text/plain", idsOfPoints([...selection], data)));

function setLassoing(on) {
  lassoing = on;
  canvas.classList.toggle("lasso", on);
  byId("lasso").setAttribute("aria-pressed", String(on));
}
byId("lasso").addEventListener("click", () => setLassoing(!lassoing));
function setThumbnails(on) {
  showThumbnails = on;
  byId("show-thumbnails").setAttribute("aria-pressed", String(on));
  redraw();
}
byId("show-thumbnails").addEventListener("click", () => setThumbnails(!showThumbnails));
function setRegions(on) {
  showRegions = on;
  byId("show-regions").setAttribute("aria-pressed", String(on));
  redraw();
}
byId("show-regions").addEventListener("click", () => setRegions(!showRegions));
byId("listed-kind").addEventListener("change", () => listing.refresh(isLit));

// The names of the widest regions, for those who do not see them on the map.
for (const region of landscape.regions.filter(({ depth }) => depth === 0)) {
  const button = makeElement("button"), item = makeElement("li");
  button.type = "button";
  button.append(makeElement("span", "", region.words), makeElement("small", "soft", region.count.toLocaleString("en")));
  button.addEventListener("click", () => flight.to({ x: region.x, y: region.y, scale: view.home * 3 }));
  item.append(button);
  byId("regions").append(item);
}
byId("regions-part").hidden = byId("regions").children.length === 0;
byId("show-regions").hidden = data.landscape.regions.length + data.landscape.contours.length === 0;

// Moving.
function zoomBy(factor, x = view.width / 2, y = view.height / 2) { flight.stop(); view.zoomAt(x, y, factor); redraw(); }
function moveBy(dx, dy) { flight.stop(); view.moveBy(dx, dy); if (hovered >= 0) choose(-1, kept); redraw(); }
function showAll() { flight.to(view.homePlace()); }
byId("zoom-in").addEventListener("click", () => zoomBy(1.5));
byId("zoom-out").addEventListener("click", () => zoomBy(1 / 1.5));
byId("zoom-all").addEventListener("click", showAll);

/** The next point of the list somebody is looking through: what is selected, what was found, or every caption. */
function step(by) {
  const list = selection.size > 0 ? [...selection] : found !== null ? found : null;
  const size = list === null ? data.count : list.length;
  if (size === 0) return;
  const first = list === null ? data.images % data.count : 0;
  const here = list === null ? kept : list.indexOf(kept);
  const next = here < 0 ? first : (here + by + size) % size;
  goTo(list === null ? next : list[next]);
}
function goToOtherHalf() {
  if (kept < 0) return;
  const other = data.isImage(kept) ? data.captionsOf(kept)[0] : data.imageOf(kept);
  if (other !== undefined) goTo(other);
}

listenToGestures(canvas, {
  isLasso: () => lassoing,
  move: moveBy,
  zoom: (x, y, factor) => zoomBy(factor, x, y),
  point(x, y) {
    const p = pointAt(x, y);
    canvas.classList.toggle("over", p >= 0);
    choose(p, kept);
  },
  choose(x, y) { choose(-1, pointAt(x, y)); },
  draw(line) { lasso = line; hovered = -1; redraw(); },
  drawn(line, adding) {
    const world = line.map((value, i) => (i % 2 === 0 ? view.worldX(value) : view.worldY(value)));
    const wanted = (p) => (colouring.only() < 0 || colouring.group[p] === colouring.only()) && (foundSet === null || foundSet.has(p));
    const inside = index.inside(world, wanted);
    setLassoing(false);
    select(adding ? [...new Set([...selection, ...inside])].sort((a, b) => a - b) : inside);
  },
  keys: {
    ArrowLeft: () => moveBy(60, 0), ArrowRight: () => moveBy(-60, 0), ArrowUp: () => moveBy(0, 60), ArrowDown: () => moveBy(0, -60),
    "+": () => zoomBy(1.3), "=": () => zoomBy(1.3), "-": () => zoomBy(1 / 1.3), 0: showAll,
    n: () => step(1), p: () => step(-1), o: goToOtherHalf, " ": () => { if (kept >= 0) toggleSelected(kept); },
    l: () => setLassoing(!lassoing), t: () => setThumbnails(!showThumbnails), g: () => setRegions(!showRegions),
    "/": () => byId("search").focus(),
    Escape() {
      if (lassoing) setLassoing(false);
      else if (kept >= 0) choose(-1, -1);
      else if (selection.size > 0) select([]);
      else if (found !== null) clearSearch();
    },
  },
});

function resize() {
  if (printing) return;
  const before = { zoom: view.zoom(), x: view.x, y: view.y, wasHome: view.width === 0 || view.isHome() };
  view.width = canvas.clientWidth;
  view.height = canvas.clientHeight;
  for (const layer of [canvas, byId("points")]) {
    layer.width = Math.max(1, Math.round(view.width * pixelRatio()));
    layer.height = Math.max(1, Math.round(view.height * pixelRatio()));
  }
  view.showAll();
  if (!before.wasHome) Object.assign(view, { x: before.x, y: before.y, scale: before.zoom * view.home });
  redraw();
}
narrow.addEventListener("change", redraw);
function repaint() {
  cssColours = new Map();
  const only = colouring.only();
  setMode(mode);
  if (only >= 0) { colouring.singleOut(only); recolour(); }
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);

// Paper is light, and shows the map as it stands.
let printing = false;
addEventListener("beforeprint", () => {
  printing = true;
  document.documentElement.dataset.paper = "";
  repaint();
  drawNow();
  overlay.flatten(byId("points"));
});
addEventListener("afterprint", () => {
  printing = false;
  delete document.documentElement.dataset.paper;
  repaint();
});

// The address carries the state, so that a link or a reload shows the same again.
const colours = Object.keys(colouring.modes);
let addressTimer = 0;
function rememberState() {
  clearTimeout(addressTimer);
  addressTimer = setTimeout(() => {
    const text = addressText({
      view, search: byId("search").value, kept, selection: [...selection], colour: mode, colours, pictures: showThumbnails, regions: showRegions,
    });
    if (text !== location.hash.slice(1)) history.replaceState(null, "", text === "" ? location.pathname + location.search : `#${text}`);
  }, 300);
}
function restoreState() {
  const state = readAddress(location.hash, { count: data.count, colours });
  setMode(state.colour);
  setThumbnails(state.pictures);
  setRegions(state.regions);
  byId("search").value = state.search;
  runSearch();
  select(state.selection);
  choose(-1, state.kept);
  flight.stop();
  if (state.place !== null) Object.assign(view, { x: state.place.x, y: state.place.y, scale: state.place.zoom * view.home });
  else if (found !== null && found.length > 0) flyToFound();
  else view.showAll();
  redraw();
}
addEventListener("hashchange", restoreState);
resize();
restoreState();
new ResizeObserver(resize).observe(canvas);
