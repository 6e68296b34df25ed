// The same without a graphics processor: points are stamped into the canvas's pixels, a hundred thousand in a few milliseconds.

/** Covered pixels of a disc or triangle around (0, 0): dx, dy and how much of 256. The smallest have no corners: they are half the time and hardly seen. */
function pointStamp(radius, triangle) {
  const reach = Math.ceil(radius + 0.5), stamp = [];
  const faintest = radius < 1.6 ? (triangle ? 32 : 64) : 0;
  const samples = [-0.375, -0.125, 0.125, 0.375];
  const covers = (x, y) => (triangle ? y <= radius / 2 && 0.866 * Math.abs(x) - 0.5 * y <= radius / 2 : x * x + y * y <= radius * radius);
  for (let dy = -reach; dy <= reach; ++dy) {
    for (let dx = -reach; dx <= reach; ++dx) {
      let cover = 0;
      for (const sy of samples) for (const sx of samples) cover += covers(dx + sx, dy + sy) ? 16 : 0;
      if (cover > faintest) stamp.push([dx, dy, cover]);
    }
  }
  return stamp;
}

function makeCanvasPoints(canvas, data) {
  const pen = canvas.getContext("2d");
  const places = data.places;
  let picture = null, pixels = null, colours = null, allLit = true;

  // Two channels at a time: red and blue, then green with full alpha. Differences may be negative: what they borrow is masked away.
  function stampAll(first, count, view, ratio, radius, opacity, triangle, wanted) {
    const width = canvas.width, height = canvas.height;
    const stamp = pointStamp(radius * ratio, triangle), reach = Math.ceil(radius * ratio + 0.5);
    const offsets = Int32Array.from(stamp, ([dx, dy]) => dy * width + dx);
    const covers = Int32Array.from(stamp, ([, , cover]) => Math.round(cover * opacity));
    const scale = view.scale * ratio;
    const left = width / 2 - view.x * scale + 0.5, top = height / 2 + view.y * scale + 0.5;  // "| 0" then rounds what is not negative
    for (let p = first; p < first + count; ++p) {
      const colour = colours[p];
      if (wanted !== (colour >>> 24 !== 0) && !allLit) continue;
      const x = (left + places[2 * p] * scale) | 0, y = (top - places[2 * p + 1] * scale) | 0;
      if (x < reach || y < reach || x >= width - reach || y >= height - reach) continue;
      const here = (Math.imul(y, width) + x) | 0, redBlue = colour & 0xff00ff, green = colour & 0xff00;
      for (let i = 0; i < offsets.length; ++i) {
        const at = here + offsets[i], under = pixels[at], cover = covers[i];
        const underRedBlue = under & 0xff00ff, underGreen = under & 0xff00;
        const rb = (underRedBlue + (Math.imul(redBlue - underRedBlue, cover) >>> 8)) & 0xff00ff;
        const g = (underGreen + (Math.imul(green - underGreen, cover) >>> 8)) & 0xff00;
        pixels[at] = 0xff000000 | rb | g;
      }
    }
  }

  return {
    name: "canvas",
    setColours(bytes, everyPointLit) { colours = new Uint32Array(bytes.buffer); allLit = everyPointLit; },
    draw(view, sizes, ratio, paper) {
      if (picture === null || picture.width !== canvas.width || picture.height !== canvas.height) {
        picture = pen.createImageData(canvas.width, canvas.height);
        pixels = new Uint32Array(picture.data.buffer);
      }
      const [red, green, blue] = rgbOf(paper);
      pixels.fill((0xff000000 | (blue << 16) | (green << 8) | red) >>> 0);
      for (const lit of allLit ? [true] : [false, true]) {
        const dimmed = lit ? 1 : sizes.dimmed;
        stampAll(data.images, data.texts, view, ratio, sizes.text * 1.1, sizes.textOpacity * dimmed, true, lit);
        stampAll(0, data.images, view, ratio, sizes.image, sizes.imageOpacity * dimmed, false, lit);
      }
      pen.putImageData(picture, 0, 0);
    },
  };
}
