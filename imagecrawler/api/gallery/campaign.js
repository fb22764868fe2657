// Loading: the campaigns of the person, and the pictures of the chosen one.
import { listCampaigns, listImages } from "./api.js";
import { batch } from "./html.js";
import { flushDeletions } from "./deletion.js";
import { resumeJob, leaveJob } from "./job.js";
import { signOut } from "./session.js";
import { campaignId, campaigns, drawn, filter, fresh, images, loading, opened, STEP } from "./state.js";
import { toast } from "./toasts.js";

let visit = new AbortController();

/** Fetch the campaigns and open the one the address names, or the first. */
export async function openCampaigns() {
  campaigns.value = null;
  loading.value = { state: "loading", detail: "" };
  try {
    campaigns.value = await listCampaigns();
  } catch (error) {
    loading.value = { state: "failed", detail: error.message };
    return;
  }
  const named = location.hash.slice(1);
  const first = campaigns.value.find((each) => each.id === named) ?? campaigns.value[0];
  if (first) await openCampaign(first.id);
}

/** Show another campaign. */
export async function openCampaign(id) {
  leave();
  history.replaceState(null, "", `#${id}`);
  batch(() => {
    campaignId.value = id;
    filter.value = "all";
    drawn.value = STEP;
  });
  await Promise.all([reloadImages(), resumeJob(id, reloadImages)]);
}

/** Fetch the pictures (again); what is shown meanwhile stays. */
export async function reloadImages() {
  const { signal } = visit;
  if (!images.value.length) loading.value = { state: "loading", detail: "" };
  try {
    images.value = await listImages(campaignId.value, signal);
    loading.value = { state: "ready", detail: "" };
  } catch (error) {
    if (signal.aborted) return;
    loading.value = { state: "failed", detail: error.message };
    if (images.value.length) toast(error.message, { bad: true });
  }
}

/** Finish what is pending, then forget the token and everything on the page. */
export function goodbye() {
  flushDeletions();
  leave();
  campaigns.value = null;
  sessionStorage.clear();
  signOut();
}

function leave() {
  flushDeletions();
  visit.abort();
  visit = new AbortController();
  leaveJob();
  batch(() => {
    images.value = [];
    fresh.value = new Set();
    opened.value = null;
  });
}
