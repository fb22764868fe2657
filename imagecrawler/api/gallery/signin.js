// The first view: a token is pasted, looked at and kept for this tab.
import { html, useEffect, useRef, useState } from "./html.js";
import { notice, signIn } from "./session.js";

export function SignIn() {
  const [complaint, setComplaint] = useState("");
  const field = useRef(null);
  useEffect(() => {
    document.title = "Campaign pictures";
    field.current.focus();
  }, []);
  const submit = (event) => {
    event.preventDefault();
    try {
      signIn(field.current.value);
    } catch (error) {
      setComplaint(error.message);
      field.current.focus();
    }
  };
  return html`<main class="signin" id="main">
    <img class="mark" src="/gallery/icon.svg" alt="" width="44" height="44" />
    <h1>Campaign pictures</h1>
    <p class="lead">Every picture worth using from your sales pages, in one place.</p>
    ${notice.value && html`<p class="message warn" role="alert">${notice.value}</p>`}
    <form class="panel" onSubmit=${submit} noValidate>
      <label for="token">Access token</label>
      <input
        id="token" ref=${field} type="password" autocomplete="off" spellcheck=${false}
        aria-describedby=${complaint ? "complaint hint" : "hint"}
        aria-invalid=${complaint ? "true" : null} onInput=${() => setComplaint("")}
      />
      ${complaint && html`<p class="complaint" id="complaint" role="alert">${complaint}</p>`}
      <button class="primary" type="submit">Sign in</button>
      <p class="hint" id="hint">
        Paste the token you were given. It stays in this browser tab and is forgotten when you
        close it.
      </p>
    </form>
  </main>`;
}
