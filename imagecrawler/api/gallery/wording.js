// Types, stages, outcomes and reasons in words for people who do not read code.
import { fileName, fileSize, printable, words } from "./text.js";

export const TYPES = [
  { name: "hero", label: "Hero", is: (image) => image.is_hero },
  { name: "product", label: "Product", is: (image) => image.is_product },
  { name: "lifestyle", label: "Lifestyle", is: (image) => image.is_lifestyle },
];

export const STAGES = [
  { name: "rendered", label: "Page opened" },
  { name: "found", label: "Pictures found" },
  { name: "downloaded", label: "Downloaded" },
  { name: "scored", label: "Judged" },
  { name: "stored", label: "Saved" },
];

export const OUTCOMES = {
  succeeded: "Done",
  partial: "Done in part",
  blocked: "The site turned us away",
  failed: "That did not work",
};

// In this order: the service's own is lost in its database.
const COMPONENTS = {
  resolution: "Resolution",
  sharpness: "Sharpness",
  compression: "File quality",
  noise: "Freedom from noise",
  exposure: "Exposure",
  contrast: "Contrast",
  colour: "Colour",
  background: "Clean background",
  overlay: "Freedom from text",
  aspect: "Proportions",
  position: "Place on page",
  source: "Origin",
};

// Where the service found a picture, by what people call the places.
const PLACES = {
  "json-ld": "product data",
  microdata: "product data",
  "embedded-json": "page data",
  "open-graph": "share preview",
  "zoom-link": "zoom view",
  poster: "video still",
  "css-background": "background",
};

const REASONS = {
  unreachable: ["Unreachable", "The site did not hand over the file."],
  refused_address: ["Address refused", "The address is not on the public internet."],
  not_an_image: ["Not an image", "The address answered with something else."],
  unsupported_format: ["Unsupported format", "A file format that is not kept."],
  undecodable: ["Damaged file", "The file cannot be read as a picture."],
  too_large: ["Too large", "The file or the picture exceeds the safe limit."],
  too_small: ["Too small", "Too few pixels to be of use."],
  placeholder: ["Placeholder", "A blank that stands in while the page loads."],
  graphic: ["Graphic", "A logo, icon, badge or banner, not a photograph."],
  low_quality: ["Low quality", "The picture scored below the threshold."],
  duplicate: ["Duplicate", "The same picture is kept in its best version."],
  over_limit: ["Over the limit", "Good, but beyond the number of images asked for."],
  over_budget: ["Out of time", "The time for this page was used up first."],
  upload_failed: ["Upload failed", "The store did not take the file."],
};

/** [label, sentence] of a reason; a reason this page does not know yet is shown by its name. */
export function reasonWords(reason) {
  return REASONS[reason] ?? [String(reason).replaceAll("_", " "), ""];
}

/** The types a picture has, at least one. */
export function typesOf(image) {
  const types = TYPES.filter((type) => type.is(image));
  return types.length ? types : [{ name: "other", label: "Other" }];
}

/** [label, share] of the parts of a score, the weightiest first, new ones last. */
export function scoreParts(breakdown) {
  const known = Object.keys(COMPONENTS);
  const names = Object.keys(breakdown ?? {}).sort((a, b) => rank(known, a) - rank(known, b));
  return names.map((name) => [COMPONENTS[name] ?? words(name), Number(breakdown[name])]);
}

function rank(known, name) {
  const place = known.indexOf(name);
  return place < 0 ? known.length : place;
}

/** The places a picture was found in, each once. */
export function placesOf(sources) {
  return [...new Set((sources ?? []).map((source) => PLACES[source] ?? "page"))].join(", ");
}

/** What to call a picture: its alternative text, else its file. */
export function titleOf(image) {
  return printable(image.alt_text) || fileName(image.original_url || image.r2_path);
}

/** Its pixels, bytes and format. */
export function factsOf(image) {
  const { width, height, file_size: bytes, format } = image;
  return [`${width} × ${height}`, fileSize(bytes), format.toUpperCase()];
}
