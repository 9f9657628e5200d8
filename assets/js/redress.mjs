// The whole script of the product. Every page works without it; it makes them quicker and kinder.
// Strict policy: no eval, no inline handler, same origin only (see the htmx-config meta element).
import {
  Button,
  CharacterCount,
  createAll,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  SkipLink,
} from "govuk-frontend";
import htmx from "htmx.org/dist/htmx.esm.js";
import { passkeys } from "./passkeys.mjs";
import { sessionEnd } from "./session_end.mjs";

const COMPONENTS = [
  // Two presses are one: the server is idempotent too, this only spares the second request.
  [Button, { preventDoubleClick: true }],
  [CharacterCount],
  [ErrorSummary],
  [NotificationBanner],
  [PasswordInput],
  [SkipLink],
];

function bringToLife(scope) {
  for (const [component, config] of COMPONENTS) createAll(component, config, { scope });
  passkeys(scope);
}

// Served as a module, so a browser that gets here is one that the components support.
document.body.classList.add("js-enabled", "govuk-frontend-supported");
bringToLife(document);
document.querySelectorAll(".rd-session-end").forEach(sessionEnd);
htmx.onLoad((arrived) => {
  if (arrived !== document.body) bringToLife(arrived);
});
