// Collecting: the form, and the job as it goes along.
import { html, useRef, useState } from "./html.js";
import { reloadImages } from "./campaign.js";
import { Icon } from "./icons.js";
import { isRunning, scrape } from "./job.js";
import { Link } from "./link.js";
import { filter, job, rejected } from "./state.js";
import { counted, printable, shortAddress } from "./text.js";
import { OUTCOMES, STAGES } from "./wording.js";

const AMOUNTS = [5, 10, 20, 30, 50];

export function Scrape() {
  return html`<section class="panel scrape" aria-labelledby="collect">
    <h2 id="collect">Collect pictures from a sales page</h2>
    <${Form} />
    <${Job} />
  </section>`;
}

function Form() {
  const [complaint, setComplaint] = useState("");
  const [sending, setSending] = useState(false);
  const form = useRef(null);
  const busy = sending || isRunning(job.value);

  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    setComplaint("");
    setSending(true);
    setComplaint(await send(form.current.elements));
    setSending(false);
  };

  return html`<form ref=${form} onSubmit=${submit} noValidate>
    <div class="field">
      <label for="page">Address of the page</label>
      <input
        id="page" type="url" inputmode="url" autocomplete="off" spellcheck=${false}
        placeholder="https://" aria-invalid=${complaint ? "true" : null}
        aria-describedby=${complaint ? "page-complaint" : null} onInput=${() => setComplaint("")}
      />
    </div>
    <div class="field">
      <label for="amount">Keep the best</label>
      <select id="amount">
        ${AMOUNTS.map(
          (each) => html`<option key=${each} value=${each} selected=${each === 10}>${each}</option>`,
        )}
      </select>
    </div>
    <button class="primary" type="submit" aria-disabled=${String(busy)}>
      ${busy ? "Collecting …" : "Collect"}
    </button>
    ${complaint && html`<p class="complaint" id="page-complaint" role="alert">${complaint}</p>`}
  </form>`;
}

/** Scrape what the form says and follow it to its end; the complaint there is, if any. */
async function send({ page, amount }) {
  const url = addressOf(page.value);
  if (!url) {
    page.focus();
    return "Please paste the whole address of a page, such as shop.example/product.";
  }
  try {
    await scrape(url, Number(amount.value), reloadImages);
    return "";
  } catch (error) {
    return error.message;
  }
}

function addressOf(text) {
  const typed = text.trim();
  const whole = /^[a-z]+:\/\//i.test(typed) ? typed : `https://${typed}`;
  // Chromium makes %20 of a space in a host's name.
  if (/\s/.test(typed)) return null;
  try {
    const url = new URL(whole);
    return /^https?:$/.test(url.protocol) && url.hostname ? whole : null;
  } catch {
    return null;
  }
}

function Job() {
  const current = job.value;
  return html`<div class="job" aria-busy=${String(isRunning(current))}>
    <p class="unseen" role="status">${current ? spoken(current) : ""}</p>
    ${current && html`<${isRunning(current) ? Progress : Ending} job=${current} />`}
  </div>`;
}

function reached(current) {
  return STAGES.findLastIndex(({ name }) => current.progress?.[name]);
}

/** How many stages are behind it: the last one reached counts when it has its total. */
function finished(current) {
  const last = reached(current);
  const { count, total } = current.progress?.[STAGES[last]?.name] ?? {};
  return total && count < total ? last : last + 1;
}

function spoken(current) {
  if (!isRunning(current)) return `${OUTCOMES[current.outcome] ?? "Finished"}. ${summary(current)}`;
  const stage = STAGES[reached(current)];
  return stage ? stage.label : "Waiting for the page to open.";
}

function Progress({ job: current }) {
  const done = finished(current);
  const share = done / STAGES.length;
  return html`<p class="job-title">Looking at <b>${shortAddress(current.sales_page_url)}</b></p>
    <svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect class="track" width="100" height="4" />
      <rect class="value" width=${Math.max(4, share * 100)} height="4" />
    </svg>
    <ol class="stages">
      ${STAGES.map(
        ({ name, label }, place) => html`<li key=${name} class=${standing(place, done)}>
          <span class="dot">${place < done && html`<${Icon} name="check" />`}</span>
          <span>${waiting(current, place) ? "Waiting for a free worker" : label}</span>
          <b>${amountOf(current.progress?.[name], name)}</b>
        </li>`,
      )}
    </ol>`;
}

function standing(place, done) {
  if (place < done) return "done";
  return place === done ? "now" : "";
}

function waiting(current, place) {
  return place === 0 && current.state === "queued";
}

function amountOf(progress, name) {
  if (!progress || name === "rendered") return "";
  const { count, total } = progress;
  return total && total !== count ? `${count} of ${total}` : count;
}

function summary(current) {
  const { images_found: found, images_saved: saved, images_skipped: skipped } = current;
  return found ? `${counted(saved, "picture")} saved, ${skipped} left out.` : "";
}

function Ending({ job: current }) {
  const { outcome = "failed", detail = "" } = current;
  return html`<div class=${`ending ${outcome}`}>
    <p><b>${OUTCOMES[outcome] ?? "Finished"}.</b> ${summary(current)}</p>
    ${detail && html`<p class="why">${printable(detail)}</p>`}
    <p class="whence"><${Link} url=${current.sales_page_url} />
      ${rejected.value.length > 0 &&
      html`<button class="text" type="button" onClick=${showRejected}>See what was left out</button>`}
    </p>
  </div>`;
}

function showRejected() {
  filter.value = "rejected";
  document.getElementById("pictures").scrollIntoView();
}
