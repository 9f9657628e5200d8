// A dialog two minutes before the session ends. Looking how long it still goes on keeps no session alive: another tab
// may have done so. Only the press does.
const ASK_AGAIN = 15_000; // ms, while the server cannot be reached

const typed = () =>
  [...document.querySelectorAll("input:not([type=hidden]), textarea")].some(
    (field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked,
  );

export function sessionEnd(dialog) {
  const { left, warning, wayIn } = dialog.dataset;
  const form = dialog.querySelector("form");
  const show = (...names) => {
    for (const part of dialog.querySelectorAll("[data-for]")) part.hidden = !names.includes(part.dataset.for);
    dialog.querySelector("[data-stay]").hidden = !names.includes("idle");
    dialog.querySelector("[data-close]").hidden = names.includes("idle");
    if (!dialog.open) dialog.showModal();
  };
  let timer;
  let next;

  function lookIn(milliseconds) {
    clearTimeout(timer);
    next = Date.now() + milliseconds;
    timer = setTimeout(look, milliseconds);
  }

  async function ask(options) {
    const answer = await fetch(form.action, { cache: "no-store", ...options });
    if (!answer.ok) throw new Error(`asked how long the session goes on: ${answer.status}`);
    return answer.json();
  }

  function over(limit) {
    if (typed()) return show("over");
    if (dialog.open) dialog.close();
    const ended = { next: location.pathname + location.search, ...(limit && { ended: limit }) };
    return location.assign(`${wayIn}?${new URLSearchParams(ended)}`);
  }

  function heed({ left, limit }) {
    if (left <= 0) return over(limit);
    if (left > warning) {
      if (dialog.open) dialog.close();
      return lookIn((left - warning) * 1000);
    }
    const end = new Date(Date.now() + left * 1000).toLocaleTimeString(document.documentElement.lang, {
      timeStyle: "short",
    });
    for (const place of dialog.querySelectorAll("[data-end]")) place.textContent = end;
    show(limit);
    return lookIn((left + 1) * 1000);
  }

  async function look() {
    try {
      heed(await ask({ headers: { "X-Unattended": "1" } }));
    } catch {
      lookIn(ASK_AGAIN);
    }
  }

  async function stay() {
    try {
      heed(await ask({ method: "POST", body: new FormData(form) }));
    } catch {
      show("idle", "fault");
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    stay();
  });
  // Escape is a sign of life as well.
  dialog.addEventListener("cancel", (event) => {
    if (dialog.querySelector("[data-stay]").hidden) return;
    event.preventDefault();
    stay();
  });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  // Timers stand still while a computer sleeps.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() > next) look();
  });
  lookIn(Math.max(left - warning, 0) * 1000);
}
