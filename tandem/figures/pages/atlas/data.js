// What the page carries: lists of strings as JSON, numbers as base64 of little-endian arrays.

function decodedBytes(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const letters = atob(text), bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; ++i) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

/** Points are numbered pictures first, then captions: point p is picture p, or caption p - images. */
function readData(element) {
  const json = JSON.parse(element.textContent);
  const array = (type, text) => new type(decodedBytes(text).buffer);
  const images = json.ids.length, texts = json.captions.length;
  const places = array(Float32Array, json.points);
  const imageOf = array(Uint32Array, json.imageOf);
  const ranks = array(Uint32Array, json.ranks);
  const own = array(Int16Array, json.own);

  // Captions of a picture, as one array and where each picture's begin.
  const begins = new Uint32Array(images + 1);
  for (const image of imageOf) ++begins[image + 1];
  for (let i = 0; i < images; ++i) begins[i + 1] += begins[i];
  const grouped = new Uint32Array(texts), filled = begins.slice();
  for (let t = 0; t < texts; ++t) grouped[filled[imageOf[t]]++] = t;

  // Neighbours are half of all numbers and wanted only when somebody points at something.
  let neighbours = null;
  function nearest(p) {
    if (neighbours === null) neighbours = { rows: array(Uint32Array, json.nearest), similarities: array(Int16Array, json.nearestSimilarities) };
    const width = p < images ? json.listedOfPicture : json.listedOfCaption;
    const begin = p < images ? p * width : images * json.listedOfPicture + (p - images) * width;
    const first = p < images && texts > 0 ? images : 0;  // Pictures alone have pictures as neighbours.
    const list = [];
    for (let i = begin; i < begin + width; ++i) {
      list.push({ point: neighbours.rows[i] + first, similarity: neighbours.similarities[i] / 32767 });
    }
    return list;
  }

  const groups = (named, type) => (named ? { names: named.names, of: array(type, named.of) } : null);
  return {
    images, texts, count: images + texts, places, ids: json.ids, captions: json.captions,
    labels: groups(json.labels, Uint16Array),      // of pictures
    verdicts: groups(json.verdicts, Uint16Array),  // of captions; the last name stands for "none given"
    isImage: (p) => p < images,
    imageOf: (p) => (p < images ? p : imageOf[p - images]),
    captionsOf: (image) => Array.from(grouped.subarray(begins[image], begins[image + 1]), (t) => images + t),
    rank: (p) => ranks[p],
    ownSimilarity: (p) => own[p - images] / 32767,
    nearest,
    landscape: {
      contours: json.landscape.contours.map(({ share, places, lengths }) => ({ share, places: array(Float32Array, places), lengths: array(Uint32Array, lengths) })),
      regions: json.landscape.regions,
    },
    thumbnails: {
      cell: json.thumbnails.cell, columns: json.thumbnails.columns, sheets: json.thumbnails.sheets,
      places: array(Int32Array, json.thumbnails.places), sizes: array(Uint16Array, json.thumbnails.sizes),
    },
  };
}
