// What is selected, as a file.

function csvOfPoints(points, data) {
  const quoted = (text) => `"${String(text).replace(/"/g, '""')}"`;
  const rows = ["kind,id,caption,rank,similarity,label,verdict,x,y"];
  for (const p of points) {
    const image = data.imageOf(p), isImage = data.isImage(p), t = p - data.images;
    rows.push([
      isImage ? "picture" : "caption", quoted(data.ids[image]), isImage ? "" : quoted(data.captions[t]), data.rank(p),
      isImage ? "" : data.ownSimilarity(p).toFixed(4), data.labels ? quoted(data.labels.names[data.labels.of[image]]) : "",
      data.verdicts && !isImage ? quoted(data.verdicts.names[data.verdicts.of[t]]) : "", data.places[2 * p], data.places[2 * p + 1],
    ].join(","));
  }
  return `${rows.join("\r\n")}\r\n`;
}

/** The pictures that are selected themselves or by a caption, each once, one a line. */
const idsOfPoints = (points, data) => `${[...new Set(points.map((p) => data.ids[data.imageOf(p)]))].join("\n")}\n`;

function saveFile(name, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
