// Forms with data-passkey="create" or "get": the browser makes or shows a passkey, the form carries its answer.
// Written out instead of PublicKeyCredential.parse…FromJSON(), which browsers have only since 2025.
const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const withBytes = (descriptors = []) => descriptors.map((one) => ({ ...one, id: toBytes(one.id) }));

async function create(options) {
  const { id, rawId, type, response } = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: withBytes(options.excludeCredentials),
    },
  });
  return {
    id,
    rawId: toText(rawId),
    type,
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      attestationObject: toText(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
}

async function get(options) {
  const { id, rawId, type, response } = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      allowCredentials: withBytes(options.allowCredentials),
    },
  });
  return {
    id,
    rawId: toText(rawId),
    type,
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      authenticatorData: toText(response.authenticatorData),
      signature: toText(response.signature),
      userHandle: response.userHandle ? toText(response.userHandle) : null,
    },
  };
}

const CEREMONIES = { create, get };
const lacksWords = (form) => [...form.elements].some((field) => field.required && !field.value.trim());

export function passkeys(scope) {
  for (const form of scope.querySelectorAll("form[data-passkey]")) {
    const fault = form.querySelector("[data-passkey-fault]");
    let asking = false;
    form.addEventListener("submit", async (event) => {
      // What is missing, the server says, before the device makes a passkey that nobody could keep.
      if (form.elements.credential.value || lacksWords(form)) return;
      event.preventDefault();
      if (asking) return;
      asking = true;
      fault.hidden = true;
      try {
        const answer = await CEREMONIES[form.dataset.passkey](JSON.parse(form.dataset.options));
        form.elements.credential.value = JSON.stringify(answer);
        form.requestSubmit();
      } catch {
        fault.hidden = false; // refused, timed out, or no such device: the person decides what is next
      } finally {
        asking = false;
      }
    });
  }
}
