// The token of this tab: in sessionStorage, gone when the tab is closed, never in a URL.
import { computed, signal } from "./html.js";

const KEY = "imagecrawler.token";

export const token = signal(sessionStorage.getItem(KEY) ?? "");
export const signedIn = computed(() => token.value !== "");
/** Why one has to sign in (again); empty at the first visit. */
export const notice = signal("");

/** Keep the pasted token; throws an Error with a sentence for a person when it cannot be one. */
export function signIn(pasted) {
  const text = pasted.trim().replace(/^Bearer\s+/i, "");
  const expiry = expiryOf(text);
  if (expiry !== null && expiry <= Date.now()) {
    const then = new Date(expiry).toLocaleString();
    throw new Error(`This token expired on ${then}. Please ask for a fresh one.`);
  }
  sessionStorage.setItem(KEY, text);
  notice.value = "";
  token.value = text;
}

/** Forget the token; `reason` is shown to whoever did not ask for it. */
export function signOut(reason = "") {
  sessionStorage.removeItem(KEY);
  notice.value = reason;
  token.value = "";
}

/** What to tell whoever the service no longer lets in. */
export function farewell(detail) {
  const expiry = expiryOf(token.peek());
  if (expiry !== null && expiry <= Date.now()) {
    return "Your session has ended because the token expired. Sign in with a fresh one to go on.";
  }
  return `The service did not accept this token. ${detail}`.trim();
}

// Read for a kind message only; the service is what checks a token.
function expiryOf(text) {
  const claims = claimsOf(text);
  return typeof claims.exp === "number" ? claims.exp * 1000 : null;
}

function claimsOf(text) {
  const [, payload, signature] = text.split(".");
  try {
    const claims = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
    if (signature && claims && typeof claims === "object") return claims;
  } catch {
    // Falls through to the one sentence for everything that is not a token.
  }
  throw new Error("That does not look like a token: it has three parts with a dot between them.");
}
