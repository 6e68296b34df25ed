// A grid over the map: which points are near a place, in a window, inside a drawn line.

function makePointIndex(places, view) {
  const count = places.length / 2;
  const side = Math.max(1, Math.ceil(Math.sqrt(count / 2)));
  const cell = (view.extent * (1 + 1e-6)) / side;
  const column = (x) => Math.min(Math.max(Math.floor((x - view.left) / cell), 0), side - 1);
  const row = (y) => Math.min(Math.max(Math.floor((y - view.bottom) / cell), 0), side - 1);

  // Counting sort: the points of cell c are sorted[begins[c]] up to sorted[begins[c + 1]].
  const begins = new Uint32Array(side * side + 1), sorted = new Uint32Array(count);
  const cellOf = (p) => row(places[2 * p + 1]) * side + column(places[2 * p]);
  for (let p = 0; p < count; ++p) ++begins[cellOf(p) + 1];
  for (let c = 0; c < side * side; ++c) begins[c + 1] += begins[c];
  const filled = begins.slice();
  for (let p = 0; p < count; ++p) sorted[filled[cellOf(p)]++] = p;

  /** Calls visit(p) for every point whose cell touches the window, a superset of the points in it, until visit says true. */
  function inWindow(left, bottom, right, top, visit) {
    const c0 = column(left), c1 = column(right);
    for (let r = row(bottom), r1 = row(top); r <= r1; ++r) {
      for (let i = begins[r * side + c0], end = begins[r * side + c1 + 1]; i < end; ++i) if (visit(sorted[i]) === true) return;
    }
  }

  /** The point nearest to the place and nearer than `reach`, of those that `wanted`; -1 if there is none. */
  function nearest(x, y, reach, wanted) {
    let best = -1, least = reach * reach;
    inWindow(x - reach, y - reach, x + reach, y + reach, (p) => {
      const dx = places[2 * p] - x, dy = places[2 * p + 1] - y, distance = dx * dx + dy * dy;
      if (distance < least && wanted(p)) { best = p; least = distance; }
    });
    return best;
  }

  /** The points inside a closed line [x0, y0, x1, y1, ...], by the even-odd rule, in the order of their numbers. */
  function inside(line, wanted) {
    let left = Infinity, right = -Infinity, bottom = Infinity, top = -Infinity;
    for (let i = 0; i < line.length; i += 2) {
      left = Math.min(left, line[i]); right = Math.max(right, line[i]);
      bottom = Math.min(bottom, line[i + 1]); top = Math.max(top, line[i + 1]);
    }
    const found = [];
    inWindow(left, bottom, right, top, (p) => {
      const x = places[2 * p], y = places[2 * p + 1];
      if (x < left || x > right || y < bottom || y > top || !wanted(p)) return;
      let within = false;
      for (let i = 0, j = line.length - 2; i < line.length; j = i, i += 2) {
        const above = line[i + 1] > y;
        if (above !== line[j + 1] > y && x < line[i] + ((line[j] - line[i]) * (y - line[i + 1])) / (line[j + 1] - line[i + 1])) within = !within;
      }
      if (within) found.push(p);
    });
    return found.sort((a, b) => a - b);
  }

  return { inWindow, nearest, inside };
}
