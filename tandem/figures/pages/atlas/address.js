// What a link to the page carries: place and zoom, search, the kept point, the selection, the colours.

const kLongestSelection = 1500;  // letters; a longer selection is left out

/** "3-7,12" for 3, 4, 5, 6, 7 and 12: ascending numbers. */
function rangesText(numbers) {
  const parts = [];
  for (let i = 0; i < numbers.length; ++i) {
    const begin = numbers[i];
    while (i + 1 < numbers.length && numbers[i + 1] === numbers[i] + 1) ++i;
    parts.push(numbers[i] === begin ? `${begin}` : `${begin}-${numbers[i]}`);
  }
  return parts.join(",");
}

/** The numbers below `count` in such a text; whatever else it holds is passed over. */
function numbersInRanges(text, count) {
  const numbers = new Set();
  for (const part of text.split(",")) {
    const [, begin, end] = /^(\d+)(?:-(\d+))?$/.exec(part) || [];
    if (begin === undefined) continue;
    const last = Math.min(Number(end ?? begin), count - 1);
    for (let number = Number(begin); number <= last; ++number) numbers.add(number);
  }
  return [...numbers].sort((a, b) => a - b);
}

function addressText({ view, search, kept, selection, colour, colours, pictures, regions }) {
  const address = new URLSearchParams();
  if (!view.isHome()) {
    address.set("at", `${Number(view.x.toPrecision(6))},${Number(view.y.toPrecision(6))}`);
    address.set("zoom", String(Number(view.zoom().toPrecision(4))));
  }
  if (search !== "") address.set("search", search);
  if (kept >= 0) address.set("point", String(kept));
  const selected = rangesText(selection);
  if (selected !== "" && selected.length <= kLongestSelection) address.set("selected", selected);
  if (colour !== colours[0]) address.set("colour", colour);
  if (!pictures) address.set("pictures", "no");
  if (!regions) address.set("regions", "no");
  return address.toString();
}

/** The same, read back; what does not fit the map is as if it were not there. "#beach" alone is a search. */
function readAddress(hash, { count, colours }) {
  const text = hash.replace(/^#/, "");
  let words = text;
  try { words = decodeURIComponent(text); } catch { /* kept as it stands */ }
  const address = new URLSearchParams(text.includes("=") ? text : { search: words });
  const number = (name) => (/^\d+$/.test(address.get(name) ?? "") ? Number(address.get(name)) : -1);
  const [x, y] = (address.get("at") ?? "").split(",").map(Number), zoom = Number(address.get("zoom"));
  const colour = address.get("colour");
  return {
    place: address.has("at") && Number.isFinite(x) && Number.isFinite(y) && zoom > 0 && Number.isFinite(zoom) ? { x, y, zoom } : null,
    search: address.get("search") ?? "",
    kept: number("point") < count ? number("point") : -1,
    selection: numbersInRanges(address.get("selected") ?? "", count),
    colour: colours.includes(colour) ? colour : colours[0],
    pictures: address.get("pictures") !== "no",
    regions: address.get("regions") !== "no",
  };
}
