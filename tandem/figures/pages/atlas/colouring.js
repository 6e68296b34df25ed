// What a point's colour tells, and which points stand out: lit points pass the legend, the search and the selection.

// Six of Okabe & Ito (2008), whose yellow and black vanish on a light or a dark ground, and four more: of all colours that
// show on both, those farthest from each other for eyes of every kind (tests/browser/colour_vision.py measures it).
const kGroupColours = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#774444", "#9966ff", "#aacc99", "#6600ee"];
const kOtherColour = "#8b949e";
const kRankSteps = [
  { name: "rank 1", most: 1, colour: "#1f77b4" }, { name: "2 to 5", most: 5, colour: "#35a7a0" }, { name: "6 to 10", most: 10, colour: "#c9a227" },
  { name: "11 to 100", most: 100, colour: "#e0731d" }, { name: "over 100", most: Infinity, colour: "#c2357a" },
];

function makeColouring(data) {
  const group = new Uint8Array(data.count);  // of the present mode
  const lit = new Uint8Array(data.count).fill(1);
  let groups = [];                           // {name, colour, count}
  let only = -1;                             // the group the legend singles out, or -1

  // The most frequent names get colours of their own, the rest share one.
  function named({ names, of }, unnamed) {
    const counts = new Uint32Array(names.length);
    for (const name of of) ++counts[name];
    const order = names.map((_, i) => i).filter((i) => i !== unnamed && counts[i] > 0).sort((a, b) => counts[b] - counts[a]);
    const own = order.slice(0, kGroupColours.length), place = new Uint8Array(names.length).fill(own.length);
    own.forEach((name, i) => { place[name] = i; });
    const list = own.map((name, i) => ({ name: names[name] || "(no name)", colour: kGroupColours[i] }));
    list.push({ name: unnamed >= 0 ? "none given" : "all others", colour: kOtherColour });
    return { place, list };
  }

  const modes = {
    modality: { name: "modality", paint(css) {
      group.fill(0, 0, data.images);
      group.fill(1, data.images);
      const pictures = { name: "pictures", colour: css("--image") }, captions = { name: "captions", colour: css("--text") };
      return data.texts > 0 ? [pictures, captions] : [pictures];
    } },
  };
  if (data.texts > 0) {
    modes.rank = { name: "rank of the true partner", paint() {
      for (let p = 0; p < data.count; ++p) group[p] = kRankSteps.findIndex((step) => data.rank(p) <= step.most);
      return kRankSteps.map(({ name, colour }) => ({ name, colour }));
    } };
  }
  if (data.labels) {
    modes.label = { name: "class", paint() {
      const { place, list } = named(data.labels, -1);
      for (let p = 0; p < data.count; ++p) group[p] = place[data.labels.of[data.imageOf(p)]];
      return list;
    } };
  }
  if (data.verdicts) {
    modes.verdict = { name: "audit verdict", paint() {
      const { place, list } = named(data.verdicts, data.verdicts.names.length - 1);
      group.fill(list.length, 0, data.images);
      for (let t = 0; t < data.texts; ++t) group[data.images + t] = place[data.verdicts.of[t]];
      return list.concat({ name: "pictures", colour: kOtherColour });
    } };
  }

  return {
    modes, group, lit,
    groups: () => groups,
    only: () => only,
    paint(mode, css) {
      groups = modes[mode].paint(css).map((entry) => ({ ...entry, count: 0 }));
      for (const g of group) ++groups[g].count;
      only = -1;
    },
    singleOut(g) { only = only === g ? -1 : g; },
    /** Lights the points that the legend lets through and that are in every set given (null: all are). */
    light(sets) {
      let all = true;
      for (let p = 0; p < data.count; ++p) {
        lit[p] = (only < 0 || group[p] === only) && sets.every((set) => set === null || set.has(p)) ? 1 : 0;
        all = all && lit[p] === 1;
      }
      return all;
    },
    /** Red, green, blue and 255 for a lit point or 0 for one that steps back: 4 bytes a point. */
    bytes() {
      const table = groups.map(({ colour }) => rgbOf(colour));
      const bytes = new Uint8Array(4 * data.count);
      for (let p = 0; p < data.count; ++p) {
        const rgb = table[group[p]];
        bytes[4 * p] = rgb[0]; bytes[4 * p + 1] = rgb[1]; bytes[4 * p + 2] = rgb[2]; bytes[4 * p + 3] = lit[p] ? 255 : 0;
      }
      return bytes;
    },
  };
}

function rgbOf(colour) {
  const number = parseInt(colour.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}
