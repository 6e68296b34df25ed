// The map seen from far: lines of equal density, and regions named by the words of their captions. Both fade as the
// reader comes near.

const kContoursGone = [1.6, 5];  // zoom at which the lines begin to fade, and at which they are gone
// Zoom at which the names of each depth begin to show, are there, begin to fade, and are gone.
const kNamesShown = [[0, 0, 1.8, 2.6], [1.6, 2.3, 4, 6], [3.6, 5, 14, 22]];
const kMostNames = 40;

function makeLandscape({ contours, regions }, view) {
  const paths = contours.map(({ places, lengths }) => {
    const path = new Path2D();
    let place = 0;
    for (const length of lengths) {
      for (let i = 0; i < length; ++i, place += 2) {
        if (i === 0) path.moveTo(places[place], places[place + 1]);
        else path.lineTo(places[place], places[place + 1]);
      }
    }
    return path;
  });
  const between = (value, from, to) => (to > from ? Math.min(Math.max((value - from) / (to - from), 0), 1) : 1);

  function strengthOfNames(depth) {
    const [begin, there, fade, gone] = kNamesShown[Math.min(depth, kNamesShown.length - 1)], zoom = view.zoom();
    return Math.min(between(zoom, begin, there), 1 - between(zoom, fade, gone));
  }
  const strengthOfContours = () => 1 - between(view.zoom(), ...kContoursGone);

  function drawContours(pen, ratio, css) {
    const strength = strengthOfContours();
    if (strength === 0 || paths.length === 0) return;
    const scale = view.scale * ratio;
    pen.save();
    pen.setTransform(scale, 0, 0, -scale, ratio * view.width / 2 - view.x * scale, ratio * view.height / 2 + view.y * scale);
    pen.strokeStyle = css("--soft");
    pen.lineJoin = "round";
    paths.forEach((path, i) => {
      pen.globalAlpha = strength * (0.3 + (0.4 * i) / paths.length);
      pen.lineWidth = (0.8 + (0.7 * i) / paths.length) / view.scale;
      pen.stroke(path);
    });
    pen.restore();
  }

  /** The names that have room, those of large regions first: [{words, x, y, width, height, strength}]. */
  function names(pen) {
    const placed = [], small = view.width < 500;
    for (const region of regions) {
      const strength = strengthOfNames(region.depth);
      if (strength <= 0.02 || placed.length === kMostNames) continue;
      const x = view.width / 2 + (region.x - view.x) * view.scale, y = view.height / 2 - (region.y - view.y) * view.scale;
      if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
      pen.font = nameFont(small);
      const width = pen.measureText(region.words).width + 8, height = small ? 17 : 20;
      const left = Math.min(Math.max(x - width / 2, 4), Math.max(view.width - width - 4, 4));
      const box = { words: region.words, x: left, y: y - height / 2, width, height, strength };
      const meets = (other) => box.x < other.x + other.width + 6 && other.x < box.x + box.width + 6 && box.y < other.y + other.height + 3 && other.y < box.y + box.height + 3;
      if (!placed.some(meets)) placed.push(box);
    }
    return placed;
  }
  const nameFont = (small) => `600 ${small ? 11.5 : 13.5}px "DejaVu Sans", system-ui, sans-serif`;

  function drawNames(pen, css) {
    const shown = names(pen);
    pen.save();
    pen.font = nameFont(view.width < 500);
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    for (const { words, x, y, width, height, strength } of shown) {
      pen.globalAlpha = 0.84 * strength;
      pen.fillStyle = css("--paper");
      pen.beginPath();
      pen.roundRect(x, y, width, height, 5);
      pen.fill();
      pen.globalAlpha = strength;
      pen.fillStyle = css("--ink");
      pen.fillText(words, x + 4, y + height / 2 + 0.5);
    }
    pen.restore();
    return shown;
  }

  const isSeen = () => (paths.length > 0 && strengthOfContours() > 0) || regions.some(({ depth }) => strengthOfNames(depth) > 0);
  return { drawContours, drawNames, isSeen, regions };
}
