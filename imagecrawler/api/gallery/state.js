// What the page shows. Components read these signals and are drawn again when they change.
import { computed, signal } from "./html.js";
import { printable } from "./text.js";
import { TYPES } from "./wording.js";

/** null while the list is on its way. */
export const campaigns = signal(null);
export const campaignId = signal("");
/** "loading", "ready" or "failed"; with the sentence that says why. */
export const loading = signal({ state: "loading", detail: "" });
export const images = signal([]);
/** Ids of pictures whose deletion can still be undone. */
export const leaving = signal(new Set());
/** Ids that the last job added, to be pointed out. */
export const fresh = signal(new Set());

export const filter = signal("all");
export const order = signal("score");
/** How many cards are drawn; more on request. */
export const STEP = 60;
export const drawn = signal(STEP);
/** Id of the picture in the large view, or null. */
export const opened = signal(null);

/** The job that was started or followed last: as the service has it. */
export const job = signal(null);

export const campaign = computed(() =>
  campaigns.value?.find((each) => each.id === campaignId.value),
);
export const kept = computed(() => images.value.filter((image) => !leaving.value.has(image.id)));
export const rejected = computed(() => job.value?.result?.rejected ?? []);

const ORDERS = {
  score: (a, b) => b.quality_score - a.quality_score,
  newest: (a, b) => b.scraped_at.localeCompare(a.scraped_at) || ORDERS.score(a, b),
  size: (a, b) => b.width * b.height - a.width * a.height || ORDERS.score(a, b),
};

/** What a campaign is called; the host application may know no names. */
export function nameOf({ id, name }) {
  return printable(name) || `Campaign ${id.slice(0, 8)}`;
}

/** The pictures of the chosen type in the chosen order. */
export const shown = computed(() => {
  const type = TYPES.find((each) => each.name === filter.value);
  const chosen = type ? kept.value.filter(type.is) : [...kept.value];
  return chosen.sort(ORDERS[order.value]);
});
