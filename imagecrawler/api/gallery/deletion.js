// Deleting with a way back: the call is made when the undo has run out or the page is left.
import { deleteImage } from "./api.js";
import { images, leaving } from "./state.js";
import { dismiss, toast } from "./toasts.js";
import { titleOf } from "./wording.js";

const pending = new Map();

/** Take the picture off the page and offer an undo; delete it for good when that runs out. */
export function deleteLater(image) {
  leaving.value = new Set([...leaving.value, image.id]);
  const id = toast(`Deleted “${titleOf(image)}”.`, {
    action: { label: "Undo", run: () => undo(image) },
    onEnd: () => commit(image),
  });
  pending.set(image.id, { image, toast: id });
}

/** Undo the latest deletion that still can be; whether there was one. */
export function undoLast() {
  const last = [...pending.values()].pop();
  if (last) undo(last.image);
  return last !== undefined;
}

/** Delete for good, now, everything that waits for its undo to run out. */
export function flushDeletions() {
  for (const { image } of [...pending.values()]) commit(image, { keepalive: true });
}

function settle(image) {
  const entry = pending.get(image.id);
  pending.delete(image.id);
  if (entry) dismiss(entry.toast);
  return entry !== undefined;
}

function undo(image) {
  if (settle(image)) restore(image);
}

function restore(image) {
  leaving.value = new Set([...leaving.value].filter((id) => id !== image.id));
}

async function commit(image, options) {
  if (!settle(image)) return;
  try {
    await deleteImage(image, options);
    images.value = images.value.filter((each) => each.id !== image.id);
  } catch (error) {
    toast(`“${titleOf(image)}” was not deleted. ${error.message}`, { bad: true });
  }
  restore(image);
}

addEventListener("pagehide", flushDeletions);
