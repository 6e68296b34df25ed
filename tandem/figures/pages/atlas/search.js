// Captions that hold every word asked for; case, accents and the width of letters make no difference.

const foldedText = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function makeSearch(data) {
  let folded = null;  // made at the first search
  return (asked) => {
    const words = foldedText(asked).split(/\s+/).filter((word) => word !== "");
    if (words.length === 0) return null;
    if (folded === null) folded = data.captions.map(foldedText);
    const found = [];
    for (let t = 0; t < data.texts; ++t) if (words.every((word) => folded[t].includes(word))) found.push(data.images + t);
    return found;
  };
}
