// Copying text, also where the page is served over plain http.
import { toast } from "./toasts.js";

/** Copy and say so in a message at the foot of the page. */
export async function copy(text) {
  const done = await copyQuietly(text);
  toast(done ? "Link copied." : `Copy it by hand: ${text}`);
}

/** Copy; whether it worked. */
export async function copyQuietly(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelection(text);
  }
}

// navigator.clipboard is missing outside secure contexts.
function copySelection(text) {
  const field = document.createElement("textarea");
  const home = document.querySelector("dialog[open]") ?? document.body;
  const focused = document.activeElement;
  field.value = text;
  field.className = "unseen";
  home.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return done;
}
