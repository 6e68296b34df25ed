"use strict";
// Pictures that a press shows in large, over the page. Escape, the button and a press beside the picture close it again.

/** A button with the picture; `words` are shown below it in large. Without a picture: a blank tile. */
function enlargeable({ id, src }, words = "") {
  if (!src) {
    const blank = document.createElement("div");
    blank.className = "blank";
    blank.textContent = "no picture";
    blank.title = id;
    return blank;
  }
  const button = document.createElement("button"), image = document.createElement("img");
  button.type = "button";
  button.className = "enlarge";
  button.setAttribute("aria-label", `Enlarge ${id}`);
  button.title = id;
  image.src = src;
  image.alt = id;
  image.loading = "lazy";
  button.append(image);
  button.addEventListener("click", () => showLarge(image, id, words));
  return button;
}

const largePicture = { dialog: null };

function showLarge(image, id, words) {
  if (largePicture.dialog === null) {
    const dialog = document.createElement("dialog"), close = document.createElement("button");
    dialog.className = "large";
    close.type = "button";
    close.className = "close";
    close.textContent = "Close";
    close.addEventListener("click", () => dialog.close());
    // A press beside the picture meets the dialog itself: its own box has no padding.
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    const figure = document.createElement("figure"), shown = document.createElement("img"), below = document.createElement("figcaption");
    const text = document.createElement("p"), name = document.createElement("p");
    text.dir = "auto";
    name.className = "soft";
    below.append(text, name);
    figure.append(shown, below);
    dialog.append(figure, close);
    document.body.append(dialog);
    Object.assign(largePicture, { dialog, shown, text, name });
  }
  const { dialog, shown, text, name } = largePicture;
  dialog.setAttribute("aria-label", id);
  shown.src = image.src;
  shown.alt = id;
  // Twice as large: beyond that there is nothing more to see, unless the picture is tiny.
  shown.style.width = `${Math.max(2 * image.naturalWidth, 160)}px`;
  text.textContent = words;
  text.hidden = words === "";
  name.textContent = id;
  dialog.showModal();
}
