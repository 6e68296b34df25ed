// The part of the plane that is on screen. y points up on the map and down on the screen.

function makeView(places) {
  let left = Infinity, right = -Infinity, bottom = Infinity, top = -Infinity;
  for (let i = 0; i < places.length; i += 2) {
    left = Math.min(left, places[i]); right = Math.max(right, places[i]);
    bottom = Math.min(bottom, places[i + 1]); top = Math.max(top, places[i + 1]);
  }
  const extent = Math.max(right - left, top - bottom, 1e-9);
  const view = {
    width: 0, height: 0, scale: 1, home: 1, x: 0, y: 0, extent, left, right, bottom, top,
    screenX: (p) => view.width / 2 + (places[2 * p] - view.x) * view.scale,
    screenY: (p) => view.height / 2 - (places[2 * p + 1] - view.y) * view.scale,
    worldX: (x) => view.x + (x - view.width / 2) / view.scale,
    worldY: (y) => view.y - (y - view.height / 2) / view.scale,
    zoom: () => view.scale / view.home,
    isHome: () => Math.abs(view.zoom() - 1) < 1e-6 && Math.abs(view.x - (left + right) / 2) + Math.abs(view.y - (bottom + top) / 2) < 1e-6 * extent,
    shows: (p, margin) => {
      const x = view.screenX(p), y = view.screenY(p);
      return x >= -margin && y >= -margin && x <= view.width + margin && y <= view.height + margin;
    },
    homePlace: () => ({ x: (left + right) / 2, y: (bottom + top) / 2, scale: view.home }),
    showAll() {
      const margin = Math.min(56, view.width / 8);
      view.home = Math.min((view.width - margin) / Math.max(right - left, extent * 1e-3),
                           (view.height - 2 * margin) / Math.max(top - bottom, extent * 1e-3));
      Object.assign(view, view.homePlace());
    },
    moveBy(dx, dy) {  // screen pixels
      const inside = (value, least, most) => Math.min(Math.max(value, least), most);
      view.x = inside(view.x - dx / view.scale, left, right);
      view.y = inside(view.y + dy / view.scale, bottom, top);
    },
    zoomAt(x, y, factor) {
      const next = Math.min(Math.max(view.scale * factor, view.home / 2), view.home * 400);
      view.x += (x - view.width / 2) * (1 / view.scale - 1 / next);
      view.y -= (y - view.height / 2) * (1 / view.scale - 1 / next);
      view.scale = next;
    },
    /** Where {x, y, scale} shows all these points, no nearer than `mostZoom`. */
    windowOf(points, mostZoom) {
      let west = Infinity, east = -Infinity, south = Infinity, north = -Infinity;
      for (const p of points) {
        west = Math.min(west, places[2 * p]); east = Math.max(east, places[2 * p]);
        south = Math.min(south, places[2 * p + 1]); north = Math.max(north, places[2 * p + 1]);
      }
      const margin = Math.min(110, view.width / 5, view.height / 5), room = (most, across) => (most - 2 * margin) / Math.max(across, extent * 1e-6);
      const scale = Math.min(room(view.width, east - west), room(view.height, north - south), view.home * mostZoom);
      return { x: (west + east) / 2, y: (south + north) / 2, scale: Math.max(scale, view.home) };
    },
  };
  return view;
}
