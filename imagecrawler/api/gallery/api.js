// The service's calls. Every failure is a Problem whose message is a sentence for a person.
import { farewell, signOut, token } from "./session.js";

const ROOT = "/api/intelligence/product-images";
const PAGE = 500;

export class Problem extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function call(path, { headers, ...options } = {}) {
  const used = token.peek();
  const request = { ...options, headers: { Authorization: `Bearer ${used}`, ...headers } };
  const response = await fetch(ROOT + path, request).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "The service cannot be reached. Check your connection and try again.");
  });
  if (response.ok) return response;
  const problem = new Problem(response.status, await detailOf(response));
  // An answer to an earlier token must not end the session of the present one.
  if (problem.status === 401 && used === token.peek()) signOut(farewell(problem.message));
  throw problem;
}

async function detailOf(response) {
  const fallback = `The service answered with error ${response.status}. Please try again later.`;
  const { detail, errors } = await response.json().catch(() => ({}));
  if (Array.isArray(errors) && errors.length) return errors.map((each) => each.detail).join(" ");
  return typeof detail === "string" ? detail : fallback;
}

async function callJson(path, options) {
  return (await call(path, options)).json();
}

async function* pagesOf(path, key, signal) {
  for (let offset = 0; ; offset += PAGE) {
    const page = (await callJson(`${path}?limit=${PAGE}&offset=${offset}`, { signal }))[key];
    yield page;
    if (page.length < PAGE) return;
  }
}

async function every(path, key, signal) {
  // By id, for a row that moves while pages are fetched can come twice.
  const found = new Map();
  for await (const page of pagesOf(path, key, signal)) {
    for (const row of page) found.set(row.id, row);
  }
  return [...found.values()];
}

/** [{id, name, image_count}]; a name can be null. */
export function listCampaigns() {
  return every("/campaigns", "campaigns");
}

/** Every picture of a campaign, best first. */
export function listImages(campaign, signal) {
  return every(`/${encodeURIComponent(campaign)}`, "images", signal);
}

/** Start a job; its id. */
export async function startScrape(campaign, url, most) {
  const response = await call("/scrape", {
    method: "POST",
    headers: { "Content-Type": "application/json", Prefer: "respond-async" },
    body: JSON.stringify({ campaign_id: campaign, sales_page_url: url, max_images: most }),
  });
  return (await response.json()).job_id;
}

/**
 * {name, data} of the job's events: "state" and "finished" have the whole job, "stage" one count.
 * EventSource cannot send the token.
 */
export async function* jobEvents(id, signal) {
  const headers = { Accept: "text/event-stream" };
  const response = await call(`/jobs/${encodeURIComponent(id)}/events`, { headers, signal });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split(/\r?\n\r?\n/);
    rest = blocks.pop();
    yield* blocks.map(parseEvent).filter((event) => event.data !== "");
  }
}

function parseEvent(block) {
  const event = { name: "message", data: "" };
  for (const line of block.split(/\r?\n/)) {
    if (line.startsWith("event:")) event.name = line.slice(6).trim();
    if (line.startsWith("data:")) event.data += line.slice(5);
  }
  return event.data === "" ? event : { ...event, data: JSON.parse(event.data) };
}

/** `keepalive` lets the request outlive the page. An image that is gone already is deleted. */
export async function deleteImage(image, { keepalive = false } = {}) {
  const path = `/${encodeURIComponent(image.campaign_id)}/${encodeURIComponent(image.id)}`;
  try {
    await call(path, { method: "DELETE", keepalive });
  } catch (error) {
    if (error.status !== 404) throw error;
  }
}
