// Pointer, wheel and keys on the map, told as what is meant: move, zoom, point at, choose, draw around.

const kStillAClick = 4;  // pixels

function listenToGestures(canvas, meant) {
  const held = new Map();
  let travelled = 0, line = null;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    const now = at(event);
    held.set(event.pointerId, now);
    if (held.size > 1) { line = null; meant.draw([]); return; }
    travelled = 0;
    if (meant.isLasso() || event.shiftKey) line = [now.x, now.y];
  });
  canvas.addEventListener("pointermove", (event) => {
    const now = at(event), before = held.get(event.pointerId);
    if (!before) { if (event.pointerType !== "touch") meant.point(now.x, now.y); return; }
    held.set(event.pointerId, now);
    if (held.size === 2) {
      travelled = Infinity;
      const other = [...held].find(([id]) => id !== event.pointerId)[1];
      const apart = Math.hypot(before.x - other.x, before.y - other.y) || 1;
      meant.move((now.x - before.x) / 2, (now.y - before.y) / 2);
      meant.zoom((now.x + other.x) / 2, (now.y + other.y) / 2, Math.hypot(now.x - other.x, now.y - other.y) / apart);
      return;
    }
    travelled += Math.hypot(now.x - before.x, now.y - before.y);
    if (line !== null) {
      line.push(now.x, now.y);
      meant.draw(line);
    } else if (travelled > kStillAClick) {
      canvas.classList.add("dragging");
      meant.move(now.x - before.x, now.y - before.y);
    }
  });
  function release(event) {
    if (!held.delete(event.pointerId)) return;
    canvas.classList.remove("dragging");
    const now = at(event), drawn = line;
    line = null;
    if (drawn !== null) meant.draw([]);
    if (event.type !== "pointerup" || held.size > 0) return;
    if (travelled <= kStillAClick) meant.choose(now.x, now.y);
    else if (drawn !== null) meant.drawn(drawn, event.ctrlKey || event.metaKey);
  }
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => meant.point(-1e9, -1e9));
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const now = at(event), unit = event.deltaMode === 1 ? 16 : 1;
    meant.zoom(now.x, now.y, Math.exp(-event.deltaY * unit * (event.ctrlKey ? 0.01 : 0.0016)));
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = meant.keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
