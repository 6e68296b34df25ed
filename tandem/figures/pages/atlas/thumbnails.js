// Pictures travel as sheets of many, neighbours on the map on one sheet, each decoded when it is first wanted.

const kSheetsKept = 32;      // decoded; one is about four megabytes
const kDecodedAtOnce = 2;
const kSpacing = 60;         // screen pixels between thumbnails at least
const kFirstLevel = -6;      // of zoom, in half octaves: 0 is a map a thousand pixels wide
const kCutsKept = 2000;      // pictures seen from far that are kept without their sheets
const kShare = 0.72;         // of the spacing that a thumbnail takes: the rest leaves the captions' points in sight

function makeThumbnails(data, view, redraw) {
  const { cell, columns, sheets, places, sizes } = data.thumbnails;
  const bitmaps = new Map();  // sheet -> bitmap, the one used last at the end
  const cuts = new Map();     // picture -> its own canvas
  const waiting = new Map();  // sheet -> callbacks
  const broken = new Set();
  let decoding = 0;

  async function decode(sheet) {
    const element = document.getElementById(`sheet-${sheet}`);
    if (!element) { setTimeout(work, 50); return; }  // The rest of the page is still being read.
    waiting.get(sheet).started = true;
    ++decoding;
    try {
      const bitmap = await createImageBitmap(new Blob([decodedBytes(element.textContent)], { type: "image/jpeg" }));
      bitmaps.set(sheet, bitmap);
      for (const [old, unused] of bitmaps) {
        if (bitmaps.size <= kSheetsKept) break;
        bitmaps.delete(old);
        unused.close();
      }
    } catch {
      broken.add(sheet);
    }
    --decoding;
    const { callbacks } = waiting.get(sheet);
    waiting.delete(sheet);
    for (const callback of callbacks) callback();
    redraw();
    work();
  }

  function work() {
    for (const [sheet, { started }] of [...waiting].reverse()) {  // Wanted last, seen first.
      if (decoding >= kDecodedAtOnce) return;
      if (!started) decode(sheet);
    }
  }

  // From far, the pictures in sight are on more sheets than are kept: each is cut out of its sheet while that is there.
  function cutOut(image, found) {
    const canvas = document.createElement("canvas");
    canvas.width = found.width;
    canvas.height = found.height;
    canvas.getContext("2d").drawImage(found.bitmap, found.x, found.y, found.width, found.height, 0, 0, found.width, found.height);
    if (cuts.size === kCutsKept) cuts.delete(cuts.keys().next().value);
    cuts.set(image, { bitmap: canvas, x: 0, y: 0, width: found.width, height: found.height });
  }

  /** The picture's place on a decoded sheet, or null; then `ready` is called once it can be had. */
  function find(image, ready) {
    const place = places[image];
    if (place < 0) return null;
    if (cuts.has(image)) return cuts.get(image);
    const perSheet = columns * columns, sheet = Math.floor(place / perSheet), within = place % perSheet;
    if (broken.has(sheet)) return null;
    const bitmap = bitmaps.get(sheet);
    if (bitmap) {
      bitmaps.delete(sheet);
      bitmaps.set(sheet, bitmap);
      const width = sizes[2 * image], height = sizes[2 * image + 1];
      const found = { bitmap, x: (within % columns) * cell, y: Math.floor(within / columns) * cell, width, height };
      if (sheets > kSheetsKept / 2 && view.zoom() < 4) cutOut(image, found);
      return found;
    }
    if (!waiting.has(sheet)) waiting.set(sheet, { started: false, callbacks: [] });
    if (ready) waiting.get(sheet).callbacks.push(ready);
    work();
    return null;
  }

  // Lists hold many pictures: each is drawn when it comes into sight.
  const watched = new WeakMap();
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      watched.get(target)();
    }
  });

  /** A canvas that shows the picture once it is in sight and its sheet is there. */
  function element(image, className) {
    const canvas = document.createElement("canvas");
    canvas.className = `thumbnail ${className}`;
    canvas.width = canvas.height = 1;
    if (places[image] < 0) { canvas.setAttribute("aria-hidden", "true"); return canvas; }
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", data.ids[image]);
    const paint = () => {
      const found = find(image, paint);
      if (!found) return;
      canvas.width = found.width;
      canvas.height = found.height;
      canvas.getContext("2d").drawImage(found.bitmap, found.x, found.y, found.width, found.height, 0, 0, found.width, found.height);
      canvas.dataset.painted = "";
    };
    watched.set(canvas, paint);
    watcher.observe(canvas);
    return canvas;
  }

  // Which pictures are shown at which zoom: no two nearer than the spacing, and whoever is shown stays shown further in.
  const scaleOfLevel = (level) => (1000 / view.extent) * 2 ** (level / 2);
  const levels = new Map();
  const withPicture = Array.from({ length: data.images }, (_, i) => i).filter((i) => places[i] >= 0);
  function shownAt(level) {
    if (levels.has(level)) return levels.get(level);
    const before = level > kFirstLevel ? shownAt(level - 1) : [];
    const apart = kSpacing / scaleOfLevel(level), taken = new Map(), shown = [];
    const key = (column, row) => column * 2 ** 24 + row;
    const place = (image) => {
      const x = data.places[2 * image], y = data.places[2 * image + 1];
      const column = Math.floor((x - view.left) / apart), row = Math.floor((y - view.bottom) / apart);
      for (let c = column - 1; c <= column + 1; ++c) {
        for (let r = row - 1; r <= row + 1; ++r) {
          const other = taken.get(key(c + 1, r + 1));
          if (other !== undefined && Math.abs(data.places[2 * other] - x) < apart && Math.abs(data.places[2 * other + 1] - y) < apart) return;
        }
      }
      taken.set(key(column + 1, row + 1), image);
      shown.push(image);
    };
    before.forEach(place);
    withPicture.forEach(place);
    levels.set(level, shown);
    return shown;
  }

  /** The pictures that have room now and their size on the screen: [{image, x, y, width, height}]. */
  function inView(isLit) {
    let level = Math.max(kFirstLevel, Math.floor(2 * Math.log2(view.scale / scaleOfLevel(0))));
    while (level > kFirstLevel && shownAt(level - 1).length >= withPicture.length * 0.98) --level;
    const side = Math.min(kShare * kSpacing * (view.scale / scaleOfLevel(level)), Math.max(cell, 54));
    const list = [];
    for (const image of shownAt(level)) {
      if (!isLit(image) || !view.shows(image, side)) continue;
      const shrink = side / Math.max(sizes[2 * image], sizes[2 * image + 1]);
      const width = Math.max(sizes[2 * image] * shrink, 6), height = Math.max(sizes[2 * image + 1] * shrink, 6);
      list.push({ image, x: view.screenX(image) - width / 2, y: view.screenY(image) - height / 2, width, height });
    }
    return list;
  }

  return { find, element, inView };
}
