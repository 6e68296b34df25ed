// What lies over the points: thumbnails, lines to partners and to what the model prefers, rings, the lasso.

const kPairsDrawn = 1500;   // More lines than this tell nothing.
const kRingsDrawn = 3000;

function makeOverlay(canvas, data, view, thumbnails, landscape) {
  const pen = canvas.getContext("2d");
  let empty = true;  // and stays untouched then: a browser need not put it together with the points again

  function join(from, to) {
    pen.moveTo(view.screenX(from), view.screenY(from));
    pen.lineTo(view.screenX(to), view.screenY(to));
  }

  function drawPairs(index, lit, css, sizes) {
    const seen = [];
    index.inWindow(view.worldX(0), view.worldY(view.height), view.worldX(view.width), view.worldY(0), (p) => {
      if (!data.isImage(p) && lit[p]) seen.push(p);
      return seen.length > kPairsDrawn;
    });
    if (seen.length === 0 || seen.length > kPairsDrawn) return false;
    pen.beginPath();
    for (const p of seen) if (lit[data.imageOf(p)]) join(p, data.imageOf(p));
    pen.strokeStyle = css("--soft");
    pen.lineWidth = 1;
    pen.globalAlpha = Math.min(0.12 + 12 / seen.length, 0.35) * (sizes.imageOpacity + 0.2);
    pen.stroke();
    pen.globalAlpha = 1;
    return true;
  }

  function drawThumbnails(list, colourOf, css) {
    for (const { image, x, y, width, height } of list) {
      const found = thumbnails.find(image);
      pen.fillStyle = colourOf(image);
      pen.fillRect(x - 2, y - 2, width + 4, height + 4);
      if (found) {
        pen.drawImage(found.bitmap, found.x, found.y, found.width, found.height, x, y, width, height);
      } else {
        pen.fillStyle = css("--panel");
        pen.fillRect(x, y, width, height);
      }
    }
  }

  function drawMark(p, radius, fill, edge) {
    const x = view.screenX(p), y = view.screenY(p);
    pen.beginPath();
    if (data.isImage(p)) {
      pen.arc(x, y, radius, 0, 2 * Math.PI);
    } else {
      pen.moveTo(x, y - radius * 1.15);
      pen.lineTo(x + radius, y + radius * 0.6);
      pen.lineTo(x - radius, y + radius * 0.6);
      pen.closePath();
    }
    if (fill) { pen.fillStyle = fill; pen.fill(); }
    pen.strokeStyle = edge;
    pen.stroke();
  }

  function drawRings(selection, css, sizes) {
    if (selection.size === 0 || selection.size > kRingsDrawn) return;
    pen.lineWidth = 1.4;
    for (const p of selection) if (view.shows(p, 8)) drawMark(p, sizes.image + 2.5, null, css("--ink"));
  }

  // A picture with all its captions, or a caption with its picture and, fainter, that picture's other captions; dashed,
  // where the model would rather look.
  function drawChosen(p, shown, colourOf, css, sizes) {
    const image = data.imageOf(p), captions = data.captionsOf(image);
    const partners = data.isImage(p) ? captions : [image];
    const lines = (style, width, alpha, dash, pairs) => {
      pen.beginPath();
      pen.setLineDash(dash);
      for (const [from, to] of pairs) join(from, to);
      pen.strokeStyle = style;
      pen.lineWidth = width;
      pen.globalAlpha = alpha;
      pen.stroke();
      pen.setLineDash([]);
      pen.globalAlpha = 1;
    };
    const preferred = data.nearest(p).map((other) => other.point).filter((other) => !partners.includes(other)).slice(0, 5);
    lines(css("--bad"), 1.2, 0.75, [4, 4], preferred.map((other) => [p, other]));
    if (!data.isImage(p)) lines(css("--ink"), 1, 0.3, [], captions.filter((other) => other !== p).map((other) => [image, other]));
    lines(css("--ink"), 1.8, 0.9, [], partners.map((other) => [p, other]));
    // A picture that is seen is framed; a mark would hide what it shows.
    const mark = (other, radius, edge) => {
      const seen = shown.find(({ image: seenImage }) => seenImage === other);
      if (!seen) { drawMark(other, radius, colourOf(other), edge); return; }
      pen.strokeStyle = edge === css("--paper") ? css("--ink") : edge;
      pen.strokeRect(seen.x - 3, seen.y - 3, seen.width + 6, seen.height + 6);
    };
    pen.lineWidth = 1.5;
    for (const other of preferred) mark(other, Math.max(sizes.image, 4), css("--bad"));
    for (const other of partners) mark(other, Math.max(sizes.image * 1.3, 5.5), css("--paper"));
    mark(p, Math.max(sizes.image * 1.6, 7.5), css("--ink"));
  }

  function drawLasso(line, css) {
    pen.beginPath();
    for (let i = 0; i < line.length; i += 2) pen.lineTo(line[i], line[i + 1]);
    pen.closePath();
    pen.globalAlpha = 0.12;
    pen.fillStyle = css("--image");
    pen.fill();
    pen.globalAlpha = 1;
    pen.setLineDash([5, 4]);
    pen.lineWidth = 1.5;
    pen.strokeStyle = css("--image");
    pen.stroke();
    pen.setLineDash([]);
  }

  /** Returns the thumbnails it drew, the top one last. */
  function draw({ index, lit, selection, chosen, lasso, showThumbnails, showRegions, colourOf, css, sizes, ratio }) {
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (!empty) pen.clearRect(0, 0, view.width, view.height);
    const shown = showThumbnails ? thumbnails.inView((image) => lit[image] === 1) : [];
    const far = showRegions && landscape.isSeen();
    if (far) landscape.drawContours(pen, ratio, css);
    const joined = drawPairs(index, lit, css, sizes);
    empty = !far && !joined && shown.length === 0 && selection.size === 0 && chosen < 0 && lasso.length === 0;
    drawThumbnails(shown, colourOf, css);
    drawRings(selection, css, sizes);
    if (far) landscape.drawNames(pen, css);
    if (chosen >= 0) drawChosen(chosen, shown, colourOf, css, sizes);
    if (lasso.length > 4) drawLasso(lasso, css);
    return shown;
  }

  /** Copies the points under what was drawn: paper shows one picture. */
  function flatten(points) {
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.globalCompositeOperation = "destination-over";
    pen.drawImage(points, 0, 0);
    pen.globalCompositeOperation = "source-over";
    empty = false;
  }

  return { draw, flatten };
}
