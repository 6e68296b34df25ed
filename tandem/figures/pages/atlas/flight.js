// Flying over the map: out, across and in again along the path that seems shortest to the eye
// (van Wijk & Nuij 2003, Smooth and efficient zooming and panning).

const kRho = Math.SQRT2;  // how much it zooms out on the way

/** The path between two windows {x, y, width} of the plane: its length, and the window at a share of it. */
function flightPath(from, to) {
  const dx = to.x - from.x, dy = to.y - from.y, apart = Math.hypot(dx, dy);
  if (apart < 1e-6 * Math.max(from.width, to.width)) {
    const length = Math.log(to.width / from.width) / kRho;
    return { length: Math.abs(length), at: (share) => ({ x: to.x, y: to.y, width: from.width * Math.exp(kRho * share * length) }) };
  }
  const rho2 = kRho * kRho, grown = to.width ** 2 - from.width ** 2, far = rho2 * rho2 * apart * apart;
  const b0 = (grown + far) / (2 * from.width * rho2 * apart), b1 = (grown - far) / (2 * to.width * rho2 * apart);
  const r0 = Math.log(Math.hypot(b0, 1) - b0), r1 = Math.log(Math.hypot(b1, 1) - b1), length = (r1 - r0) / kRho;
  return {
    length,
    at(share) {
      const s = kRho * share * length + r0;
      const along = (from.width / (rho2 * apart)) * (Math.cosh(r0) * Math.tanh(s) - Math.sinh(r0));
      return { x: from.x + along * dx, y: from.y + along * dy, width: (from.width * Math.cosh(r0)) / Math.cosh(s) };
    },
  };
}

/** Moves the view to {x, y, scale}, at once where the reader wants no motion. Another flight or stop() ends it. */
function makeFlight(view, redraw) {
  let frame = 0;
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  function stop() { cancelAnimationFrame(frame); frame = 0; }
  function to(target) {
    stop();
    const path = flightPath({ x: view.x, y: view.y, width: view.width / view.scale }, { x: target.x, y: target.y, width: view.width / target.scale });
    const arrive = () => { Object.assign(view, target); frame = 0; redraw(); };
    if (still.matches || !(path.length > 1e-3)) { arrive(); return; }
    const duration = Math.min(Math.max(350 * path.length, 250), 900);
    let begun = 0;
    const step = (now) => {
      begun = begun || now;
      const time = (now - begun) / duration;
      if (time >= 1) { arrive(); return; }
      const eased = time < 0.5 ? 2 * time * time : 1 - 2 * (1 - time) * (1 - time);
      const window = path.at(eased);
      Object.assign(view, { x: window.x, y: window.y, scale: view.width / window.width });
      frame = requestAnimationFrame(step);
      redraw();
    };
    frame = requestAnimationFrame(step);
  }
  return { to, stop, isOn: () => frame !== 0 };
}
