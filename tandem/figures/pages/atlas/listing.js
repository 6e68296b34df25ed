// The list beside the map: what is in sight, from the middle outwards.

function makeListing(data, view, index, telling, { list, heading, kind }) {
  let timer = 0, shown = "";

  function inSight(isLit) {
    const wantsImages = kind.value === "pictures", seen = [], x = view.x, y = view.y;
    let pictures = 0, captions = 0;
    index.inWindow(view.worldX(0), view.worldY(view.height), view.worldX(view.width), view.worldY(0), (p) => {
      if (!isLit(p) || !view.shows(p, 0)) return;
      if (data.isImage(p)) ++pictures;
      else ++captions;
      if (data.isImage(p) === wantsImages) seen.push(p);
    });
    const distance = (p) => (data.places[2 * p] - x) ** 2 + (data.places[2 * p + 1] - y) ** 2;
    const far = new Map(seen.map((p) => [p, distance(p)]));
    return { seen: seen.sort((a, b) => far.get(a) - far.get(b) || a - b), pictures, captions };
  }

  function update(isLit) {
    const { seen, pictures, captions } = inSight(isLit);
    heading.textContent = `In sight: ${counted(pictures, "picture", "pictures")}, ${counted(captions, "caption", "captions")}`;
    const now = seen.slice(0, 400).join() + seen.length;
    if (now === shown) return;
    shown = now;
    telling.fillList(list, seen);
    list.scrollTop = 0;
  }

  /** Once the view has come to rest. */
  function wait(isLit) {
    clearTimeout(timer);
    timer = setTimeout(() => update(isLit), 250);
  }
  return { wait, refresh: (isLit) => { shown = ""; update(isLit); } };
}
