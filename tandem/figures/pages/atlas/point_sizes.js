// How large and how solid points are: many are small and see-through, near ones grow.

function pointSizes(data, view) {
  const limit = (value, least, most) => Math.min(Math.max(value, least), most);
  const grow = limit(Math.sqrt(view.zoom()), 0.8, 3);
  const small = Math.min(view.width, view.height) < 500 ? 0.75 : 1;
  const crowd = Math.max(data.count, 1);
  const least = limit(400 / Math.sqrt(crowd), 1.1, 1.7);  // beyond 55,000 points larger ones would cover each other, and cost time
  return {
    image: limit(limit(190 / Math.sqrt(crowd), least, 6.5) * grow * small, 0.75 * least, 9),
    text: limit(limit(165 / Math.sqrt(crowd), 0.95 * least, 6) * grow * small, 0.7 * least, 8.5),
    imageOpacity: limit(45 / Math.sqrt(crowd) + 0.12 * (grow - 1), 0.55, 0.92),
    textOpacity: limit(40 / Math.sqrt(crowd) + 0.12 * (grow - 1), 0.45, 0.85),
    dimmed: 0.13,
  };
}
