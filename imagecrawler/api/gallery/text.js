// Untrusted strings and raw numbers, made fit to be shown.

const LINK = /^https?:\/\/\S+$/i;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** One line, without control characters, bidi overrides or lone surrogates. */
export function printable(text) {
  return String(text ?? "").replace(UNPRINTABLE, " ").replace(/\s+/g, " ").trim();
}

/** The URL where a click on it is harmless, else null: `javascript:` and `data:` run code. */
export function linkTarget(url) {
  return typeof url === "string" && LINK.test(url) && printable(url) === url ? url : null;
}

/** The address of a picture that may be loaded: http, https or a path of this site, else null. */
export function pictureAddress(url) {
  return typeof url === "string" && /^\/(?![/\\])/.test(url) ? url : linkTarget(url);
}

/** The last segment of a URL's path, which people know a picture by; else the whole text. */
export function fileName(url) {
  const path = String(url ?? "").split(/[?#]/)[0];
  return printable(path.replace(/\/+$/, "").split("/").pop() || url);
}

/** The address as people say it: without scheme and final slash. */
export function shortAddress(url) {
  return printable(url).replace(/^https?:\/\//i, "").replace(/\/$/, "");
}

/** Bytes in decimal units, to about three digits. */
export function fileSize(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** `count` with the noun in its number: "1 picture", "2 pictures". */
export function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** A moment in the reader's own language and zone. */
export function moment(iso) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "";
  return date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** `snake_case` as words, the first with a capital. */
export function words(name) {
  const text = printable(name).replaceAll("_", " ").replaceAll("-", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
