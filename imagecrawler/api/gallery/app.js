// The page: sign-in, or a campaign with its pictures.
import { html, render, useEffect, useLayoutEffect } from "./html.js";
import { goodbye, openCampaign, openCampaigns, reloadImages } from "./campaign.js";
import { undoLast } from "./deletion.js";
import { Detail } from "./detail.js";
import { Grid } from "./grid.js";
import { Rejected } from "./rejected.js";
import { Scrape } from "./scrape.js";
import { signedIn } from "./session.js";
import { SignIn } from "./signin.js";
import { campaign, campaigns, filter, kept, loading, nameOf } from "./state.js";
import { Stats } from "./stats.js";
import { Toasts } from "./toasts.js";
import { Toolbar } from "./toolbar.js";

function App() {
  return html`${signedIn.value ? html`<${Gallery} />` : html`<${SignIn} />`}<${Toasts} />`;
}

function Gallery() {
  useEffect(() => void openCampaigns(), []);
  useEffect(() => {
    addEventListener("keydown", undoByKey);
    addEventListener("hashchange", openNamed);
    return () => {
      removeEventListener("keydown", undoByKey);
      removeEventListener("hashchange", openNamed);
    };
  }, []);
  return html`<a class="skip" href="#main" onClick=${skip}>Skip to the pictures</a>
    <${Header} />
    <main id="main" tabindex="-1">
      ${campaign.value ? html`<${Campaign} key=${campaign.value.id} />` : html`<${Lobby} />`}
    </main>
    <${Detail} />`;
}

function undoByKey(event) {
  const typing = event.target instanceof HTMLInputElement;
  const undo = event.key === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey;
  if (undo && !typing && undoLast()) event.preventDefault();
}

function openNamed() {
  const named = campaigns.value?.find((each) => each.id === location.hash.slice(1));
  if (named) openCampaign(named.id);
}

function skip(event) {
  // The address's fragment names the campaign, so the jump is made by hand.
  event.preventDefault();
  document.getElementById("main").focus();
}

function Header() {
  const all = campaigns.value ?? [];
  return html`<header class="bar">
    <p class="brand">
      <img src="/gallery/icon.svg" alt="" width="26" height="26" /><span>Campaign pictures</span>
    </p>
    ${all.length > 0 &&
    html`<label class="chooser"><span>Campaign</span>
      <select onChange=${(event) => openCampaign(event.currentTarget.value)}>
        ${all.map(
          (each) => html`<option
            key=${each.id} value=${each.id} selected=${each.id === campaign.value?.id}
          >
            ${nameOf(each)}
          </option>`,
        )}
      </select>
    </label>`}
    <button class="quiet" type="button" onClick=${goodbye}>Sign out</button>
  </header>`;
}

function Lobby() {
  const { state, detail } = loading.value;
  if (state === "failed") return html`<${Failure} detail=${detail} again=${openCampaigns} />`;
  if (campaigns.value === null) {
    return html`<p class="lobby" role="status">Loading your campaigns …</p>`;
  }
  return html`<div class="empty">
    <h1>No campaigns yet</h1>
    <p>As soon as a campaign is set up for you, its pictures appear here.</p>
    <button type="button" onClick=${openCampaigns}>Look again</button>
  </div>`;
}

function Campaign() {
  const name = nameOf(campaign.value);
  useLayoutEffect(() => {
    document.title = `${name} · Campaign pictures`;
  }, [name]);
  return html`<div class="intro">
      <h1>${name}</h1>
      <${Stats} />
    </div>
    <${Scrape} />
    <section class="pictures" aria-labelledby="pictures">
      <h2 id="pictures" class="unseen">Pictures</h2>
      <${Toolbar} />
      <${Pictures} />
    </section>`;
}

function Pictures() {
  const { state, detail } = loading.value;
  if (filter.value === "rejected") return html`<${Rejected} />`;
  if (state === "failed" && !kept.value.length) {
    return html`<${Failure} detail=${detail} again=${reloadImages} />`;
  }
  return html`<${Grid} />`;
}

function Failure({ detail, again }) {
  return html`<div class="empty" role="alert">
    <h2>That did not work</h2>
    <p>${detail}</p>
    <button type="button" onClick=${again}>Try again</button>
  </div>`;
}

render(html`<${App} />`, document.getElementById("app"));
