// A scrape: started here, followed live, found again after a reload.
import { jobEvents, startScrape } from "./api.js";
import { campaignId, fresh, images, job } from "./state.js";

const KEY = "imagecrawler.job.";
const PATIENCE = 10_000;

let following = new AbortController();

/** Start a scrape of the open campaign and follow it; `onStored` runs when it has ended. */
export async function scrape(url, most, onStored) {
  const campaign = campaignId.value;
  const id = await startScrape(campaign, url, most);
  sessionStorage.setItem(KEY + campaign, id);
  if (campaign !== campaignId.value) return;
  leaveJob();
  job.value = { job_id: id, sales_page_url: url, state: "queued", progress: {} };
  const known = new Set(images.value.map((image) => image.id));
  const added = () => images.value.map((image) => image.id).filter((each) => !known.has(each));
  await follow(id, async () => {
    await onStored();
    if (job.peek()?.job_id === id) fresh.value = new Set(added());
  });
}

/** Show the job this tab started last in the campaign, if any. */
export async function resumeJob(campaign, onStored) {
  const id = sessionStorage.getItem(KEY + campaign);
  if (id) await follow(id, onStored);
}

/** Stop following; the job itself goes on. */
export function leaveJob() {
  following.abort();
  following = new AbortController();
  job.value = null;
}

export const isRunning = (each) => each !== null && each.state !== "finished";

async function follow(id, onStored) {
  const { signal } = following;
  let wait = 500;
  while (!signal.aborted) {
    try {
      for await (const { name, data } of jobEvents(id, signal)) {
        if (name === "stage") advance(data);
        else if (isRunning(data)) job.value = data;
        else return void (await finish(data, onStored, signal));
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error.status >= 400 && error.status < 500) return void lose(error);
    }
    // A stream that ends early (a restart, a tunnel) is taken up again, ever more patiently.
    await new Promise((resolve) => setTimeout(resolve, wait));
    wait = Math.min(wait * 2, PATIENCE);
  }
}

function advance({ stage, count, total }) {
  const progress = { ...job.peek()?.progress, [stage]: { count, total } };
  job.value = { ...job.peek(), state: "running", progress };
}

async function finish(view, onStored, signal) {
  if (isRunning(job.peek())) await onStored();
  if (!signal.aborted) job.value = view;
}

function lose({ message }) {
  sessionStorage.removeItem(KEY + campaignId.peek());
  const known = isRunning(job.peek());
  job.value = known
    ? { ...job.peek(), state: "finished", outcome: "failed", detail: message }
    : null;
}
